"""What goes wrong with a backup or a restore, in words for whoever asked for it."""


class RecoveryError(Exception):
    """Nothing was changed, unless the message says what was."""
