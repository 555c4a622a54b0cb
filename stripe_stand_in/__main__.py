"""`python -m stripe_stand_in`: starts, says where it listens, stops on SIGTERM."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import sqlite3
import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from threading import Thread
from typing import NoReturn
from urllib.parse import urlsplit

from stripe_stand_in import webhooks
from stripe_stand_in.api import Api
from stripe_stand_in.server import Server
from stripe_stand_in.store import Store

PRUNE_SECONDS = 3600


def _arguments() -> Namespace:
    parser = ArgumentParser(
        prog="python -m stripe_stand_in",
        description="A local stand-in for Stripe's API. No money moves.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12111, help="0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="a folder of its own")
    parser.add_argument("--webhook-url", help="where events are sent")
    parser.add_argument("--webhook-secret", help="whsec_…, signs what is sent")
    parser.add_argument(
        "--webhook-events",
        default="*",
        help="types of events to send, separated by commas; * means all",
    )
    given = parser.parse_args()
    if bool(given.webhook_url) != bool(given.webhook_secret):
        parser.error("--webhook-url and --webhook-secret go together")
    if given.webhook_secret and not given.webhook_secret.startswith("whsec_"):
        parser.error("--webhook-secret has to begin with whsec_")
    if given.webhook_url and not _is_url(given.webhook_url):
        parser.error("--webhook-url has to be an http or https address")
    return given


def _is_url(value: str) -> bool:
    url = urlsplit(value)
    return url.scheme in {"http", "https"} and bool(url.hostname)


def _stop(sentence: str) -> NoReturn:
    sys.stderr.write(sentence + "\n")
    raise SystemExit(1)


def _endpoint(given: Namespace) -> webhooks.Endpoint | None:
    if not given.webhook_url:
        return None
    types = frozenset(given.webhook_events.split(",")) - {"*", ""}
    return webhooks.Endpoint(given.webhook_url, given.webhook_secret, types)


def _store(data: Path, endpoint: webhooks.Endpoint | None) -> Store:
    """The folder is locked for as long as the process lives."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = os.open(data / "lock", os.O_CREAT | os.O_RDWR, 0o644)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _stop(f"Another Stripe stand-in is using {data}.")
    except OSError as error:
        _stop(f"The folder {data} cannot be used: {error.strerror}.")
    wanted = endpoint.wants if endpoint else lambda _: False
    try:
        return Store(data / "stripe.sqlite3", time.time, wanted)
    except sqlite3.Error as error:
        _stop(f"The file {data / 'stripe.sqlite3'} cannot be used: {error}.")


def _server(given: Namespace, store: Store) -> Server:
    try:
        return Server((given.host, given.port), Api(store).answer)
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
    endpoint = _endpoint(given)
    store = _store(given.data, endpoint)
    server = _server(given, store)
    Thread(target=server.serve_forever, daemon=True).start()
    Thread(target=_prune_for_ever, args=(store,), daemon=True).start()
    if endpoint:
        webhooks.start(store, endpoint)
    sys.stdout.write(
        f"Stripe stand-in listens on http://{given.host}:{server.server_port}\n"
    )
    sys.stdout.flush()
    signal.sigwait(signals)
    store.close()
    os._exit(0)


if __name__ == "__main__":
    main()
