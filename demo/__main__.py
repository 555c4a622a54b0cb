"""``scripts/demo [URL]``: fills a shop that runs, and says who can look at what."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from datetime import UTC, datetime

from demo.filling import Filling, check_is_new
from demo.people import PASSWORD, Person, ShopError

SHOP = "http://127.0.0.1:8000"
SELLER = "seller"
BUYERS = ("ada", "ben", "chloe", "dragan", "emre", "fatou", "grace", "hiro")


def main() -> int:
    options = _options()
    try:
        with ExitStack() as stack:
            fill(options.url.rstrip("/"), stack)
    except ShopError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def fill(url: str, stack: ExitStack) -> Filling:
    """Fill the shop at this address; people stay signed in as long as the stack.

    Raises ShopError.
    """
    seller = stack.enter_context(Person(url, SELLER))
    check_is_new(seller)
    buyers = [stack.enter_context(Person(url, name)) for name in BUYERS]
    filling = Filling(seller, buyers, datetime.now(UTC))
    for done, title in enumerate(filling.steps(), start=1):
        _progress(done, filling.expected, title)
    print(f"\nThe shop is full: {url}")
    print(f"The seller is {seller.email}, a buyer {buyers[0].email};")
    print(f"the password of all of them is {PASSWORD!r}.")
    return filling


def _progress(done: int, of: int, title: str) -> None:
    if sys.stdout.isatty():
        bar = "█" * (done * 30 // of)
        print(f"\r\033[K{bar:░<30} {done:3} of {of}  {title[:38]}", end="", flush=True)
    elif done in {1, of}:
        print(f"{done} of {of}: {title}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("url", nargs="?", default=SHOP, help=f"where it runs ({SHOP})")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
