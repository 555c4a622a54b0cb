"""The tickets service: what is for sale, over HTTP, RPC and events."""

from typing import Any

from ticketing import service
from ticketing.contract import OrderCancelled, OrderCompleted, OrderCreated
from ticketing.events import event_handler
from ticketing.http import Request, route
from ticketing.http.request import validate
from ticketing.ids import checked_id
from ticketing.messages import Delivery
from ticketing.paging import page_of
from ticketing.rpc import ServiceRpc, rpc
from tickets import commands, models
from tickets.inputs import TicketInput
from tickets.repository import TicketDatabase, Tickets

Json = dict[str, Any]


class TicketsService(service.Service):
    name = "tickets"

    tickets: Tickets = TicketDatabase()
    orders_rpc = ServiceRpc("orders")

    @route("GET", "/api/tickets")
    def get_tickets(self, request: Request) -> list[Json]:
        page = page_of(request.args)
        return [ticket.json_dict() for ticket in self.tickets.available(page)]

    @route("GET", "/api/tickets/<ticket_id>")
    def get_one_ticket(self, request: Request, ticket_id: str) -> Json:
        return self.tickets.get(checked_id(ticket_id)).json_dict()

    @route("POST", "/api/tickets", session=True, body=TicketInput, status=201)
    def post_ticket(self, request: Request) -> Json:
        user_id = request.session.user_id
        return commands.create(self.tickets, user_id, request.input).json_dict()

    @route("PUT", "/api/tickets/<ticket_id>", session=True, body=TicketInput)
    def put_ticket(self, request: Request, ticket_id: str) -> Json:
        user_id, wanted = request.session.user_id, request.input
        ticket_id = checked_id(ticket_id)
        return commands.edit(self.tickets, ticket_id, user_id, wanted).json_dict()

    @rpc
    def list_tickets(
        self, limit: int = 50, after: str | None = None, order: str = "asc"
    ) -> list[Json]:
        """Return a page of the tickets that can be bought now."""
        page = page_of({"limit": limit, "after": after, "order": order})
        return [ticket.json_dict() for ticket in self.tickets.available(page)]

    @rpc
    def get_ticket(self, id: str) -> Json:  # noqa: A002 - the contract's name
        """Return one ticket. Raises NotFoundError."""
        return self.tickets.get(checked_id(id)).json_dict()

    @rpc
    def create_ticket(self, user_id: str, title: str, price: float) -> Json:
        """List a ticket at ``price`` dollars. Raises InvalidInputError."""
        wanted = validate(TicketInput, {"title": title, "price": price})
        return commands.create(self.tickets, checked_id(user_id), wanted).json_dict()

    @rpc
    def update_ticket(
        self,
        id: str,  # noqa: A002 - the contract's name
        user_id: str,
        title: str,
        price: float,
    ) -> Json:
        """Change a ticket for its seller.

        Raises InvalidInputError, NotFoundError, BadRequestError, NotOwnerError.
        """
        wanted = validate(TicketInput, {"title": title, "price": price})
        ticket_id = checked_id(id)
        return commands.edit(self.tickets, ticket_id, user_id, wanted).json_dict()

    @event_handler(OrderCreated)
    def on_order_created(self, event: Delivery) -> None:
        self._follow(event, models.reserve)

    @event_handler(OrderCompleted)
    def on_order_completed(self, event: Delivery) -> None:
        self._follow(event, models.reserve)

    @event_handler(OrderCancelled)
    def on_order_cancelled(self, event: Delivery) -> None:
        self._follow(event, models.release)

    def _follow(self, event: Delivery, effect: commands.Effect) -> None:
        owner = self.orders_rpc.get_order
        commands.follow_order(self.tickets, event, effect, owner)
