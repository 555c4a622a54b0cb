"""What the pages of a listing and of an order show."""

from datetime import datetime
from typing import Any

from ticketing.errors import NotFoundError, NotOwnerError
from ticketing.money import major
from ticketing.sessions import Session
from web import declines, shop
from web.states import (
    Json,
    Offer,
    is_single,
    is_uncharged,
    offer_of,
    payment_state,
    seats_of,
    stage_of,
)

# Orders of one's own that the page of a listing tells of.
SHOWN = 5


def ticket_view(
    tickets: Any, orders: Any, ticket_id: str, user: Session | None, now: datetime
) -> Json:
    """Return a ticket, the order that holds it if known, and what can be done.

    ``own`` are the first of somebody's orders for a listing of several units,
    ``numbers`` how many one can choose, each with its text. ``newest`` is what tells a
    second reservation from the first one sent again.
    """
    user_id = user.user_id if user else None
    return listing_view(tickets.get_ticket(ticket_id), orders, user_id, now)


def listing_view(ticket: Json, orders: Any, user_id: str | None, now: datetime) -> Json:
    known = shop.known_of(orders, ticket, user_id)
    most = min(ticket["available"], ticket["maxPerOrder"])
    return {
        "ticket": ticket,
        "holder": known.holder,
        "newest": known.newest,
        "own": known.standing[:SHOWN],
        "more_own": len(known.standing) > SHOWN,
        "offer": offer_of(ticket, known.holder, user_id, now),
        "is_single": is_single(ticket),
        "numbers": [(number, str(number)) for number in range(1, most + 1)],
    }


def refused(view: Json) -> Json:
    """The same, to somebody who was just told that the ticket is taken.

    The ticket itself may not have heard of it yet.
    """
    taken = view["is_single"] and view["offer"] is Offer.FREE
    return view | ({"offer": Offer.HELD} if taken else {})


def order_view(
    tickets: Any, orders: Any, payments: Any, order_id: str, now: datetime
) -> Json:
    """Return an order, its payment and the stage that both have reached.

    Beside them: the listing (None while it cannot be known), the order's seats (none
    if they are not numbered), the sum that is or will be paid for it, and those that
    went or go back, in major units of its currency; whether surely nothing was charged,
    and what to do about the last decline.
    """
    order = orders.get_order(order_id)
    ticket = shop.ticket_of(tickets, order)
    payment = shop.payment_of(payments, order_id)
    currency = order["currency"]
    returned = payment.get("refunds", ())
    return {
        "order": order,
        "ticket": ticket,
        "seats": seats_of(order["units"], ticket),
        "payment": payment,
        "paid": major(payment["amount"], currency)
        if "amount" in payment
        else order["total"],
        "refunds": [_refund(refund, ticket, currency) for refund in returned],
        "uncharged": is_uncharged(payment),
        "advice": declines.advice(payment.get("code") or ""),
        "stage": stage_of(order, payment_state(payment), now),
    }


def _refund(refund: Json, ticket: Json | None, currency: str) -> Json:
    """``amount`` becomes major units, and the units are told as seats if they are."""
    seats = seats_of(refund["units"], ticket)
    return refund | {"amount": major(refund["amount"], currency), "seats": seats}


def check_buyer(orders: Any, order_id: str, user: Session) -> None:
    """Raise NotFoundError: another person's order is as good as none."""
    if orders.get_order(order_id)["userId"] != user.user_id:
        raise NotFoundError


def own_ticket(tickets: Any, ticket_id: str, user: Session) -> Json:
    """Return a ticket to its seller. Raises NotFoundError, NotOwnerError."""
    ticket: Json = tickets.get_ticket(ticket_id)
    if ticket["userId"] != user.user_id:
        raise NotOwnerError
    return ticket
