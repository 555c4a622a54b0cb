"""In-memory doubles of what the tickets service stands on."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ticketing.clock import from_iso
from ticketing.fakes import MemoryAggregates
from ticketing.paging import Page
from tickets.models import Share, Ticket
from tickets.search import Availability, Search, Sort, begins, words_of

EVERY = Page(10**9)


class MemoryShares:
    def __init__(self) -> None:
        self._shares: dict[str, Share] = {}

    def of(self, order_ids: Iterable[str]) -> dict[str, Share]:
        return {o: self._shares[o] for o in order_ids if o in self._shares}

    def keep(self, shares: Mapping[str, Share]) -> None:
        for order_id, share in shares.items():
            known = self._shares.get(order_id)
            if known is None or known.version < share.version:
                self._shares[order_id] = share


class MemoryTickets(MemoryAggregates[Ticket]):
    def __init__(self) -> None:
        super().__init__()
        self.shares = MemoryShares()

    def find_all(self, search: Search, page: Page, now: datetime) -> list[Ticket]:
        if search.sort is Sort.LISTED:
            return self.select(lambda ticket: _is_found(ticket, search, now), page)
        found = self.select(lambda ticket: _is_found(ticket, search, now), EVERY)
        found = sorted(filter(_place, found), key=_place)
        known = self.find(page.after) if page.after else None
        place = _place(known) if known else ()
        return [each for each in found if _place(each) > place][: page.limit]

    def of_ids(self, ticket_ids: list[str]) -> list[Ticket]:
        return self.select(lambda ticket: ticket.id in ticket_ids, EVERY)

    def of_seller(self, user_id: str, page: Page) -> list[Ticket]:
        return self.select(lambda ticket: ticket.user_id == user_id, page)


def _place(ticket: Ticket) -> tuple[datetime, str] | tuple[()]:
    event = ticket.offer.event
    return (from_iso(event.starts_at), ticket.id) if event else ()


def _is_found(ticket: Ticket, search: Search, now: datetime) -> bool:
    offer, occasion = ticket.offer, ticket.offer.event
    texts = (offer.title, *((occasion.name, occasion.venue) if occasion else ()))
    starts_at = from_iso(occasion.starts_at) if occasion else None
    return (
        _stands(ticket, search.availability, starts_at, now)
        and begins(words_of(*texts), search.words)
        and (not search.since or bool(starts_at and starts_at >= search.since))
        and (not search.until or bool(starts_at and starts_at <= search.until))
        and search.currency in {None, offer.currency}
        and (search.least is None or offer.price >= search.least)
        and (search.most is None or offer.price <= search.most)
    )


def _stands(
    ticket: Ticket, wanted: Availability, starts_at: datetime | None, now: datetime
) -> bool:
    if wanted is Availability.ALL:
        return not ticket.cancelled
    opens = ticket.offer.on_sale_at
    if wanted is Availability.UPCOMING:
        return ticket.available > 0 and bool(opens and opens > now)
    is_open = wanted is Availability.OPEN or not opens or opens <= now
    return ticket.available > 0 and is_open and not (starts_at and starts_at <= now)
