"""What counting costs a purchase, in microseconds of CPU.

    EVENTLET_HUB=asyncio .venv/bin/python -m bench.counting

Each thing that is counted is timed by itself, as the services run it, and as often
as a purchase does it: one order, a payment and its webhook, and all that follows.
"""
# ruff: noqa: E402 - patches come first, then all else

import eventlet

eventlet.monkey_patch()

import timeit
from collections.abc import Callable
from time import process_time
from types import SimpleNamespace
from typing import Any

from ticketing.clock import utc_now
from ticketing.contract import OrderCompleted, OrderCreated, PaymentCreated
from ticketing.messages import Event
from ticketing.metrics.answers import count_answer
from ticketing.metrics.deliveries import Deliveries
from ticketing.metrics.trade import count_change
from ticketing.metrics.watches import rpc_calls

NUMBER, REPEAT = 5_000, 60

_deliveries = Deliveries("orders", "payment.created")
_message: Any = SimpleNamespace(metadata=SimpleNamespace(timestamp=utc_now()))


def event(shape: Any, **data: Any) -> Event:
    return Event(shape.subject, "x:1", data, "", "")


HELD, SOLD = event(OrderCreated, units=["1"]), event(OrderCompleted, units=["1"])
PAID = event(PaymentCreated, amount=2000, currency="usd")


def request() -> None:
    count_answer("POST", "/api/orders", 201, 0.02)


def changes() -> None:
    for each in (HELD, SOLD, PAID):
        count_change(each)


def delivery() -> None:
    _deliveries.come(1)
    _deliveries.done(_message)


def call() -> None:
    with rpc_calls("orders", "get_order"):
        pass


# What, and how often in a purchase: a system's own /metrics says so.
PURCHASE: dict[str, tuple[Callable[[], None], int]] = {
    "a request": (request, 3),
    "the changes of a purchase": (changes, 1),
    "a delivery": (delivery, 10),
    "a call: RPC, Stripe, mail": (call, 7),
}


def main() -> None:
    total = 0.0
    for name, (count, times) in PURCHASE.items():
        spent = timeit.repeat(count, timer=process_time, number=NUMBER, repeat=REPEAT)
        seconds = min(spent)
        each = seconds / NUMBER * 1e6
        total += each * times
        print(f"{name}: {each:.1f} µs, {times} times")
    print(f"a purchase: {total:.0f} µs")


if __name__ == "__main__":
    main()
