"""Ties a program to the launcher: when the launcher is killed, so is the program."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def leash() -> Callable[[], None]:
    """What a new process does between fork and exec; no more than two system calls."""
    launcher = os.getpid()

    def tie() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != launcher:
            os._exit(1)

    return tie
