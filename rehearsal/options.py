"""The command line of a rehearsal."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from launcher import ROOT
from launcher.options import Parser, folder, whole
from rehearsal.terms import Terms

DESCRIPTION = """\
Rehearses an on-sale: so many buyers wait for the gate to open, all with a session and
the page of the listing open, and then want what is there. Each chooses a quantity, or
seats on a map and others when those are gone, reserves, pays with a test card and waits
until the order is complete. Of them 5 in 100 let their order go again, 5 in 100 have a
card that is declined (half of these take another one), 10 in 100 click twice, and 15 in
100 of those who come too late stay and take what comes back. The same seed makes the
same buyers.

If Ticketing runs with the data folder, that one is rehearsed with: its buyers sign up
as anybody does, before the gate opens, and what they buy stays there under the name
of a rehearsal. Otherwise, and with --own, one is started in a temporary folder, with
RATE_LIMITS=off, and ended afterwards; its buyers get their accounts and sessions
without waiting for 3,000 passwords to be hashed. Real money is never moved: without
the stand-in of Stripe or one of its test keys there is no rehearsal.

In the end the orders, passes and charges are compared: nothing was sold twice, each
unit that was sold has one pass, and whoever paid has what they paid for. The report is
one file with pictures; the last line of the output has the figures.
"""
CHECK = """\
with --check the exit code is 1 when one of these is missed:
  always           nothing sold twice, a pass for each unit sold, nothing paid without
  a sale           sold out in 10 s; p99 of an answer to who reserves below 500 ms; no
                   request waits longer than 5 s
  with --seconds   100 whole purchases a second; 6 ms of CPU of the services for each
With --kill the services are away for a while: the figures are told, and only what is
always promised counts, and that all was sold in the end.
"""
REPORT = ROOT / "test-results" / "rehearsal.html"
SALE_BUYERS, STEADY_BUYERS = 3000, 64
# That one listing can have.
MOST_SEATS = 50_000


@dataclass(frozen=True)
class Options(Terms):
    """``data`` is None for the usual folder."""

    buyers: int = SALE_BUYERS
    seats: bool = False
    kill: bool = False
    check: bool = False
    own: bool = False
    processes: int | None = None
    data: Path | None = None
    report: Path = REPORT


def parse(arguments: list[str] | None = None) -> Options:
    """Exits with one sentence when something is wrong."""
    given = _parser().parse_args(arguments)
    if given.own and given.data:
        _parser().error("--own starts a system in a folder of its own: no --data")
    if given.seats and (given.seconds or given.units > MOST_SEATS):
        _parser().error(f"--seats: up to {MOST_SEATS:,} --units, and no --seconds")
    if given.buyers is None:
        given.buyers = STEADY_BUYERS if given.seconds else SALE_BUYERS
    return Options(**vars(given))


# The others depend on each other, or on what runs.
DEFAULTS = ("units", "most", "rush", "seed", "report")
VALUES: dict[str, tuple[Callable[[str], object], str, str]] = {
    "units": (whole(1, 100_000), "N", "that are for sale (1000)"),
    "buyers": (
        whole(1, 20_000),
        "N",
        f"who want them ({SALE_BUYERS}; with --seconds {STEADY_BUYERS} at a time)",
    ),
    "seconds": (
        whole(1, 86_400),
        "N",
        "sell for so long instead, enough units, to buyers who come again and again",
    ),
    "most": (whole(1, 10), "N", "units that one of them wants (1 to 4)"),
    "rush": (
        whole(1, 3600),
        "SECONDS",
        "in which all have come, half of them in the first 30 in 100 of it (8)",
    ),
    "seed": (whole(0, 10**9), "N", "of what the buyers do (1)"),
    "processes": (
        whole(1, 64),
        "N",
        "of the services, in a system that is started for it",
    ),
    "data": (folder, "DIR", "the folder of the system to rehearse with (.data)"),
    "report": (
        folder,
        "FILE",
        "where the report goes (test-results/rehearsal.html)",
    ),
}
FLAGS = {
    "seats": "sell numbered seats, which buyers pick on a map",
    "kill": "kill processes of the services meanwhile; they are started again",
    "check": "fail when something is missed; see below",
    "own": "start a system, also if one runs here",
}


def _parser() -> Parser:
    parser = Parser(
        prog="scripts/rehearse",
        allow_abbrev=False,
        description=DESCRIPTION,
        epilog=CHECK,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add, usual = parser.add_argument, Options()
    for name, (kind, shown, words) in VALUES.items():
        default = getattr(usual, name) if name in DEFAULTS else None
        add(f"--{name}", type=kind, default=default, metavar=shown, help=words)
    for name, words in FLAGS.items():
        add(f"--{name}", action="store_true", help=words)
    return parser
