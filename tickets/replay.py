"""What the events of a listing make of it, where its document is lost or old. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from ticketing.change import Change
from ticketing.clock import from_iso
from ticketing.contract import TicketCreated, TicketUpdated
from ticketing.layout import Layout
from ticketing.money import minor
from tickets import models
from tickets.models import REMEMBERED, Offer, Share, Ticket

EVENTS = (TicketCreated, TicketUpdated)


def replay(ticket: Ticket | None, event: TicketCreated) -> Ticket:
    """Return the listing after an event; as it is when that is no news.

    What orders hold of it is counted anew, by ``recount``.
    """
    if ticket and event.version <= ticket.version:
        return ticket
    known = ticket or Ticket(event.id, event.user_id, _offer(event))
    cancelled = isinstance(event, TicketUpdated) and bool(event.cancelled)
    return replace(
        known, offer=_offer(event), cancelled=cancelled, version=event.version
    )


def recount(
    ticket: Ticket, shares: Mapping[str, Share]
) -> tuple[Change[Ticket], dict[str, Share]]:
    """Count all orders of a listing, by their ids, as they are.

    Returns the listing with its event, and the shares that it does not remember itself.
    """
    latest = dict(list(shares.items())[-REMEMBERED:])
    older = {order: share for order, share in shares.items() if order not in latest}
    counted = replace(
        ticket,
        held=sum(share.held for share in shares.values()),
        sold=sum(share.sold for share in shares.values()),
        recent=latest,
        has_older=ticket.has_older or bool(older),
    )
    return models.told_again(counted), older


def _offer(event: TicketCreated) -> Offer:
    return Offer(
        title=event.title,
        price=minor(event.price, event.currency),
        layout=Layout.parse(event.layout),
        seated=event.seated,
        max_per_order=event.max_per_order,
        on_sale_at=from_iso(event.on_sale_at) if event.on_sale_at else None,
        event=event.event,
        currency=event.currency,
    )
