"""One's own orders: seeing, paying and cancelling them."""

from contextlib import suppress

from werkzeug.wrappers import Response

from ticketing.clock import iso
from ticketing.errors import NotFoundError
from ticketing.http import Request, unkept
from ticketing.http.same_site import CONTENT_POLICY
from ticketing.limits import PAYING, WRITING
from web import bookings, languages, shop, views
from web.checkout import STRIPE_POLICY
from web.forms import REFUSALS, Form
from web.page import page
from web.pages import base
from web.paths import see_other
from web.states import Json, Payment, Stage

_SHOWS_PROBLEMS = {Stage.OPEN, Stage.ACTION, Stage.ENDING, Stage.CANCELLED}


class OrderPages(base.Web):
    @page("GET", "/orders", session=True)
    def get_orders(self, request: Request) -> Response:
        buyer, after = request.session.user_id, request.args.get("after")
        listing = shop.newest(self.orders.list_orders, buyer, after=after)
        awaited = shop.awaited(listing.things, iso(self.clock()))
        return self.pages.show(
            request, "orders.html", listing=listing, after=after, awaited=awaited
        )

    @page("GET", "/orders/<order_id>", session=True)
    def get_order(self, request: Request, order_id: str) -> Response:
        views.check_buyer(self.orders, order_id, request.session)
        return self._show_order(request, order_id)

    @page("GET", "/orders/<order_id>/returned", session=True)
    def get_returned(self, request: Request, order_id: str) -> Response:
        """See what came of it when somebody comes back from Stripe or their bank."""
        views.check_buyer(self.orders, order_id, request.session)
        with suppress(*REFUSALS, NotFoundError):
            if self.payments.look(order_id)["status"] == Payment.PAID:
                shop.await_completion(self.orders, order_id)
        return see_other(f"/orders/{order_id}")

    @page("POST", "/orders/<order_id>/pay", session=True, guard=PAYING)
    def post_payment(self, request: Request, order_id: str) -> Response:
        views.check_buyer(self.orders, order_id, request.session)
        form = Form.of(request, "token")
        try:
            self.pages.checkout.check(form["token"])
            paid = self.payments.pay(order_id, request.session.user_id, form["token"])
        except REFUSALS as error:
            return self._no_payment(request, order_id, form.failed(error, "token"))
        if paid["status"] == Payment.PAID:
            shop.await_completion(self.orders, order_id)
        return see_other(f"/orders/{order_id}")

    @page("POST", "/orders/<order_id>/cancel", session=True, guard=WRITING)
    def post_cancellation(self, request: Request, order_id: str) -> Response:
        views.check_buyer(self.orders, order_id, request.session)
        try:
            self.orders.cancel_order(order_id, request.session.user_id)
        except REFUSALS as error:
            return self._show_order(request, order_id, Form().failed(error))
        return see_other(f"/orders/{order_id}")

    def _no_payment(self, request: Request, order_id: str, form: Form) -> Response:
        """Tell why not, unless the order tells more: it is paid or may soon be."""
        values = self._order(order_id)
        if values["stage"] not in _SHOWS_PROBLEMS:
            return see_other(f"/orders/{order_id}")
        return self._show_order(request, order_id, form, values)

    def _show_order(
        self,
        request: Request,
        order_id: str,
        form: Form | None = None,
        values: Json | None = None,
    ) -> Response:
        shown = values or self._order(order_id)
        shown |= self._passes(request, shown)
        response = self.pages.show(request, "order.html", **shown, form=form or Form())
        if self.pages.checkout.publishable_key:
            response.headers[CONTENT_POLICY] = STRIPE_POLICY
        return unkept(response) if shown["booking"] else response

    def _passes(self, request: Request, shown: Json) -> Json:
        """Return the first passes of an order that has some."""
        booking = None
        if shown["stage"] is Stage.COMPLETE:
            with languages.reading(languages.of(request)):
                booking = bookings.first_of(
                    self.orders, shown["order"], shown["ticket"]
                )
        pictures = bookings.pictures_of(booking) if booking else {}
        return {"booking": booking, "pictures": pictures}

    def _order(self, order_id: str) -> Json:
        return views.order_view(
            self.tickets, self.orders, self.payments, order_id, self.clock()
        )
