"""What stops the launcher, each said in a sentence for whoever started it.

LauncherError           exit code 1
├── FolderError         the data folder cannot be used
├── PortError           a port cannot be had
├── MissingError        a program is not installed
├── NotRunningError     there is nothing to connect to
└── ProgramError        a program did not start, or does not stay up
"""

from __future__ import annotations


class LauncherError(Exception):
    """Ticketing cannot be started."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class FolderError(LauncherError):
    """The data folder cannot be used."""


class PortError(LauncherError):
    """A port cannot be had."""


class MissingError(LauncherError):
    """A program is not installed."""


class NotRunningError(LauncherError):
    """Nothing is running there; start it with scripts/up."""


class ProgramError(LauncherError):
    """A program did not start, or does not stay up."""
