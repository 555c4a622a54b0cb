"""What sellers do with tickets, and what orders do to them."""

from collections.abc import Callable
from typing import Any

from ticketing.change import Change
from ticketing.errors import VersionGapError
from ticketing.ids import new_id
from ticketing.messages import Delivery
from ticketing.replicas import PATIENCE
from tickets import models
from tickets.inputs import TicketInput
from tickets.models import Ticket
from tickets.repository import Tickets

Effect = Callable[[Ticket, str], Change[Ticket] | None]
OrderOwner = Callable[[str], dict[str, Any]]


def create(tickets: Tickets, user_id: str, wanted: TicketInput) -> Ticket:
    return tickets.add(models.create(new_id(), user_id, wanted.title, wanted.price))


def edit(tickets: Tickets, ticket_id: str, user_id: str, wanted: TicketInput) -> Ticket:
    """Raises NotFoundError, BadRequestError, NotOwnerError in this order."""
    return tickets.change(
        ticket_id,
        lambda ticket: models.edit(ticket, user_id, wanted.title, wanted.price),
    )


def follow_order(
    tickets: Tickets, event: Delivery, effect: Effect, owner: OrderOwner
) -> None:
    """Let an order's event take effect on its ticket, once and in its turn.

    The ticket is written first and the inbox second; a crash in between repeats an
    effect that repeats harmlessly. The turn is checked after the ticket is read, and
    the ticket's own version guards the time from there to the write.
    """
    order = event.payload

    def in_turn(ticket: Ticket) -> Change[Ticket] | None:
        if not tickets.orders.is_next(order.id, order.version):
            return None
        return effect(ticket, order.id)

    try:
        tickets.change(order.ticket.id, in_turn)
        tickets.orders.apply(order.id, order.version, {})
    except VersionGapError:
        if event.attempt < PATIENCE:
            raise
        _catch_up(tickets, order.ticket.id, owner(order.id))


def _catch_up(tickets: Tickets, ticket_id: str, order: dict[str, Any]) -> None:
    """Take over an order's present state when an event of it is lost."""
    holds = order["status"] != "cancelled"
    effect = models.reserve if holds else models.release
    tickets.change(ticket_id, lambda ticket: effect(ticket, order["id"]))
    tickets.orders.put(order["id"], order["version"], {})
