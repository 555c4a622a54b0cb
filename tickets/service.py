"""The tickets service: what is for sale, over HTTP, RPC and events."""

from functools import partial
from typing import Any

from pydantic.alias_generators import to_camel
from werkzeug.wrappers import Response

from ticketing import service
from ticketing.batches import Batches, Batching
from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderExtended,
    OrderReduced,
)
from ticketing.errors import BadRequestError, NotFoundError
from ticketing.events import event_handler
from ticketing.http import Request, route
from ticketing.http.kept import KeptResponse
from ticketing.http.request import read_json, validate
from ticketing.http.responses import no_content
from ticketing.ids import all_named, checked_id, named
from ticketing.limits import WRITING
from ticketing.messages import Delivery
from ticketing.paging import page_of
from ticketing.rpc import ServiceRpc, rpc
from tickets import commands, seat_maps, shapes
from tickets.inputs import TicketChange, TicketInput
from tickets.models import Share
from tickets.repository import TicketDatabase, Tickets
from tickets.search import search_of

Json = dict[str, Any]

# What a list of tickets can be asked for.
QUERY = ("limit", "after", "order", "text", "from", "to", "availability")


class TicketsService(service.Service):
    name = "tickets"

    tickets: Tickets = TicketDatabase()
    orders_rpc = ServiceRpc("orders")
    batches: Batches = Batching()

    @route("GET", "/api/tickets", query=QUERY, gives=list[shapes.Ticket])
    def get_tickets(self, request: Request) -> list[Json]:
        return self._list(request.args)

    @route("GET", "/api/tickets/<ticket_id>", gives=shapes.Ticket)
    def get_one_ticket(self, request: Request, ticket_id: str) -> Json:
        return self.tickets.get(checked_id(ticket_id)).json_dict()

    @route("GET", "/api/tickets/<ticket_id>/seats", gives=shapes.SeatMap)
    def get_seat_map(self, request: Request, ticket_id: str) -> Response:
        told = seat_maps.shared(
            self.batches, ticket_id, partial(self.get_seats, ticket_id)
        )
        return KeptResponse(told, content_type="application/json")

    @route(
        "POST",
        "/api/tickets",
        session=True,
        body=TicketInput,
        status=201,
        guard=WRITING,
        gives=shapes.Ticket,
    )
    def post_ticket(self, request: Request) -> Json:
        seller, wanted = request.session.user_id, request.input
        created = commands.create(self.tickets, seller, wanted, self.clock())
        return created.json_dict()

    @route(
        "PUT",
        "/api/tickets/<ticket_id>",
        session=True,
        takes=TicketChange,
        gives=shapes.Ticket,
        guard=WRITING,
    )
    def put_ticket(self, request: Request, ticket_id: str) -> Json:
        sent = read_json(request.get_data(), request.content_type or "")
        return self._edit(ticket_id, request.session.user_id, sent)

    @route(
        "DELETE", "/api/tickets/<ticket_id>", session=True, status=204, guard=WRITING
    )
    def delete_ticket(self, request: Request, ticket_id: str) -> Response:
        self._cancel(ticket_id, request.session.user_id)
        return no_content()

    @rpc
    def list_tickets(  # noqa: PLR0913, PLR0917 - what one can ask for
        self,
        limit: int = 50,
        after: str | None = None,
        order: str = "asc",
        text: str = "",
        from_time: str | None = None,
        to_time: str | None = None,
        availability: str = "now",
        currency: str = "",
        min_price: str = "",
        max_price: str = "",
        sort: str = "listed",
    ) -> list[Json]:
        """Return a page of the listings, unless told otherwise those to be bought now.

        ``availability`` is now, upcoming, open (both) or all; prices need a currency;
        ``sort`` is listed or event. Raises InvalidInputError.
        """
        page = {"limit": limit, "after": after, "order": order, "sort": sort}
        search = {"text": text, "from": from_time, "to": to_time}
        price = {"currency": currency, "minPrice": min_price, "maxPrice": max_price}
        return self._list(page | search | price | {"availability": availability})

    @rpc
    def list_own(
        self,
        user_id: str,
        limit: int = 50,
        after: str | None = None,
        order: str = "asc",
    ) -> list[Json]:
        """Return a page of what a seller has listed, in whatever state."""
        page = page_of({"limit": limit, "after": after, "order": order})
        own = self.tickets.of_seller(named(user_id), page)
        return [ticket.json_dict() for ticket in own]

    @rpc
    def get_ticket(self, id: str) -> Json:  # noqa: A002 - the contract's name
        """Return one ticket, with its layout. Raises NotFoundError."""
        return self.tickets.get(checked_id(id)).told()

    @rpc
    def find_tickets(self, ids: list[str]) -> list[Json]:
        """Return those of some tickets that are there, without their layouts.

        Raises NotFoundError on what is no list of ids.
        """
        return [each.json_dict() for each in self.tickets.of_ids(all_named(ids))]

    @rpc
    def get_seats(self, id: str) -> Json:  # noqa: A002
        """Return ``{"layout", "states"}`` of a seated listing.

        One character a seat, in the layout's order: ``.`` free, ``h`` held, ``s`` sold.
        Raises NotFoundError.
        """
        told = self.orders_rpc.unit_states(checked_id(id))
        if not told["seated"]:
            raise NotFoundError
        return {name: told[name] for name in ("layout", "states")}

    @rpc
    def create_ticket(
        self, user_id: str, title: str, price: float, **more: Any
    ) -> Json:
        """List units at ``price`` each.

        ``more``: currency (usd), quantity or seats, max_per_order, event, on_sale_at,
        as the HTTP API has them; ``id``: with it, what comes twice is listed once.
        Raises InvalidInputError, NotFoundError on what is no id.
        """
        ticket_id = checked_id(more.pop("id")) if "id" in more else None
        wanted = validate(TicketInput, _named(title, price, more))
        seller, now = checked_id(user_id), self.clock()
        created = commands.create(self.tickets, seller, wanted, now, ticket_id)
        return created.json_dict()

    @rpc
    def update_ticket(
        self,
        id: str,  # noqa: A002
        user_id: str,
        title: str,
        price: float,
        **more: Any,
    ) -> Json:
        """Change a listing for its seller; what is absent stays. See ``create_ticket``.

        Raises InvalidInputError, NotFoundError, BadRequestError, NotOwnerError.
        """
        return self._edit(id, user_id, _named(title, price, more))

    @rpc
    def cancel_ticket(self, id: str, user_id: str) -> Json:  # noqa: A002
        """Take a listing off sale for good and have its orders refunded.

        Raises NotFoundError, NotOwnerError.
        """
        return self._cancel(id, user_id)

    @event_handler(OrderCreated)
    def on_order_created(self, event: Delivery) -> None:
        self._follow(event)

    @event_handler(OrderCompleted)
    def on_order_completed(self, event: Delivery) -> None:
        self._follow(event)

    @event_handler(OrderExtended)
    def on_order_extended(self, event: Delivery) -> None:
        self._follow(event)

    @event_handler(OrderReduced)
    def on_order_reduced(self, event: Delivery) -> None:
        self._follow(event)

    @event_handler(OrderCancelled)
    def on_order_cancelled(self, event: Delivery) -> None:
        self._follow(event)

    def _list(self, given: Any) -> list[Json]:
        search, page = search_of(given), page_of(given)
        found = self.tickets.find_all(search, page, self.clock())
        return [ticket.json_dict() for ticket in found]

    def _edit(self, ticket_id: str, user_id: str, sent: Any) -> Json:
        wanted = commands.read_change(self.tickets, ticket_id, sent)
        orders, now = self.orders_rpc, self.clock()
        edited = commands.edit(self.tickets, ticket_id, user_id, wanted, orders, now)
        commands.tell(orders, edited)
        return edited.json_dict()

    def _cancel(self, ticket_id: str, user_id: str) -> Json:
        cancelled = commands.cancel(self.tickets, ticket_id, user_id)
        commands.tell(self.orders_rpc, cancelled)
        return cancelled.json_dict()

    def _follow(self, event: Delivery) -> None:
        order = event.payload
        ticket_id, heard = order.ticket.id, (order.id, Share.of(order))
        self.batches.join(
            ticket_id,
            heard,
            lambda batch: commands.follow_orders(self.tickets, ticket_id, batch),
        )


def _named(title: str, price: float, more: Json) -> Json:
    """Give what came by RPC the names of the HTTP API. Raises BadRequestError."""
    if unknown := more.keys() - TicketInput.model_fields.keys():
        raise BadRequestError(f"Unknown: {', '.join(sorted(unknown))}")
    named = {to_camel(name): value for name, value in more.items()}
    return {"title": title, "price": price, **named}
