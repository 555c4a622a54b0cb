"""A hall of 30,000 seats and a field for 100,000: the seat map, and the last units.

    .venv/bin/python -m bench.units

Starts a system of its own in a temporary folder. Half of the seats are held, then the
map is asked for; all but a few places of the field are held, then the last ones.
"""

import gzip
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from bench.people import person
from launcher.testing import Launched

ROWS, WIDTH = 300, 100
FIELD = 100_000
AT_ONCE = 500
LAST = (4, 3, 2, 1, 1)
TIMES = 30


def timed(call: Callable[[], httpx.Response]) -> tuple[float, httpx.Response]:
    """Return the milliseconds that a request took, and its answer."""
    start = time.perf_counter()
    answer = call()
    return (time.perf_counter() - start) * 1000, answer


def sell(seller: httpx.Client, **offer: Any) -> str:
    listing = {"title": "Bench", "price": 20, "maxPerOrder": 1000, **offer}
    answer = seller.post("/api/tickets", json=listing).raise_for_status()
    return str(answer.json()["id"])


def hall(seller: httpx.Client, buyer: httpx.Client) -> None:
    seats = [f"R{row}-{number}" for row in range(ROWS) for number in range(WIDTH)]
    ticket_id = sell(seller, seats=seats)
    wanted = random.Random(1).sample(seats, len(seats) // 2)
    for start in range(0, len(wanted), AT_ONCE):
        body = {"ticketId": ticket_id, "seats": wanted[start : start + AT_ONCE]}
        buyer.post("/api/orders", json=body).raise_for_status()
    path = f"/api/tickets/{ticket_id}/seats"
    answers = [timed(lambda: buyer.get(path)) for _ in range(TIMES)]
    times = [took for took, _ in answers]
    body = answers[-1][1].content
    print(f"seat map of {len(seats)}: median {median(times):.1f} ms, ", end="")
    print(f"longest {max(times):.1f} ms, ", end="")
    print(f"{answers[-1][1].headers['content-length']} bytes compressed", end="")
    print(f" ({len(body)} plain, {len(gzip.compress(body))} at gzip's best)")


def field(seller: httpx.Client, buyer: httpx.Client) -> None:
    ticket_id = sell(seller, quantity=FIELD)

    def take(quantity: int) -> tuple[float, httpx.Response]:
        body = {"ticketId": ticket_id, "quantity": quantity}
        return timed(lambda: buyer.post("/api/orders", json=body))

    left = FIELD - sum(LAST[:-1])
    while left:
        _, answer = take(min(left, AT_ONCE))
        left -= answer.raise_for_status().json()["quantity"]
    for quantity in LAST:
        took, answer = take(quantity)
        told = answer.json()
        what = told.get("units") or told["errors"][0]["message"]
        print(f"the last {quantity} of {FIELD}: {took:.1f} ms, {what}")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Launched(Path(folder) / "data") as launched,
    ):
        address = f"http://127.0.0.1:{launched.instance.port}"
        seller, buyer = person(address, "seller"), person(address, "buyer")
        hall(seller, buyer)
        field(seller, buyer)


if __name__ == "__main__":
    main()
