"""What stops a rehearsal before it can say anything."""


class RehearsalError(Exception):
    """There can be no rehearsal here; the message says why."""
