"""What is told to open pages, and what was last told of what. Pure: no I/O."""

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderExtended,
    OrderReduced,
    PaymentCreated,
    PaymentFailed,
    PaymentRefunded,
    TicketUpdated,
)

Json = dict[str, Any]

_STATUSES: dict[type[Any], str] = {
    OrderCompleted: "complete",
    OrderReduced: "complete",
    OrderExtended: "created",
    OrderCancelled: "cancelled",
}
_PAYMENTS: dict[type[Any], str] = {
    PaymentCreated: "created",
    PaymentFailed: "failed",
    PaymentRefunded: "refunded",
}
HEARD: tuple[type[Any], ...] = (TicketUpdated, OrderCreated, *_STATUSES, *_PAYMENTS)
# Orders that one page hears of.
MOST_AT_ONCE = 5
# More would be of use only to who comes back after a long time.
REMEMBERED = 20_000


@dataclass(frozen=True)
class News:
    """An event of the kind ``order`` or ``ticket``; ``place`` is that in the stream."""

    kind: str
    data: Json
    place: int

    @property
    def topic(self) -> str:
        return f"{self.kind}:{self.data['id']}"

    @property
    def message(self) -> bytes:
        """As it is sent (https://html.spec.whatwg.org/#server-sent-events)."""
        text = json.dumps(self.data, separators=(",", ":"))
        return f"id: {self.place}\nevent: {self.kind}\ndata: {text}\n\n".encode()


def news_of(payload: Any, place: int) -> News:
    """Return what a payload of HEARD means to pages."""
    if isinstance(payload, TicketUpdated):
        return News("ticket", _ticket(payload), place)
    if type(payload) in _PAYMENTS:
        data = {"id": payload.order_id, "payment": _PAYMENTS[type(payload)]}
        return News("order", data, place)
    return News("order", _order(payload), place)


def _ticket(payload: TicketUpdated) -> Json:
    numbers = {name: getattr(payload, name) for name in ("available", "held", "sold")}
    told = {"id": payload.id, "version": payload.version, **numbers}
    return told | {"cancelled": True} if payload.cancelled else told


def _order(payload: Any) -> Json:
    status = _STATUSES.get(type(payload)) or payload.status
    data = {"id": payload.id, "version": payload.version, "status": status}
    if isinstance(payload, OrderCreated | OrderExtended):
        data["expiresAt"] = payload.expires_at
    return data


class Latest:
    """The last news of each thing, of those that were told of last."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._news: OrderedDict[str, News] = OrderedDict()
        self._known_after: int | None = None

    def note(self, news: News) -> News:
        """Keep and return them; those of a payment with what is known of its order."""
        known = self._news.pop(news.topic, None)
        if known and "payment" in news.data:
            news = News(news.kind, known.data | news.data, news.place)
        if self._known_after is None:
            self._known_after = news.place - 1
        self._news[news.topic] = news
        if len(self._news) > self._most:
            _, oldest = self._news.popitem(last=False)
            self._known_after = oldest.place
        return news

    def of(self, topic: str) -> News | None:
        return self._news.get(topic)

    def knows_all_after(self, place: int) -> bool:
        """Whether nothing after this place can have been missed here."""
        return self._known_after is not None and place >= self._known_after
