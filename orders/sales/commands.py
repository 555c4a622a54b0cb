"""What sellers do with the orders for their listings."""

import logging
from datetime import datetime

from orders import lifecycle
from orders.inputs import RefundInput
from orders.models import Order, Reason, Status
from orders.repository import Orders
from orders.settlement import Refund
from ticketing.errors import (
    BadRequestError,
    NotFoundError,
    NotOwnerError,
    TicketingError,
    refuse,
)
from ticketing.ids import checked_id
from ticketing.mongo import Document

log = logging.getLogger(__name__)


def own_listing(orders: Orders, ticket_id: str, user_id: str) -> Document:
    """Return the copy of a seller's listing. Raises NotFoundError, NotOwnerError."""
    copy = orders.tickets.find(checked_id(ticket_id))
    if copy is None:
        raise NotFoundError
    if copy["userId"] != user_id:
        raise NotOwnerError
    return copy


def order_of_listing(orders: Orders, order_id: str, user_id: str) -> Order:
    """Return an order for a seller's listing. Raises NotFoundError, NotOwnerError."""
    order = orders.get(checked_id(order_id))
    own_listing(orders, order.ticket_id, user_id)
    return order


def refund(order: Order, wanted: RefundInput, send_back: Refund) -> None:
    """Have the money of a complete order sent back, or that of some of its units.

    The units are on sale again when that is done. Raises BadRequestError.
    """
    known = {*order.units, *order.refunded}
    if unknown := [unit for unit in wanted.units or () if unit not in known]:
        refuse("units", f"Not in this order: {', '.join(unknown)}")
    if order.status is not Status.COMPLETE and order.reason != Reason.REFUNDED:
        raise BadRequestError("There is nothing to refund")
    send_back(order.id, wanted.reason or "the seller refunded it", wanted.units)


def wind_up(orders: Orders, send_back: Refund, now: datetime) -> int:
    """Cancel and refund what is held of cancelled listings; return how many orders.

    Done again and again until nothing is left and nothing can come any more.
    """
    ended = 0
    for ticket_id, until in orders.winding_up():
        holding = orders.holding(ticket_id)
        ended += sum(_ended(orders, order, send_back) for order in holding)
        if not holding and now > until:
            orders.wound_up(ticket_id, until)
    return ended


def _ended(orders: Orders, order: Order, send_back: Refund) -> bool:
    """Try one; an order that there is trouble with must not stop the others."""
    try:
        ended = orders.change(order.id, lifecycle.withdraw)
        if ended.status is Status.COMPLETE:
            send_back(order.id, "the seller cancelled the event", None)
    except TicketingError as error:
        log.warning("Not ended: %s", error, extra={"action": "wind_up"})
        return False
    return True
