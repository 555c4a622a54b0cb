"""Bringing documents up to the events that were told after they were saved.

The services do not run meanwhile, so nobody sells what an order that is still to be
brought back has.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pymongo.collection import Collection
from pymongo.database import Database

from orders.listing import copy_of_ticket, winding_up
from orders.models import Order, Status
from orders.passes.codes import new_pass_id
from orders.replay import EVENTS as ORDER_EVENTS
from orders.replay import replay as replay_order
from orders.repository import OrderDatabase
from payments.copies import copy_of_order
from payments.models import Payment
from payments.replay import EVENTS as PAYMENT_EVENTS
from payments.replay import replay as replay_payment
from payments.repository import PaymentDatabase
from recovery.documents import Documents
from recovery.streams import Stored
from ticketing.contract import OrderCompleted, SessionRevoked
from ticketing.messages import Event, parse
from tickets.models import Share, Ticket
from tickets.replay import EVENTS as TICKET_EVENTS
from tickets.replay import recount
from tickets.replay import replay as replay_ticket
from tickets.repository import TicketDatabase

Json = dict[str, Any]

SHAPES: dict[str, Any] = {
    shape.subject: shape
    for shape in (*ORDER_EVENTS, *PAYMENT_EVENTS, *TICKET_EVENTS, SessionRevoked)
}


class Replay:
    """``hear`` each event in its order, then ``save``; ``heard`` counts them."""

    def __init__(self, databases: Mapping[str, Database[Any]]) -> None:
        self._databases = databases
        orders, payments = databases["orders"], databases["payments"]
        self._orders = Documents[Order](orders["orders"], OrderDatabase)
        self._payments = Documents[Payment](payments["payments"], PaymentDatabase)
        tickets = databases["tickets"]["tickets"]
        self._tickets = Documents[Ticket](tickets, TicketDatabase)
        self._sold: set[str] = set()
        self.heard: Counter[str] = Counter()

    def hear(self, subject: str, message: Stored) -> None:
        """Take an event into account; what is no event of a document is passed over."""
        if subject not in SHAPES:
            return
        payload = parse(SHAPES[subject], message.body)
        self.heard[subject] += 1
        self._handler(payload)(payload, _event(subject, message), message.number)

    def save(self) -> None:
        """Write what has changed: what frees units before what holds them."""
        self._orders.save(lambda order: order.status is not Status.CANCELLED)
        self._payments.save()
        for ticket_id in sorted({*self._tickets.changed, *self._sold}):
            self._recount(ticket_id)
        self._tickets.save()
        self._copy()

    def _handler(self, payload: Any) -> Callable[[Any, Event, int], None]:
        if isinstance(payload, SessionRevoked):
            return self._hear_revoked
        if isinstance(payload, PAYMENT_EVENTS):
            return self._hear_payment
        return (
            self._hear_ticket
            if isinstance(payload, TICKET_EVENTS)
            else self._hear_order
        )

    def _hear_order(self, payload: Any, event: Event, number: int) -> None:
        known = self._orders.get(payload.id)
        after = replay_order(known, payload, new_pass_id)
        if after is None or after == known:
            return
        self._sold.add(after.ticket_id)
        self._orders.put(after, event, number)
        if isinstance(payload, OrderCompleted):
            # Its passes are new ones, and a letter brings them to the buyer.
            self._orders.tell_again(after.id, event)

    def _hear_payment(self, payload: Any, event: Event, number: int) -> None:
        order = self._orders.get(payload.order_id)
        if order is None:
            return
        known = self._payments.get(payload.id)
        after = replay_payment(known, payload, order.told())
        if after != known:
            self._payments.put(after, event, number)

    def _hear_ticket(self, payload: Any, event: Event, number: int) -> None:
        known = self._tickets.get(payload.id)
        after = replay_ticket(known, payload)
        if after != known:
            self._tickets.put(after, event, number)

    def _hear_revoked(self, payload: Any, _event: Event, _number: int) -> None:
        """The stream remembers who is out; the account only counts its versions."""
        older = {"_id": payload.id, "version": {"$lt": payload.version}}
        newer = {"$set": {"version": payload.version}}
        self._databases["auth"]["users"].update_one(older, newer)

    def _recount(self, ticket_id: str) -> None:
        ticket = self._tickets.get(ticket_id)
        if ticket is None:
            return
        change, older = recount(ticket, self._shares(ticket_id))
        self._tickets.put(change.state)
        assert change.event
        self._tickets.tell(ticket_id, change.event)
        shares = self._databases["tickets"]["shares"]
        for order_id, share in older.items():
            _put(shares, order_id, vars(share))

    def _shares(self, ticket_id: str) -> dict[str, Share]:
        found = self._databases["orders"]["orders"].find({"ticket.id": ticket_id})
        orders = sorted(map(OrderDatabase.decode, found), key=lambda order: order.id)
        return {order.id: _share(order) for order in orders}

    def _copy(self) -> None:
        """What services keep of each other's."""
        now = datetime.now(UTC)
        for ticket in self._tickets.changed.values():
            copy = winding_up(copy_of_ticket(ticket.told()), now)
            _put(self._databases["orders"]["tickets"], ticket.id, copy)
        for order in self._orders.changed.values():
            copy = copy_of_order(order.told())
            _put(self._databases["payments"]["orders"], order.id, copy)


def _share(order: Order) -> Share:
    units = len(order.units) if order.holds else 0
    return Share(order.version, units, order.status is Status.COMPLETE)


def _put(collection: Collection[Any], document_id: str, fields: Json) -> None:
    collection.replace_one({"_id": document_id}, fields, upsert=True)


def _event(subject: str, message: Stored) -> Event:
    headers = message.headers
    return Event(
        subject=subject,
        id=headers["ce-id"],
        data=parse(SHAPES[subject], message.body).json_dict(),
        time=headers["ce-time"],
        traceparent=headers.get("traceparent", ""),
    )
