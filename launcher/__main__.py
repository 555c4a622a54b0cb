"""python -m launcher up|nameko|shell; the scripts of the same names call this."""

from __future__ import annotations

import signal
import sys

from launcher.errors import LauncherError
from launcher.options import nameko_parser, up_parser


def main(arguments: list[str]) -> int:
    command, *rest = arguments or ["up"]
    try:
        if command == "up":
            return _up(rest)
        return _nameko(command, rest)
    except LauncherError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"Ticketing cannot be started: {error}.", file=sys.stderr)
    return 1
