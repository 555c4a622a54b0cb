"""An order in each of its states, as one gets there."""

from dataclasses import replace
from itertools import count

from unit_doubles import BOB, HOLD, NOW, ORDER, TICKET

from orders import lifecycle
from orders.models import Order, Status

PRICE = 1950
CREATED = Order(ORDER, BOB, Status.CREATED, NOW + HOLD, TICKET, "Row 3", PRICE, ("1",))
TWO = replace(CREATED, units=("A-1", "A-2"))


def complete(order, amount=PRICE, currency="usd"):
    """Its passes have the ids P1, P2, …"""
    ids = (f"P{number}" for number in count(1))
    return lifecycle.complete(order, amount, currency, lambda: next(ids))


def refund(order, *units):
    return lifecycle.refund(order, units)


COMPLETE = complete(CREATED).state
BOTH = complete(TWO, 2 * PRICE).state
GIVEN_UP = lifecycle.cancel(CREATED).state
EXPIRED = lifecycle.expire(CREATED, NOW + HOLD).state
FAILED = lifecycle.fail(CREATED).state
REFUNDED = refund(COMPLETE).state
ENDED = {"given up": GIVEN_UP, "expired": EXPIRED, "failed": FAILED}
