"""What the ticket page and the order page show."""

from datetime import datetime
from typing import Any

from ticketing.errors import NotFoundError, NotOwnerError
from ticketing.sessions import Session
from web import shop
from web.states import Json, Offer, Payment, offer_of, stage_of


def ticket_view(
    tickets: Any, orders: Any, ticket_id: str, user: Session | None
) -> Json:
    """Return a ticket, the order that holds it if known, and what can be done."""
    ticket = tickets.get_ticket(ticket_id)
    user_id = user.user_id if user else None
    holder = shop.holder_of(orders, ticket, user_id)
    offer = offer_of(ticket, holder, user_id)
    return {"ticket": ticket, "holder": holder, "offer": offer}


def refused_ticket_view(
    tickets: Any, orders: Any, ticket_id: str, user: Session | None
) -> Json:
    """The same, to somebody who was just told that the ticket is taken.

    The ticket itself may not have heard of it yet.
    """
    view = ticket_view(tickets, orders, ticket_id, user)
    return view | ({"offer": Offer.HELD} if view["offer"] is Offer.FREE else {})


def order_view(orders: Any, payments: Any, order_id: str, now: datetime) -> Json:
    """Return an order, its payment and the stage that both have reached."""
    order = orders.get_order(order_id)
    payment = shop.payment_of(payments, order_id)
    stage = stage_of(order, Payment(payment["status"]), now)
    return {"order": order, "payment": payment, "stage": stage}


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
