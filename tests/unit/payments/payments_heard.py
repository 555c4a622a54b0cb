"""What payments hear of an order."""

from unit_doubles import BOB, ORDER, TICKET

from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderReduced,
    ReservedTicket,
    TicketRef,
)
from ticketing.messages import Delivery

PAIR = ["A-1", "A-2"]


def created(version=0, attempt=1, price=19.99, currency="usd"):
    ticket = ReservedTicket(id=TICKET, title="Row 3", price=price)
    payload = OrderCreated(
        id=ORDER,
        version=version,
        status="created",
        user_id=BOB,
        expires_at="2026-01-31T12:15:00.000Z",
        ticket=ticket,
        units=PAIR,
        total=2 * price,
        currency=currency,
    )
    return Delivery(payload, "", attempt)


def cancelled(version=1, attempt=1):
    ref = TicketRef(id=TICKET)
    payload = OrderCancelled(
        id=ORDER, version=version, reason="expired", ticket=ref, units=[]
    )
    return Delivery(payload, "", attempt)


def held(payload_class, units, version):
    ref = TicketRef(id=TICKET)
    return Delivery(
        payload_class(id=ORDER, version=version, ticket=ref, units=units), ""
    )


def completed(version=1):
    return held(OrderCompleted, PAIR, version)


def reduced(version):
    return held(OrderReduced, PAIR[1:], version)
