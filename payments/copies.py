"""The copies of orders: what is to be paid, by whom, and whether it still can be."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from payments.repository import Payments
from ticketing import tracing
from ticketing.clock import from_iso
from ticketing.contract import OrderCancelled, OrderCreated, OrderExtended
from ticketing.messages import Delivery
from ticketing.money import DEFAULT_CURRENCY, minor
from ticketing.mongo import Document

Json = dict[str, Any]
OrderOwner = Callable[[str], Json]


def follow_order(payments: Payments, event: Delivery, owner: OrderOwner) -> None:
    """Bring the copy of an order to the event's version."""
    payload = event.payload
    payments.orders.apply(
        payload.id,
        payload.version,
        _copy_of_event(payload),
        attempt=event.attempt,
        owner=lambda: copy_of_order(owner(payload.id)),
    )


def copy_of_order(order: Json) -> Document:
    """Read an order as its owner tells of it."""
    currency = order.get("currency", DEFAULT_CURRENCY)
    return {
        "version": order["version"],
        "userId": order["userId"],
        "status": order["status"],
        "price": minor(order["ticket"]["price"], currency),
        "total": minor(order["total"], currency),
        "currency": currency,
        "units": order["units"],
        "expiresAt": order["expiresAt"],
    }


def has_ended(order: Document) -> bool:
    return bool(order["status"] == "cancelled")


def has_run_out(order: Document, now: datetime) -> bool:
    """Whether the time to pay is over; its end may not have been told yet."""
    until = order.get("expiresAt")
    return bool(order["status"] == "created" and until and now >= from_iso(until))


def _copy_of_event(payload: Any) -> Document:
    if isinstance(payload, OrderCreated):
        return {
            "userId": payload.user_id,
            "status": payload.status,
            "price": minor(payload.ticket.price, payload.currency),
            "total": minor(payload.total, payload.currency),
            "currency": payload.currency,
            "units": payload.units,
            "expiresAt": payload.expires_at,
            # What is paid for it is part of the same story.
            "traceparent": tracing.current(),
        }
    if isinstance(payload, OrderExtended):
        return {"expiresAt": payload.expires_at}
    cancelled = isinstance(payload, OrderCancelled)
    return {
        "status": "cancelled" if cancelled else "complete",
        "units": payload.units,
    }
