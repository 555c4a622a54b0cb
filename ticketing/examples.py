"""One example of each event, for /api/asyncapi.json: what a purchase tells."""

from dataclasses import replace
from typing import Any

from ticketing import roles
from ticketing.contract import (
    ExpirationComplete,
    Occasion,
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderExtended,
    OrderReduced,
    Payload,
    PaymentCreated,
    PaymentFailed,
    PaymentRefunded,
    ReservedTicket,
    SessionRevoked,
    Shape,
    TicketCreated,
    TicketRef,
    TicketUpdated,
)
from ticketing.messages import Event, headers_of

_SELLER, _BUYER = "64b7f0c2a1b2c3d4e5f60718", "64b7f0c2a1b2c3d4e5f60719"
_TICKET, _ORDER = "64b7f0c2a1b2c3d4e5f6071a", "64b7f0c2a1b2c3d4e5f6071b"
_PAYMENT, _INTENT = "64b7f0c2a1b2c3d4e5f6071c", "pi_3QExample"
_AT = "2027-03-01T19:00:00.120Z"
_TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

_gala = Occasion(name="Gala", venue="Opera", starts_at="2027-06-01T18:00:00Z")
_listing: dict[str, Any] = {
    "id": _TICKET,
    "title": "Gala",
    "price": 20.0,
    "user_id": _SELLER,
    "layout": "A-1~4",
    "seated": True,
    "event": _gala,
}
_order: dict[str, Any] = {"id": _ORDER, "ticket": TicketRef(id=_TICKET)}
_payment: dict[str, Any] = {
    "id": _PAYMENT,
    "order_id": _ORDER,
    "stripe_id": _INTENT,
}

_EVERY = (
    TicketCreated(version=0, **_listing),
    TicketUpdated(version=1, **_listing, available=2, held=2),
    OrderCreated(
        id=_ORDER,
        version=0,
        status="created",
        user_id=_BUYER,
        expires_at="2027-03-01T19:15:00.120Z",
        ticket=ReservedTicket(id=_TICKET, title="Gala", price=20.0),
        units=["A-1", "A-2"],
        total=40.0,
    ),
    OrderExtended(
        version=1,
        **_order,
        units=["A-1", "A-2"],
        expires_at="2027-03-01T19:20:00.120Z",
    ),
    OrderCancelled(version=2, **_order, units=[], reason="expired"),
    OrderCompleted(version=2, **_order, units=["A-1", "A-2"]),
    OrderReduced(version=3, **_order, units=["A-1"]),
    ExpirationComplete(order_id=_ORDER),
    PaymentCreated(version=1, **_payment, amount=4000),
    PaymentFailed(
        id=_PAYMENT, version=1, order_id=_ORDER, reason="Your card was declined."
    ),
    PaymentRefunded(
        version=2, **_payment, amount=2000, reason="refunded", units=["A-2"]
    ),
    SessionRevoked(id=_BUYER, version=4, before=1803927600.0),
)
EXAMPLES: dict[type[Shape], Shape] = {type(each): each for each in _EVERY}


def sent(shape: type[Shape]) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the headers and the payload of the example of a shape, as it travels."""
    event = _event(EXAMPLES[shape])
    kind = event.subject.partition(".")[0]
    return headers_of(event, roles.OWNERS[kind]), event.data


def _event(example: Shape) -> Event:
    if isinstance(example, Payload):
        return replace(Event.of(example), time=_AT, traceparent=_TRACE)
    # The one whose aggregate counts no versions: a deadline in Redis.
    event_id = f"{_ORDER}:expiration:1803928500120"
    subject, data = ExpirationComplete.subject, example.json_dict()
    return Event(subject, event_id, data, _AT, _TRACE)
