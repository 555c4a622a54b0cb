"""python -m launcher up, nameko, shell, logs, backup or restore, as the scripts do."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

from launcher.errors import LauncherError
from launcher.logs import logs
from launcher.options import logs_parser, nameko_parser, up_parser
from launcher.shell import nameko, recovery, shell
from launcher.up import up

COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "up": lambda rest: up(up_parser().parse_args(rest)),
    "nameko": lambda rest: nameko(nameko_parser("nameko").parse_args(rest)),
    "logs": lambda rest: logs(logs_parser().parse_args(rest)),
    "backup": lambda rest: recovery("backup", nameko_parser("backup").parse_args(rest)),
    "restore": lambda rest: recovery(
        "restore", nameko_parser("restore").parse_args(rest)
    ),
    "shell": lambda rest: shell(nameko_parser("shell").parse_args(rest)),
}


def main(arguments: list[str]) -> int:
    # Until there is something to stop, a signal just ends this, without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    command, *rest = arguments or ["up"]
    if command not in COMMANDS:
        print(f"There is no {command}, only {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    try:
        return COMMANDS[command](rest)
    except LauncherError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"Ticketing cannot be started: {error}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
