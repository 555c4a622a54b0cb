"""`scripts/logs`: what the services have written, for people or for other programs."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from launcher import folder
from launcher.errors import NotRunningError
from ticketing.logs import TerminalFormatter, escaped, has_colours

POLL_SECONDS = 0.2
FILES = "services*.log"


class Log:
    """One file, read on from where it ended; one that is begun anew, from its start."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: tuple[int, int] | None = None
        self._at = 0
        self._time = ""

    def new_lines(self) -> list[tuple[str, str]]:
        """Whole lines that have come, each with its time, or that of the one before."""
        lines = self._read().splitlines()
        return [(self._time_of(line), line) for line in lines if line.strip()]

    def _read(self) -> str:
        try:
            with self._path.open("rb") as file:
                status = os.fstat(file.fileno())
                known = status.st_dev, status.st_ino
                if known != self._file or status.st_size < self._at:
                    self._file, self._at = known, 0
                file.seek(self._at)
                whole, end, _ = file.read().rpartition(b"\n")
        except FileNotFoundError:
            return ""
        self._at += len(whole + end)
        return whole.decode(errors="replace")

    def _time_of(self, line: str) -> str:
        self._time = facts(line).get("time", self._time)
        return self._time


def facts(line: str) -> dict[str, Any]:
    """What a line tells; nothing, if it was not written by a service's log."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def logs(options: argparse.Namespace) -> int:
    """Raises NotRunningError when nothing was ever written there."""
    where = options.data / folder.LOGS
    if not any(where.glob(FILES)):
        raise NotRunningError(f"No service has written anything in {where}.")
    show = _way()
    try:
        for line in _lines(where, follow=options.follow):
            if options.trace in line:
                print(show(line), flush=options.follow)
    except BrokenPipeError:
        sys.stdout = sys.stderr
    return 0


def _lines(where: Path, *, follow: bool) -> Iterator[str]:
    """The lines of all processes, by time."""
    known: dict[Path, Log] = {}
    while True:
        for path in sorted(where.glob(FILES)):
            known.setdefault(path, Log(path))
        found = [line for log in known.values() for line in log.new_lines()]
        yield from (line for _, line in sorted(found, key=lambda each: each[0]))
        if not follow:
            return
        time.sleep(POLL_SECONDS)


def _way() -> Callable[[str], str]:
    if not sys.stdout.isatty():
        return str
    formatter = TerminalFormatter(colours=has_colours(os.environ))

    def shown(line: str) -> str:
        found = facts(line)
        return formatter.shown(found) if found else escaped(line)

    return shown
