"""The command line. A wrong value ends with one sentence and exit code 2."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from launcher import ROOT

WEEK = 7 * 24 * 3600
PORT = "where it is reached; its servers' ports follow from it (8000)"
HOST = "the address it listens on (127.0.0.1)"
DATA = "the folder that holds all its data (.data in the project)"
PROCESSES = "how many processes serve, sharing the port (1)"
SERVERS = "start the servers, no services"
OPEN = "servers that ask nobody for an account, as tests share them"
HOLD = "seconds a reservation lasts (900)"
# What works on an instance that runs, and what comes after its options.
ON_INSTANCE = {
    "nameko": ("Runs nameko with the servers of an instance.", "as nameko takes them"),
    "shell": ("Opens nameko shell on an instance.", "as nameko shell takes them"),
    "backup": (
        "Saves all that is true of an instance, while it goes on.",
        "TARGET, the folder of backups; --keep N, the newest so many",
    ),
    "restore": (
        "Brings a backup back, to servers without services.",
        "SOURCE, the folder of backups or one of them; --at TIME and --replace",
    ),
}


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. Try {self.prog} --help.\n")


def up_parser() -> Parser:
    parser = Parser(
        prog="scripts/up",
        allow_abbrev=False,
        description="Starts Ticketing in the foreground; Ctrl-C stops it.",
    )
    add = parser.add_argument
    add("--port", type=whole(1, 65_535), default=8_000, help=PORT)
    add("--host", type=_host, default="127.0.0.1", help=HOST)
    add("--data", type=folder, default=default_data(), help=DATA, metavar="DIR")
    add("--fresh", action="store_true", help="remove earlier data first")
    add("--processes", type=whole(1, 64), default=1, help=PROCESSES, metavar="N")
    add("--hold", type=whole(1, WEEK), help=HOLD, metavar="SECONDS")
    add("--servers-only", action="store_true", help=SERVERS)
    add("--open", action="store_true", help=OPEN)
    return parser


def nameko_parser(script: str) -> Parser:
    does, takes = ON_INSTANCE[script]
    parser = Parser(prog=f"scripts/{script}", allow_abbrev=False, description=does)
    parser.add_argument(
        "--data", type=folder, default=default_data(), help=DATA, metavar="DIR"
    )
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=takes)
    return parser


def logs_parser() -> Parser:
    parser = Parser(
        prog="scripts/logs",
        allow_abbrev=False,
        description="Shows what the services have written: in colour on a terminal, "
        "one JSON object a line to anything else.",
    )
    add = parser.add_argument
    add("--data", type=folder, default=default_data(), help=DATA, metavar="DIR")
    add("--trace", default="", help="only what belongs to this trace", metavar="ID")
    add("--follow", "-f", action="store_true", help="go on with what comes")
    return parser


def default_data() -> Path:
    return ROOT / ".data"


def whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if text.isascii() and text.isdecimal() and least <= int(text[:20]) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a whole number from {least} to {most}"
        )

    return parse


def _host(text: str) -> str:
    try:
        with socket.socket() as probe:
            probe.bind((text, 0))
    except (OSError, UnicodeError) as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no IPv4 address or name of this machine"
        ) from error
    return text


def folder(text: str) -> Path:
    if not text or "\n" in text:
        raise argparse.ArgumentTypeError(f"{text!r} is not a folder")
    return Path(text).expanduser().absolute()
