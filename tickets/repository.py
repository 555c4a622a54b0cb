"""Where listings are kept, and what each order holds of them."""

from datetime import UTC, datetime
from typing import Any, Protocol

from ticketing.aggregates import Aggregates
from ticketing.change import Change, Decision
from ticketing.clock import from_iso
from ticketing.contract import Occasion
from ticketing.ids import id_windows
from ticketing.layout import Layout
from ticketing.money import DEFAULT_CURRENCY
from ticketing.mongo import Document, index
from ticketing.paging import Page
from ticketing.stores import AggregateDatabase
from tickets.models import Offer, Share, Ticket
from tickets.search import (
    ALL_OPEN,
    Search,
    Sort,
    has_begun,
    words_of,
)
from tickets.shares import MongoShares, Shares

# Stand for "has always been on sale" and "is sold for ever" where queries compare.
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


class Tickets(Protocol):
    def add(self, change: Change[Ticket]) -> Ticket: ...
    def get(self, ticket_id: str) -> Ticket: ...
    def change(self, ticket_id: str, decide: Decision[Ticket]) -> Ticket: ...
    def find_all(self, search: Search, page: Page, now: datetime) -> list[Ticket]: ...
    def of_seller(self, user_id: str, page: Page) -> list[Ticket]: ...
    def of_ids(self, ticket_ids: list[str]) -> list[Ticket]: ...

    @property
    def shares(self) -> Shares: ...


class MongoTickets(Aggregates[Ticket]):
    shares: MongoShares

    def of_ids(self, ticket_ids: list[str]) -> list[Ticket]:
        return self.query({"_id": {"$in": ticket_ids}}, len(ticket_ids) or 1)

    def find_all(self, search: Search, page: Page, now: datetime) -> list[Ticket]:
        """Return a page of the listings that are searched for."""
        if search == ALL_OPEN and page.descending:
            return self._newest_open(page, now)
        if search.sort is Sort.EVENT:
            return self._next_events(search.condition(now), page)
        condition = page.within(search.condition(now))
        return self.query(condition, page.limit, page.sort)

    def _next_events(self, condition: Document, page: Page) -> list[Ticket]:
        """Go on after the listing ``page.after``, wherever it stands by now."""
        known = self.find(page.after) if page.after else None
        if known and (event := known.offer.event):
            at = from_iso(event.starts_at)
            same_time = {"startsAt": at, "_id": {"$gt": known.id}}
            later = {"$or": [{"startsAt": {"$gt": at}}, same_time]}
            condition = {"$and": [condition, later]}
        return self.query(condition, page.limit, ("startsAt", 1), ("_id", 1))

    def _newest_open(self, page: Page, now: datetime) -> list[Ticket]:
        """Read back in growing steps, asking for what one index has and no more.

        Some servers use none for any other question, and read all that it finds before
        they sort: they would read every listing there is, and are asked all the time.
        """
        found: list[Ticket] = []
        for low, high in id_windows(page.after, now):
            found += self._open_between(low, high, page, now)
            if len(found) >= page.limit:
                break
        return found[: page.limit]

    def _open_between(
        self, low: str, high: str, page: Page, now: datetime
    ) -> list[Ticket]:
        found: list[Ticket] = []
        while len(found) < page.limit and low < high:
            within = {"available": True, "_id": {"$gte": low, "$lt": high}}
            newest = self.query(within, page.limit, page.sort)
            found += [each for each in newest if not has_begun(each, now)]
            high = newest[-1].id if len(newest) == page.limit else low
        return found

    def of_seller(self, user_id: str, page: Page) -> list[Ticket]:
        return self.query(page.within({"userId": user_id}), page.limit, page.sort)


class TicketDatabase(AggregateDatabase[Ticket]):
    """Gives the worker its ``Tickets``."""

    collection_name = "tickets"
    store_class = MongoTickets
    events_kept = 1

    def setup(self) -> None:
        super().setup()
        self.store.shares = MongoShares(self.database["shares"])

    def declare_indexes(self) -> None:
        index(self.collection, [("available", 1), ("_id", 1)])
        index(self.collection, [("available", 1), ("startsAt", 1), ("_id", 1)])
        index(self.collection, [("userId", 1), ("_id", 1)])
        super().declare_indexes()

    @staticmethod
    def encode(ticket: Ticket) -> Document:
        """What the seller said, what is counted, and what searches look at."""
        offer, occasion = ticket.offer, ticket.offer.event
        starts_at = from_iso(occasion.starts_at) if occasion else None
        return {
            "userId": ticket.user_id,
            "title": offer.title,
            "price": offer.price,
            "currency": offer.currency,
            "layout": offer.layout.text,
            "seated": offer.seated,
            "maxPerOrder": offer.max_per_order,
            "event": occasion.json_dict() if occasion else None,
            "held": ticket.held,
            "sold": ticket.sold,
            "recent": {o: _entry(share) for o, share in ticket.recent.items()},
            "hasOlder": ticket.has_older,
            "cancelled": ticket.cancelled or None,
            "available": ticket.available > 0,
            "onSaleAt": offer.on_sale_at or ALWAYS,
            "startsAt": starts_at,
            "sellUntil": starts_at or FOREVER,
            "words": words_of(
                offer.title, *((occasion.name, occasion.venue) if occasion else ())
            ),
        }

    @staticmethod
    def decode(document: Document) -> Ticket:
        fields: dict[str, Any] = document
        on_sale_at, occasion = fields["onSaleAt"], fields.get("event")
        offer = Offer(
            title=fields["title"],
            price=fields["price"],
            currency=fields.get("currency", DEFAULT_CURRENCY),
            layout=Layout.parse(fields["layout"]),
            seated=fields["seated"],
            max_per_order=fields["maxPerOrder"],
            on_sale_at=None if on_sale_at == ALWAYS else on_sale_at,
            event=Occasion.model_validate(occasion) if occasion else None,
        )
        return Ticket(
            id=fields["_id"],
            user_id=fields["userId"],
            offer=offer,
            held=fields["held"],
            sold=fields["sold"],
            recent={o: Share(*entry) for o, entry in fields["recent"].items()},
            has_older=fields["hasOlder"],
            cancelled=fields.get("cancelled", False),
            version=fields["version"],
        )


def _entry(share: Share) -> list[Any]:
    return [share.version, share.units, share.paid]
