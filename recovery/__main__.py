"""python -m recovery backup|restore; the scripts of these names call it."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from recovery import folder
from recovery.backup import backup
from recovery.errors import RecoveryError
from recovery.restore import Restored, restore
from recovery.system import System


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.command == "backup":
            path = asyncio.run(backup(System.of_environment(), options.target))
            print(f"Everything is in {path}")
            if options.keep:
                folder.forget_old(options.target, options.keep)
        else:
            _tell(asyncio.run(_restore(options)))
    except (RecoveryError, OSError) as error:
        print(f"{error}.", file=sys.stderr)
        return 1
    return 0


async def _restore(options: argparse.Namespace) -> Restored:
    return await restore(
        System.of_environment(), options.source, options.at, replace=options.replace
    )


def _tell(restored: Restored) -> None:
    begun = restored.backup.begun
    print(f"Restored the backup of {begun:%Y-%m-%d %H:%M:%S} UTC")
    if restored.streams:
        print(f"Streams that were gone are back: {', '.join(restored.streams)}")
    told = ", ".join(f"{n} {name}" for name, n in sorted(restored.replayed.items()))
    print(f"Events heard since then: {told or 'none'}")
    if restored.removed:
        print(f"Events after that moment, which are gone now: {restored.removed}")
    print(
        "Start the services, and compare with Stripe what the events do not tell:\n"
        f'  n.rpc.payments.reconcile(since="{begun:%Y-%m-%dT%H:%M:%SZ}")'
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    save = commands.add_parser("backup", help="save all that is true, while it runs")
    save.add_argument("target", type=Path, help="the folder of backups")
    save.add_argument("--keep", type=_count, help="remove all but the newest so many")
    load = commands.add_parser("restore", help="bring it back; the services must stop")
    load.add_argument("source", type=Path, help="the folder of backups, or one of them")
    load.add_argument("--at", type=_moment, help="as it was then: 2026-01-31T12:00:00Z")
    load.add_argument(
        "--replace", action="store_true", help="instead of what is there now"
    )
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text[:9]) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of backups")
    return int(text[:9])


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a time such as 2026-01-31T12:00:00Z"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
