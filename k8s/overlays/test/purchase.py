"""`purchase.py URL`: one purchase, from sign-up to a paid ticket, by the HTTP API.

Waits for the system to answer first. Exits with 1 and a sentence when it fails.
"""

import json
import sys
import time
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPCookieProcessor, Request, build_opener
from uuid import uuid4

READY_SECONDS = 180
COMPLETE_SECONDS = 30


class Person:
    """Somebody with a browser's cookies and an account of their own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._open = build_opener(HTTPCookieProcessor(CookieJar())).open

    def sign_up(self) -> None:
        email = f"{uuid4().hex}@example.com"
        self.ask("POST", "/api/users/signup", email=email, password=uuid4().hex)

    def ask(self, method: str, path: str, **body: object) -> Any:
        request = Request(  # noqa: S310 - the address comes from who starts this
            self._url + path,
            json.dumps(body).encode() if body else None,
            {"Content-Type": "application/json"},
            method=method,
        )
        with self._open(request, timeout=15) as answer:
            return json.load(answer)


def wait_until_ready(url: str) -> None:
    """Until every service takes its first request. Raises URLError when none does."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            person = Person(url)
            person.sign_up()
            person.ask("GET", "/api/tickets")
            person.ask("GET", "/api/orders")
            _ask_for_nothing(person)
        except (URLError, TimeoutError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
        else:
            return


def _ask_for_nothing(person: Person) -> None:
    """The payments service answers too. Raises HTTPError unless it does."""
    try:
        person.ask("POST", "/api/payments", orderId="0" * 24, token="none")  # noqa: S106
    except HTTPError as error:
        if error.code != 404:
            raise


def buy(url: str) -> str:
    """Return the id of the order that became complete."""
    seller, buyer = Person(url), Person(url)
    seller.sign_up()
    buyer.sign_up()
    ticket = seller.ask("POST", "/api/tickets", title="Front row", price=49.5)
    order = buyer.ask("POST", "/api/orders", ticketId=ticket["id"])
    buyer.ask("POST", "/api/payments", orderId=order["id"], token="tok_visa")  # noqa: S106 - Stripe's test card
    deadline = time.monotonic() + COMPLETE_SECONDS
    while (status := _status(buyer, order["id"])) != "complete":
        if time.monotonic() > deadline:
            raise TimeoutError(f"the order is still {status}")
        time.sleep(0.2)
    return str(order["id"])


def _status(buyer: Person, order_id: str) -> str:
    return str(buyer.ask("GET", f"/api/orders/{order_id}")["status"])


def main(url: str) -> int:
    try:
        wait_until_ready(url)
        print(f"Bought: order {buy(url)} is complete.")
    except HTTPError as error:
        problem = error.read().decode(errors="replace")
        print(f"Not bought: {error} {problem}", file=sys.stderr)
        return 1
    except (URLError, TimeoutError, ConnectionError) as error:
        print(f"Not bought: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
