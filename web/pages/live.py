"""What a page hears while it is open: server-sent events."""

from werkzeug.wrappers import Response

from ticketing.errors import BadRequestError, NotFoundError
from ticketing.http import Request
from ticketing.ids import checked_id
from web.live import About, Listener, Live, LiveStreams, Seen
from web.news import MOST_AT_ONCE
from web.page import page
from web.pages import base
from web.shop import PAGE_SIZE
from web.states import Json


class LivePages(base.Web):
    live: Live = LiveStreams()

    @page("GET", "/live")
    def get_live(self, request: Request) -> Response:
        listener = Listener(request.remote_addr or "", request.user)
        self.live.check_room(listener.address)
        version = _number(request.args.get("version", ""))
        seen = Seen(self.live.position(), _place(request), version)
        order_ids = _several(request, "order", MOST_AT_ONCE)
        listed = _several(request, "listed", PAGE_SIZE)
        ticket_id = request.args.get("ticket")
        if not order_ids and not listed and not ticket_id:
            raise BadRequestError("Say of which order or ticket")
        about = About(
            [self._own_order(request, order_id) for order_id in order_ids],
            checked_id(ticket_id) if ticket_id else None,
            [checked_id(each) for each in listed],
        )
        return self.live.follow(about, seen, listener)

    def _own_order(self, request: Request, order_id: str) -> Json:
        """Return an order to its buyer. Raises NotFoundError to anybody else."""
        user = request.user
        if user is None:
            raise NotFoundError
        order: Json = self.orders.get_order(checked_id(order_id))
        if order["userId"] != user.user_id:
            raise NotFoundError
        return order


def _several(request: Request, name: str, most: int) -> list[str]:
    return list(dict.fromkeys(filter(None, request.args.getlist(name))))[:most]


def _place(request: Request) -> int | None:
    """Where a page left off: its browser says it, or its script."""
    last = request.headers.get("Last-Event-ID", "")
    return _number(last or request.args.get("since", ""))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
