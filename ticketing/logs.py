"""What is worth telling: a line of JSON each, or in colour where somebody watches.

A purchase writes a dozen lines, so that one must not cost much: see
``bench/telling.py``.
"""

import json
import logging
import os
import re
import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO

from ticketing import tracing

Json = dict[str, Any]

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
}
# With options given, json.dumps would make one of these for each line.
_encode = json.JSONEncoder(default=str).encode
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
# Told by their place, or by what is told anyway.
_SAID = {"time", "level", "logger", "message", "action", "error"}
_RESET, _FAINT = "\x1b[0m", "\x1b[2m"
_COLOURS = {
    "debug": _FAINT,
    "info": "\x1b[32m",
    "warning": "\x1b[33m",
    "error": "\x1b[31m",
    "critical": "\x1b[1;31m",
}


def formatter(way: str = "auto", stream: TextIO | None = None) -> logging.Formatter:
    """Return what LOG_FORMAT asks for: "json", or with "auto" the best for ``stream``.

    That is standard error, where the lines go. Raises SystemExit on any other value.
    """
    if way not in {"auto", "json"}:
        raise SystemExit(f"LOG_FORMAT is not valid: {way!r} is neither auto nor json.")
    _spare_the_unread()
    if way == "json" or not (stream or sys.stderr).isatty():
        return JsonFormatter()
    return TerminalFormatter(colours=has_colours(os.environ))


def has_colours(environment: Mapping[str, str]) -> bool:
    """https://no-color.org: set to anything, and not empty, it is a no."""
    return not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def _spare_the_unread() -> None:
    """Look up nothing that no line tells: a third of what one costs.

    https://docs.python.org/3/howto/logging.html#optimization
    """
    logging._srcfile = None  # noqa: SLF001 - as they say
    logging.logThreads = False
    logging.logProcesses = False
    logging.logMultiprocessing = False


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, ids of trace and span, and what ``extra`` holds."""

    def __init__(self) -> None:
        super().__init__()
        self._second = 0
        self._clock = ""

    def format(self, record: logging.LogRecord) -> str:
        return _encode(self.facts(record))

    def facts(self, record: logging.LogRecord) -> Json:
        """Return what a line tells, in its order."""
        line = {
            "time": f"{self._until_second(record.created)}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if traceparent := tracing.current():
            line["trace"] = tracing.trace_id(traceparent)
            line["span"] = tracing.span_id(traceparent)
        line |= added(record)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return line

    def _until_second(self, created: float) -> str:
        second = int(created)
        if second != self._second:
            self._second = second
            self._clock = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return self._clock


class TerminalFormatter(JsonFormatter):
    """The same for people: ``12:00:00.123 INFO    POST /: 200  http.app trace=…``."""

    def __init__(self, *, colours: bool) -> None:
        super().__init__()
        self._colours = colours

    def format(self, record: logging.LogRecord) -> str:
        return self.shown(self.facts(record))

    def shown(self, line: Json) -> str:
        """Return a line that was read back from JSON, or was never made into it."""
        level = str(line.get("level", ""))
        error = str(line.get("error", ""))
        more = [f"{name}={value}" for name, value in line.items() if name not in _SAID]
        told = " ".join([str(line.get("logger", "")), *more])
        head = (
            f"{self._in(_FAINT, escaped(line.get('time', ''))[11:23])} "
            f"{self._in(_COLOURS.get(level, ''), f'{escaped(level).upper():7}')} "
            f"{escaped(line.get('message', ''))}  {self._in(_FAINT, escaped(told))}"
        )
        return "\n".join([head, *map(escaped, error.splitlines())])

    def _in(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_RESET}" if self._colours and colour else text


def added(record: logging.LogRecord) -> Json:
    """Return what ``extra`` gave to a record."""
    return {k: v for k, v in record.__dict__.items() if k not in _STANDARD}


def escaped(text: object) -> str:
    """Let no text that came from elsewhere steer the terminal."""
    return _CONTROL.sub(
        lambda found: found[0].encode("unicode_escape").decode(), str(text)
    )
