"""The books: whether the money at Stripe, payments and orders is the same."""

from contextlib import suppress

from werkzeug.wrappers import Response

from ticketing.errors import NotFoundError
from ticketing.http import Request
from web import books, refund_form, sales
from web.forms import REFUSALS
from web.page import page
from web.pages import base
from web.paths import see_other
from web.sales import Standing
from web.states import Json

ROWS = 50
PATH = "/operator"
_BACK = {"path": PATH, "back": None}


class BookPages(base.Web):
    @page("GET", PATH, session=True)
    def get_books(self, request: Request) -> Response:
        self.pages.operators.check(request.session)
        after, note = request.args.get("after"), request.args.get("note", "")
        view = books.ledger_view(self.payments, after, ROWS)
        return self.pages.show(request, "books.html", **view, after=after, note=note)

    @page("GET", f"{PATH}/reconcile", session=True)
    @page("GET", f"{PATH}/dismiss", session=True)
    def get_books_again(self, request: Request) -> Response:
        """Lead whoever had to sign in to command something back to the books."""
        self.pages.operators.check(request.session)
        return see_other(PATH)

    @page("POST", f"{PATH}/reconcile", session=True)
    def post_reconciliation(self, request: Request) -> Response:
        self.pages.operators.check(request.session)
        try:
            report = self.payments.reconcile()
        except REFUSALS:
            return see_other(f"{PATH}?note=later")
        note = "repaired" if report["repaired"] else "compared"
        return see_other(f"{PATH}?note={note}")

    @page("POST", f"{PATH}/dismiss", session=True)
    def post_dismissal(self, request: Request) -> Response:
        self.pages.operators.check(request.session)
        with suppress(NotFoundError):  # a second click
            self.payments.dismiss_finding(request.form.get("finding", ""))
        return see_other(PATH)

    @page("GET", f"{PATH}/orders/<order_id>/refund", session=True)
    def get_refund(self, request: Request, order_id: str) -> Response:
        values = self._refundable(request, order_id)
        return refund_form.ask(self.pages, request, values)

    @page("POST", f"{PATH}/orders/<order_id>/refund", session=True)
    def post_operators_refund(self, request: Request, order_id: str) -> Response:
        values = self._refundable(request, order_id)

        def refund(chosen: list[str], given: str) -> None:
            reason = given.strip() or "the shop refunded it"
            if values["standing"] is Standing.UNDELIVERED:
                self.payments.refund(order_id, reason)
            else:
                refund_form.check_ticked(chosen)
                self.payments.refund(order_id, reason, units=chosen)

        then = f"{PATH}?note=refund"
        return refund_form.act(self.pages, request, values, refund, then)

    def _refundable(self, request: Request, order_id: str) -> Json:
        """Return an order to an operator. Raises NotFoundError."""
        self.pages.operators.check(request.session)
        order: Json = self.orders.get_order(order_id)
        ticket = self.tickets.get_ticket(order["ticket"]["id"])
        view = sales.refund_view(self.auth, self.orders, ticket, order_id)
        return view | books.undelivered(self.payments, view) | _BACK
