"""What the events of an order make of it, where its own document is lost or old. Pure.

The passes of a completed order are not in its event: it gets new ones.
"""

from dataclasses import replace

from orders.lifecycle import NewId
from orders.models import Order, Pass, Status
from ticketing.clock import from_iso
from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderEvent,
    OrderExtended,
    OrderReduced,
)
from ticketing.money import minor

EVENTS = (OrderCreated, OrderCompleted, OrderReduced, OrderExtended, OrderCancelled)


def replay(
    order: Order | None, event: OrderCreated | OrderEvent, new_pass_id: NewId
) -> Order | None:
    """Return the order after an event; as it is when that is no news.

    None where nothing but a later part of its story is known.
    """
    if isinstance(event, OrderCreated):
        return order or _made(event)
    if order is None or event.version <= order.version:
        return order
    after = replace(order, version=event.version)
    if isinstance(event, OrderCompleted):
        passes = tuple(Pass(new_pass_id(), unit) for unit in event.units)
        units = tuple(event.units)
        return replace(
            after, status=Status.COMPLETE, reason=None, units=units, passes=passes
        )
    if isinstance(event, OrderReduced):
        gone = tuple(unit for unit in order.units if unit not in event.units)
        left, refunded = tuple(event.units), (*order.refunded, *gone)
        return replace(after, units=left, refunded=refunded)
    if isinstance(event, OrderExtended):
        return replace(after, extended=True, expires_at=from_iso(event.expires_at))
    assert isinstance(event, OrderCancelled)
    return replace(after, status=Status.CANCELLED, reason=event.reason)


def _made(event: OrderCreated) -> Order:
    return Order(
        id=event.id,
        user_id=event.user_id,
        status=Status.CREATED,
        expires_at=from_iso(event.expires_at),
        ticket_id=event.ticket.id,
        title=event.ticket.title,
        price=minor(event.ticket.price, event.currency),
        units=tuple(event.units),
        currency=event.currency,
        version=event.version,
    )
