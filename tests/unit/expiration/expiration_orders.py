"""What orders tell of their holds, and what was announced of them."""

from datetime import timedelta

from unit_doubles import BOB, NOW, ORDER, TICKET

from ticketing.clock import iso
from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderExtended,
    ReservedTicket,
    TicketRef,
)
from ticketing.messages import Delivery

END = NOW + timedelta(minutes=15)


def created(order_id=ORDER, expires_at=END):
    payload = OrderCreated(
        id=order_id,
        version=0,
        status="created",
        user_id=BOB,
        expires_at=iso(expires_at),
        ticket=ReservedTicket(id=TICKET, title="Row 3", price=19.5),
        units=["1"],
        total=19.5,
    )
    return Delivery(payload, "")


def cancelled(order_id=ORDER):
    ref = TicketRef(id=TICKET)
    payload = OrderCancelled(
        id=order_id, version=1, reason="expired", ticket=ref, units=[]
    )
    return Delivery(payload, "")


def completed(order_id=ORDER):
    payload = OrderCompleted(
        id=order_id, version=1, ticket=TicketRef(id=TICKET), units=["1"]
    )
    return Delivery(payload, "")


def announced(watch):
    return [event.data["orderId"] for event in watch.publisher.published]


def extended(expires_at, order_id=ORDER):
    payload = OrderExtended(
        id=order_id,
        version=1,
        ticket=TicketRef(id=TICKET),
        units=["1"],
        expires_at=iso(expires_at),
    )
    return Delivery(payload, "")


def unpaid(*order_ids, expires_at=END):
    return {i: {"id": i, "expiresAt": iso(expires_at)} for i in order_ids}
