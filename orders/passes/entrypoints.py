"""The part of the orders service that buyers' passes and sellers' doors talk to."""

from typing import Any

from werkzeug.wrappers import Response

from orders import commands as orders_commands
from orders.passes import commands, shapes
from orders.passes.admissions import AdmissionDatabase, Admissions
from orders.passes.codes import PassCodes
from orders.passes.commands import Gate
from orders.passes.inputs import AdmitInput
from orders.repository import Orders
from ticketing import service
from ticketing.dependencies import Setting
from ticketing.http import Request, json_response, route, unkept
from ticketing.http.request import validate
from ticketing.ids import all_named, checked_id
from ticketing.rpc import rpc

Json = dict[str, Any]


class PassEntrypoints(service.Service):
    """Base of the orders service; has no ``name``, so it is none itself.

    Import the module, not the class, for the reason that ``ticketing.service`` gives.
    """

    orders: Orders
    admissions: Admissions = AdmissionDatabase()
    pass_codes = Setting("PASS_KEYS", PassCodes.parse)

    @route(
        "GET",
        "/api/orders/<order_id>/passes",
        session=True,
        gives=list[shapes.Pass],
    )
    def get_passes(self, request: Request, order_id: str) -> Response:
        user_id = request.session.user_id
        order = orders_commands.own(self.orders, order_id, user_id)
        return unkept(json_response(commands.of_order(self._gate, order)))

    @route(
        "GET",
        "/api/passes",
        session=True,
        query=("ticketId",),
        gives=shapes.ListedPasses,
    )
    def get_ticket_passes(self, request: Request) -> Json:
        ticket_id, user_id = request.args.get("ticketId", ""), request.session.user_id
        return commands.of_listing(self._gate, ticket_id, user_id)

    @route("GET", "/api/passes/keys", gives=shapes.Keys)
    def get_pass_keys(self, request: Request) -> Json:
        return self.pass_codes.public_keys()

    @route(
        "POST",
        "/api/passes/<pass_id>/admit",
        session=True,
        body=AdmitInput,
        gives=shapes.Verdict,
    )
    def post_admission(self, request: Request, pass_id: str) -> Json:
        user_id, wanted = request.session.user_id, request.input
        return commands.admit(self._gate, pass_id, user_id, wanted, self.clock())

    @rpc
    def list_passes(self, order_id: str) -> list[Json]:
        """Return the passes of an order with their codes. Raises NotFoundError."""
        return commands.of_order(self._gate, self.orders.get(checked_id(order_id)))

    @rpc
    def list_bookings(self, order_ids: list[str]) -> list[Json]:
        """Return those of some orders that are there, each with its ``passes``.

        Raises NotFoundError on what is no list of ids.
        """
        found = self.orders.of_ids(all_named(order_ids))
        passes = commands.of_orders(self._gate, found)
        return [order.told() | {"passes": passes[order.id]} for order in found]

    @rpc
    def list_ticket_passes(self, ticket_id: str, user_id: str) -> Json:
        """Return every pass of a listing, for its seller.

        Raises NotFoundError, NotOwnerError.
        """
        return commands.of_listing(self._gate, ticket_id, user_id)

    @rpc
    def admit_pass(  # noqa: PLR0913, PLR0917 - the contract's names
        self,
        id: str,  # noqa: A002
        user_id: str,
        door: str,
        scan: str,
        at: str | None = None,
        code: str | None = None,
        ticket_id: str | None = None,
    ) -> Json:
        """Say what becomes of a scan, for the seller of the pass's listing.

        Raises InvalidInputError, NotFoundError, NotOwnerError, BadRequestError.
        """
        told = {"door": door, "scan": scan, "at": at, "code": code}
        wanted = validate(AdmitInput, told | {"ticketId": ticket_id})
        return commands.admit(self._gate, id, user_id, wanted, self.clock())

    @rpc
    def pass_keys(self) -> Json:
        """Return the public keys of the passes' codes, as a JWK set."""
        return self.pass_codes.public_keys()

    @property
    def _gate(self) -> Gate:
        return Gate(self.orders, self.admissions, self.pass_codes)
