"""The part of the orders service that sellers and the tickets service talk to."""

from typing import Any

from orders import commands as buying
from orders import shapes
from orders.inputs import RefundInput, SpareInput
from orders.listing import Listing
from orders.models import Order
from orders.passes.admissions import Admissions
from orders.repository import Orders
from orders.sales import commands
from orders.sales.figures import figures
from ticketing import service
from ticketing.errors import NotOwnerError
from ticketing.http import Request, route
from ticketing.http.request import validate
from ticketing.ids import all_named, checked_id
from ticketing.limits import WRITING
from ticketing.paging import page_of
from ticketing.periodic import every
from ticketing.rpc import rpc

Json = dict[str, Any]

WIND_UP_EVERY = 1.0
# Orders in one answer: a whole listing is read in few steps.
MAX_SALES = 1000


class SaleEntrypoints(service.Service):
    """Base of the orders service; has no ``name``, so it is none itself."""

    orders: Orders
    admissions: Admissions
    tickets_rpc: Any
    payments_rpc: Any

    @route(
        "POST",
        "/api/orders/<order_id>/refund",
        session=True,
        body=RefundInput,
        guard=WRITING,
        gives=shapes.Order,
    )
    def post_refund(self, request: Request, order_id: str) -> Json:
        return self._refund(order_id, request.session.user_id, request.input)

    @rpc
    def refund_order(
        self,
        id: str,  # noqa: A002 - the contract's name
        user_id: str,
        units: list[str] | None = None,
        reason: str = "",
    ) -> Json:
        """Send back the money of an order, or of some units, for the listing's seller.

        Raises InvalidInputError, NotFoundError, NotOwnerError, BadRequestError.
        """
        wanted = validate(RefundInput, {"units": units, "reason": reason})
        return self._refund(id, user_id, wanted)

    @rpc
    def get_sales(self, ticket_id: str, user_id: str) -> Json:
        """Return what a listing has sold and earned, for its seller.

        As ``figures`` says, and ``admitted``. Raises NotFoundError, NotOwnerError.
        """
        listing = self._check_seller(ticket_id, user_id)
        sums = figures(self.orders.holding(ticket_id), listing.currency)
        return sums | {"admitted": self.admissions.count(ticket_id)}

    @rpc
    def list_sales(
        self,
        ticket_id: str,
        user_id: str,
        limit: int = 50,
        after: str | None = None,
        order: str = "asc",
    ) -> list[Json]:
        """Return a page of up to 1000 orders for a listing, for its seller.

        Raises NotFoundError, NotOwnerError.
        """
        self._check_seller(ticket_id, user_id)
        page = page_of({"limit": limit, "after": after, "order": order}, MAX_SALES)
        return [_sale(found) for found in self.orders.of_ticket(ticket_id, page)]

    @rpc
    def unit_states(self, ticket_id: str) -> Json:
        """Return ``{"layout", "states", "seated"}``: one character a unit, in order.

        ``.`` is free, ``h`` held, ``s`` sold. Raises NotFoundError.
        """
        listing = self._listing(ticket_id)
        states = self.orders.occupancies.whole(listing).states()
        told = {"layout": listing.layout.text, "states": states}
        return told | {"seated": listing.seated}

    @rpc
    def spare_units(self, ticket_id: str, count: int) -> list[str]:
        """Return so many units that nobody holds, from the end, fewer if need be."""
        known = self.orders.occupancies.looked_up(self._listing(ticket_id))
        return list(known.spare(validate(SpareInput, {"count": count}).count))

    @rpc
    def taken_units(self, ticket_id: str, units: list[str]) -> list[str]:
        """Return those of ``units`` that somebody holds or owns."""
        units = all_named(units)
        holders = self.orders.holders_of(checked_id(ticket_id), units)
        taken = {unit for order in holders for unit in order.units}
        return [unit for unit in units if unit in taken]

    @rpc
    def hear_ticket(self, ticket: Json) -> None:
        """Take a listing as its owner tells it; its event may come later."""
        buying.hear_ticket(self.orders, ticket, self.clock())

    @every(WIND_UP_EVERY)
    def wind_up(self) -> None:
        """End the orders for listings that were cancelled."""
        commands.wind_up(self.orders, self.payments_rpc.refund, self.clock())

    def _check_seller(self, ticket_id: str, user_id: str) -> Listing:
        """Return a listing, even if it was not heard of yet. Raises NotOwnerError."""
        listing = self._listing(ticket_id)
        if listing.seller_id != user_id:
            raise NotOwnerError
        return listing

    def _listing(self, ticket_id: str) -> Listing:
        owner = self.tickets_rpc.get_ticket
        return buying.listing_of(self.orders, ticket_id, owner)

    def _refund(self, order_id: str, user_id: str, wanted: RefundInput) -> Json:
        order = commands.order_of_listing(self.orders, order_id, user_id)
        commands.refund(order, wanted, self.payments_rpc.refund)
        return self.orders.get(order.id).json_dict()


def _sale(order: Order) -> Json:
    return order.told() | {"passes": [each.id for each in order.passes]}
