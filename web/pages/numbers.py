"""How a seller's listings sell; refunding their orders and cancelling them."""

from collections.abc import Iterator, Sequence
from typing import Any

from werkzeug.wrappers import Response

from ticketing.http import Request
from ticketing.limits import WRITING
from web import csv_files, languages, refund_form, sales, seen, shop, views
from web.csv_files import Row
from web.forms import REFUSALS, Form
from web.page import page
from web.pages import base
from web.paths import see_other
from web.service_words import said
from web.states import Json


class NumberPages(base.Web):
    @page("GET", "/listings", session=True)
    def get_listings(self, request: Request) -> Response:
        seller, after = request.session.user_id, request.args.get("after")
        listing = shop.newest(self.tickets.list_own, seller, after=after)
        shown = [sales.listing_view(each, self.clock()) for each in listing.things]
        return self.pages.show(
            request, "listings.html", listing=listing, shown=shown, after=after
        )

    @page("GET", "/listings/<ticket_id>", session=True)
    def get_numbers(self, request: Request, ticket_id: str) -> Response:
        values = self._numbers(request, ticket_id)
        latest = self._sales(request, ticket_id)
        note = request.args.get("note", "")
        return self.pages.show(
            request, "listing_numbers.html", **values, **latest, note=note
        )

    @page("GET", "/listings/<ticket_id>/orders", session=True)
    def get_sales(self, request: Request, ticket_id: str) -> Response:
        ticket = views.own_ticket(self.tickets, ticket_id, request.session)
        found = self._sales(request, ticket_id)
        return self.pages.show(request, "listing_orders.html", ticket=ticket, **found)

    @page("GET", "/listings/<ticket_id>/orders.csv", session=True)
    def get_orders_file(self, request: Request, ticket_id: str) -> Response:
        ticket = views.own_ticket(self.tickets, ticket_id, request.session)
        rows = sales.order_rows(self.auth, self.orders, ticket_id, request.session)
        name = csv_files.file_name("orders", ticket["title"])
        return _download(request, name, sales.ORDER_COLUMNS, rows)

    @page("GET", "/listings/<ticket_id>/passes.csv", session=True)
    def get_passes_file(self, request: Request, ticket_id: str) -> Response:
        ticket = views.own_ticket(self.tickets, ticket_id, request.session)
        rows = sales.pass_rows(self.orders, ticket_id, request.session)
        name = csv_files.file_name("passes", ticket["title"])
        return _download(request, name, sales.PASS_COLUMNS, rows)

    @page("GET", "/listings/<ticket_id>/cancel", session=True)
    def get_listing_to_cancel(self, request: Request, ticket_id: str) -> Response:
        return self._ask_to_cancel(request, ticket_id, Form())

    @page("POST", "/listings/<ticket_id>/cancel", session=True, guard=WRITING)
    def post_cancelled_listing(self, request: Request, ticket_id: str) -> Response:
        try:
            seller = request.session.user_id
            cancelled = self.tickets.cancel_ticket(ticket_id, seller)
        except REFUSALS as error:
            return self._ask_to_cancel(request, ticket_id, Form().failed(error))
        return seen.told(see_other(f"/listings/{ticket_id}"), cancelled)

    @page("GET", "/listings/<ticket_id>/orders/<order_id>/refund", session=True)
    def get_order_to_refund(
        self, request: Request, ticket_id: str, order_id: str
    ) -> Response:
        values = self._order_to_refund(request, ticket_id, order_id)
        return refund_form.ask(self.pages, request, values)

    @page(
        "POST",
        "/listings/<ticket_id>/orders/<order_id>/refund",
        session=True,
        guard=WRITING,
    )
    def post_refund(self, request: Request, ticket_id: str, order_id: str) -> Response:
        values = self._order_to_refund(request, ticket_id, order_id)
        seller, then = request.session.user_id, f"/listings/{ticket_id}?note=refund"

        def refund(chosen: list[str], reason: str) -> None:
            refund_form.check_ticked(chosen)
            self.orders.refund_order(order_id, seller, chosen, reason)

        return refund_form.act(self.pages, request, values, refund, then)

    def _numbers(self, request: Request, ticket_id: str) -> Json:
        return sales.numbers_view(
            self.tickets, self.orders, ticket_id, request.session, self.clock()
        )

    def _sales(self, request: Request, ticket_id: str) -> Json:
        """Return a page of the orders for a listing and who made them."""
        seller, after = request.session.user_id, request.args.get("after")
        listing = shop.newest(self.orders.list_sales, ticket_id, seller, after=after)
        emails = sales.known_emails(self.auth, listing.things)
        shown = [sales.sale_view(order, emails) for order in listing.things]
        return {"listing": listing, "shown": shown, "after": after}

    def _ask_to_cancel(self, request: Request, ticket_id: str, form: Form) -> Response:
        values: dict[str, Any] = self._numbers(request, ticket_id)
        if values["ticket"].get("cancelled"):
            return see_other(f"/listings/{ticket_id}")
        return self.pages.show(request, "listing_cancel.html", **values, form=form)

    def _order_to_refund(self, request: Request, ticket_id: str, order_id: str) -> Json:
        ticket = views.own_ticket(self.tickets, ticket_id, request.session)
        view = sales.refund_view(self.auth, self.orders, ticket, order_id)
        return view | {"path": f"/listings/{ticket_id}", "back": ticket["title"]}


def _download(
    request: Request, name: str, columns: Sequence[str], rows: Iterator[list[Row]]
) -> Response:
    reader = languages.of(request)
    with languages.reading(reader):
        header = [said(column) for column in columns]
    return csv_files.download(name, header, languages.read_by(reader, rows))
