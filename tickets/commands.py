"""What sellers do with listings, and what orders do to them."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from ticketing.change import Change
from ticketing.errors import DuplicateError, NotFoundError, UnavailableError
from ticketing.http.request import validate
from ticketing.ids import checked_id, new_id
from tickets import models
from tickets.inputs import TicketChange, TicketInput
from tickets.models import Share, Ticket
from tickets.offers import changed_offer, new_offer
from tickets.repository import Tickets


def create(
    tickets: Tickets,
    user_id: str,
    wanted: TicketInput,
    now: datetime,
    ticket_id: str | None = None,
) -> Ticket:
    """List it, with this id if one is given: sent again, it is listed already.

    Raises InvalidInputError.
    """
    offer = new_offer(wanted, now)
    try:
        return tickets.add(models.create(ticket_id or new_id(), user_id, offer))
    except DuplicateError:
        known = tickets.get(ticket_id or "")
    if known.user_id == user_id and known.offer == offer:
        return known
    # Somebody went back to a form and listed another thing with it.
    return tickets.add(models.create(new_id(), user_id, offer))


def read_change(tickets: Tickets, ticket_id: str, sent: Any) -> TicketChange:
    """Read a body; a price that comes without a currency is one of the listing's.

    Raises BadRequestError, InvalidInputError, of a listing that is not there as well.
    """
    if isinstance(sent, dict) and sent.get("currency") is None:
        with suppress(NotFoundError):
            known = tickets.get(checked_id(ticket_id))
            sent = sent | {"currency": known.offer.currency}
    wanted: TicketChange = validate(TicketChange, sent)
    return wanted


def edit(  # noqa: PLR0913, PLR0917 - who, what, and what is known of it
    tickets: Tickets,
    ticket_id: str,
    user_id: str,
    wanted: TicketChange,
    orders: Any,
    now: datetime,
) -> Ticket:
    """Change a listing, its units too where ``orders`` says that nobody holds them.

    Raises NotFoundError, BadRequestError, NotOwnerError in this order.
    """

    def decide(ticket: Ticket) -> Change[Ticket]:
        models.check_editable(ticket, user_id)
        offer = changed_offer(
            ticket, wanted, orders.spare_units, orders.taken_units, now
        )
        return models.edit(ticket, user_id, offer)

    return tickets.change(checked_id(ticket_id), decide)


def cancel(tickets: Tickets, ticket_id: str, user_id: str) -> Ticket:
    """Take a listing off sale for good; its orders are cancelled and refunded.

    Raises NotFoundError, NotOwnerError.
    """
    return tickets.change(
        checked_id(ticket_id), lambda ticket: models.cancel(ticket, user_id)
    )


def tell(orders: Any, ticket: Ticket) -> None:
    """Let the orders know of a change before its seller hears that it is made.

    So nobody buys what has just been taken off sale. While they are away nobody buys
    anything, and its event is there when they come back.
    """
    with suppress(UnavailableError):
        orders.hear_ticket(ticket.told())


def follow_orders(
    tickets: Tickets, ticket_id: str, heard: Iterable[tuple[str, Share]]
) -> None:
    """Count what orders hold now, those of several events in one write.

    The listing itself remembers whom it has counted, so an event that is delivered
    again, also after a crash, counts once.
    """
    newest: dict[str, Share] = {}
    for order_id, share in heard:
        if order_id not in newest or share.version > newest[order_id].version:
            newest[order_id] = share

    def decide(ticket: Ticket) -> Change[Ticket] | None:
        unknown = newest.keys() - ticket.recent.keys()
        older = tickets.shares.of(unknown) if ticket.has_older and unknown else {}
        change = models.follow(ticket, newest, older)
        forgotten = models.overflow(ticket)
        if change and forgotten:
            tickets.shares.keep(forgotten)
        return change

    tickets.change(ticket_id, decide)
