"""`python -m stripe_stand_in`: starts, says where it listens, stops on SIGTERM."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import sqlite3
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from threading import Thread
from typing import NoReturn
from urllib.parse import urlsplit

from stripe_stand_in import dispatcher, faults, settlement
from stripe_stand_in.api import SETTLING_SECONDS, Api
from stripe_stand_in.control import Control
from stripe_stand_in.endpoints import of_command_line
from stripe_stand_in.errors import ParameterError
from stripe_stand_in.faults import Fate, Faults
from stripe_stand_in.front import Front
from stripe_stand_in.server import Server
from stripe_stand_in.store import Store

PRUNE_SECONDS = 3600


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m stripe_stand_in",
        description="A local stand-in for Stripe's API. No money moves.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12111, help="0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="a folder of its own")
    parser.add_argument("--webhook-url", help="where events are sent")
    parser.add_argument(
        "--webhook-secret",
        help="whsec_…, signs what is sent; by default STRIPE_WEBHOOK_SECRET, which "
        "unlike an argument no other user of the machine can see",
    )
    parser.add_argument(
        "--webhook-events",
        default="*",
        help="types of events to send, separated by commas; * means all",
    )
    parser.add_argument(
        "--settle-seconds",
        type=_seconds,
        default=SETTLING_SECONDS,
        help="how long bank debits and slow refunds take",
    )
    parser.add_argument(
        "--faults",
        type=_faults,
        default=Faults(),
        metavar="JSON",
        help="what goes wrong on purpose, as PUT /stand-in/faults takes it",
    )
    return parser


def _arguments() -> Namespace:
    parser = _parser()
    given = parser.parse_args()
    if given.webhook_url and not given.webhook_secret:
        given.webhook_secret = os.environ.get("STRIPE_WEBHOOK_SECRET")
    if bool(given.webhook_url) != bool(given.webhook_secret):
        parser.error("--webhook-url and --webhook-secret go together")
    if given.webhook_secret and not given.webhook_secret.startswith("whsec_"):
        parser.error("--webhook-secret has to begin with whsec_")
    if given.webhook_url and not _is_url(given.webhook_url):
        parser.error("--webhook-url has to be an http or https address")
    return given


def _seconds(value: str) -> float:
    seconds = float(value)
    if not 0 <= seconds <= faults.LONGEST_SECONDS:
        raise ArgumentTypeError(f"has to lie from 0 to {faults.LONGEST_SECONDS:g}")
    return seconds


def _faults(value: str) -> Faults:
    try:
        return faults.parse(value)
    except ParameterError as error:
        raise ArgumentTypeError(error.message) from None


def _is_url(value: str) -> bool:
    url = urlsplit(value)
    return url.scheme in {"http", "https"} and bool(url.hostname)


def _stop(sentence: str) -> NoReturn:
    sys.stderr.write(sentence + "\n")
    raise SystemExit(1)


def _configure(store: Store, given: Namespace) -> None:
    """The endpoint of the command line is as this start describes it."""
    types = [kind for kind in given.webhook_events.split(",") if kind]
    with store.transaction() as tx:
        of_command_line(tx, given.webhook_url, given.webhook_secret, types or ["*"])


def _store(data: Path, fate: Fate) -> Store:
    """The folder is locked for as long as the process lives."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = os.open(data / "lock", os.O_CREAT | os.O_RDWR, 0o644)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _stop(f"Another Stripe stand-in is using {data}.")
    except OSError as error:
        _stop(f"The folder {data} cannot be used: {error.strerror}.")
    try:
        return Store(data / "stripe.sqlite3", time.time, fate.lag)
    except sqlite3.Error as error:
        _stop(f"The file {data / 'stripe.sqlite3'} cannot be used: {error}.")


def _server(given: Namespace, store: Store, fate: Fate) -> Server:
    api = Api(store, given.settle_seconds, fate.processing)
    front = Front(api, Control(store, api, fate), fate)
    try:
        return Server((given.host, given.port), front.answer)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        _stop(f"Cannot listen on {given.host}:{given.port}: {reason}.")


def _prune_for_ever(store: Store) -> None:
    while True:
        store.prune()
        time.sleep(PRUNE_SECONDS)


def main() -> NoReturn:
    given = _arguments()
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    fate = Fate(given.faults)
    store = _store(given.data, fate)
    server = _server(given, store, fate)
    _configure(store, given)
    Thread(target=server.serve_forever, daemon=True).start()
    Thread(target=_prune_for_ever, args=(store,), daemon=True).start()
    settlement.start(store)
    dispatcher.start(store, fate)
    sys.stdout.write(
        f"Stripe stand-in listens on http://{given.host}:{server.server_port}\n"
    )
    sys.stdout.flush()
    signal.sigwait(signals)
    store.close()
    os._exit(0)


if __name__ == "__main__":
    main()
