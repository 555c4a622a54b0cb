"""What a letter costs: its CPU, part by part, its size, and the memory it leaves.

    .venv/bin/python -m bench.letters [--letters 200]

No servers: what the services would tell is made up, a listing of its own for each
order, so that little of one letter helps with the next. The modules of all six
services are loaded, as in one process that has them all.
"""

import argparse
import gc
import importlib
import os
import time
from collections.abc import Callable
from typing import Any

from bench.streams import memory
from launcher.services import NAMES
from orders.passes.codes import Claims, PassCodes, new_pass_id
from ticketing.clock import utc_now
from ticketing.ids import new_id
from web.documents import ics, pdf
from web.documents.booking import Booking
from web.letters import documents_of
from web.mail import letters
from web.mail.letters import Envelope
from web.mail.message import Letter, Sender, compose

SHOP = "https://shop.test"
CODES = PassCodes.parse(f"k1={'A' * 43}")
SENDER = Sender("Ticketing", "shop@shop.test")
LATIN = "Opera in the park"
SCRIPTS = {
    "Latin": LATIN,
    "Cyrillic": "Опера в парке",
    "Arabic": "أوبرا في الحديقة",
    "Devanagari": "ओपेरा क्षेत्र में",
    "Thai": "โอเปร่าในสวน",
    "Chinese": "公园里的歌剧",
    "Japanese": "公園のオペラ",
    "Korean": "공원의 오페라",
}

Json = dict[str, Any]


def told(number: int, name: str) -> tuple[Json, Json, list[Json]]:
    """Return what the services tell: an order, its listing, its pass."""
    ticket_id, unit, pass_id = new_id(), f"A-{number}", new_pass_id()
    event = {
        "name": f"{name} {number}",
        "venue": "Waldbühne, Berlin",
        "startsAt": "2026-06-30T17:30:00.000Z",
        "timezone": "Europe/Berlin",
        "description": "Bring a cushion",
    }
    listing = {"id": ticket_id, "seated": True, "version": 1, "event": event}
    ticket = {"id": ticket_id, "title": "Front row", "price": 49.5}
    order = {"id": new_id(), "ticket": ticket, "currency": "usd", "total": 49.5}
    code = CODES.sign(Claims(ticket_id, unit, pass_id))
    issued = {"id": pass_id, "unit": unit, "code": code, "status": "valid"}
    return order, listing, [issued]


def booking(number: int, name: str = LATIN) -> Booking:
    return Booking.of(*told(number, name))


def letter_of(bought: Booking) -> Letter:
    envelope = Envelope(new_id(), "ann@example.com", SHOP)
    words = letters.bought(bought, bought.price)
    return letters.write(words, bought, envelope, documents_of(bought, SHOP))


def written(bought: Booking) -> bytes:
    """Return a letter as it is sent."""
    return compose(letter_of(bought), SENDER, utc_now()).as_bytes()


def cpu_of(work: Callable[[Any], object], given: list[Any]) -> float:
    """Return the milliseconds of CPU of one of these."""
    work(given[0])
    pdf.render.cache_clear()
    start = time.process_time()
    for each in given:
        work(each)
    return (time.process_time() - start) / len(given) * 1000


def measure_parts(count: int) -> None:
    numbers = list(range(count))
    bookings = [booking(number) for number in numbers]
    ready = [letter_of(each) for each in bookings]
    parts: dict[str, tuple[Callable[[Any], object], list[Any]]] = {
        "the whole letter": (written, bookings),
        "its PDF": (pdf.render, bookings),
        "its calendar file": (lambda each: ics.render(each, SHOP), bookings),
        "a mail of it": (
            lambda each: compose(each, SENDER, utc_now()).as_bytes(),
            ready,
        ),
    }
    for what, (work, given) in parts.items():
        print(f"{what}: {cpu_of(work, given):.2f} ms of CPU")
    print(
        f"bytes: PDF {len(pdf.render(bookings[0]))}, mail {len(written(bookings[0]))}"
    )


def measure_scripts(count: int) -> None:
    print(f"memory at the start: {memory(os.getpid()):.0f} MB")
    for script, name in SCRIPTS.items():
        given = [booking(number, name) for number in range(count)]
        cost = cpu_of(written, given)
        gc.collect()
        print(f"{script}: {cost:.2f} ms of CPU; then {memory(os.getpid()):.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=200)
    options = parser.parse_args()
    for service in NAMES:
        importlib.import_module(f"{service}.service")
    measure_scripts(options.letters)
    measure_parts(options.letters)


if __name__ == "__main__":
    main()
