"""The web service: the pages, made of what the other services tell by RPC."""

from collections.abc import Callable

from werkzeug.wrappers import Response

from ticketing import service
from ticketing.errors import NotFoundError
from ticketing.http import Request
from ticketing.ids import checked_id
from ticketing.rpc import ServiceRpc
from ticketing.sessions import SessionCookie
from web import assets, shop, views
from web.formats import amount
from web.forms import REFUSALS, Form, price_of
from web.page import page
from web.paths import safe_path, see_other
from web.rendering import Pages, Renderer
from web.states import Json, Stage


class WebService(service.Service):
    name = "web"

    auth = ServiceRpc("auth")
    tickets = ServiceRpc("tickets")
    orders = ServiceRpc("orders")
    payments = ServiceRpc("payments")
    pages: Renderer = Pages()
    cookie: SessionCookie = SessionCookie()

    @page("GET", "/")
    def get_home(self, request: Request) -> Response:
        after = request.args.get("after")
        listing = shop.newest(self.tickets.list_tickets, after=after)
        return self.pages.show(request, "home.html", listing=listing, after=after)

    @page("GET", "/tickets/new", session=True)
    def get_new_ticket(self, request: Request) -> Response:
        return self.pages.show(request, "ticket_new.html")

    @page("POST", "/tickets/new", session=True)
    def post_new_ticket(self, request: Request) -> Response:
        form = Form.of(request, "title", "price")
        seller, price = request.session.user_id, price_of(form["price"])
        try:
            ticket = self.tickets.create_ticket(seller, form["title"], price)
        except REFUSALS as error:
            form.failed(error)
            return self.pages.show(request, "ticket_new.html", form=form)
        return see_other(f"/tickets/{ticket['id']}")

    @page("GET", "/tickets/<ticket_id>")
    def get_ticket(self, request: Request, ticket_id: str) -> Response:
        view = views.ticket_view(self.tickets, self.orders, ticket_id, request.user)
        return self.pages.show(request, "ticket.html", **view)

    @page("POST", "/tickets/<ticket_id>/reserve", session=True)
    def post_reservation(self, request: Request, ticket_id: str) -> Response:
        try:
            order = self.orders.create_order(request.session.user_id, ticket_id)
        except REFUSALS as error:
            return self._no_reservation(request, ticket_id, Form().failed(error))
        return see_other(f"/orders/{order['id']}")

    @page("GET", "/tickets/<ticket_id>/edit", session=True)
    def get_ticket_to_edit(self, request: Request, ticket_id: str) -> Response:
        ticket = views.own_ticket(self.tickets, ticket_id, request.session)
        form = Form({"title": ticket["title"], "price": amount(ticket["price"])})
        return self.pages.show(request, "ticket_edit.html", form=form, ticket=ticket)

    @page("POST", "/tickets/<ticket_id>/edit", session=True)
    def post_edited_ticket(self, request: Request, ticket_id: str) -> Response:
        ticket = views.own_ticket(self.tickets, ticket_id, request.session)
        form = Form.of(request, "title", "price")
        seller, price = request.session.user_id, price_of(form["price"])
        try:
            self.tickets.update_ticket(ticket_id, seller, form["title"], price)
        except REFUSALS as error:
            form.failed(error)
            return self.pages.show(
                request, "ticket_edit.html", form=form, ticket=ticket
            )
        return see_other(f"/tickets/{ticket_id}")

    @page("GET", "/orders", session=True)
    def get_orders(self, request: Request) -> Response:
        buyer, after = request.session.user_id, request.args.get("after")
        listing = shop.newest(self.orders.list_orders, buyer, after=after)
        return self.pages.show(request, "orders.html", listing=listing, after=after)

    @page("GET", "/orders/<order_id>", session=True)
    def get_order(self, request: Request, order_id: str) -> Response:
        views.check_buyer(self.orders, order_id, request.session)
        return self.pages.show(request, "order.html", **self._order(order_id))

    @page("POST", "/orders/<order_id>/pay", session=True)
    def post_payment(self, request: Request, order_id: str) -> Response:
        views.check_buyer(self.orders, order_id, request.session)
        form = Form.of(request, "token")
        try:
            self.pages.checkout.check(form["token"])
            self.payments.pay(order_id, request.session.user_id, form["token"])
        except REFUSALS as error:
            return self._no_payment(request, order_id, form.failed(error, "token"))
        shop.await_completion(self.orders, order_id)
        return see_other(f"/orders/{order_id}")

    @page("POST", "/orders/<order_id>/cancel", session=True)
    def post_cancellation(self, request: Request, order_id: str) -> Response:
        views.check_buyer(self.orders, order_id, request.session)
        try:
            self.orders.cancel_order(order_id, request.session.user_id)
        except REFUSALS as error:
            values = self._order(order_id) | {"form": Form().failed(error)}
            return self.pages.show(request, "order.html", **values)
        return see_other(f"/orders/{order_id}")

    @page("GET", "/tickets/<thing_id>/reserve")
    @page("GET", "/orders/<thing_id>/pay")
    @page("GET", "/orders/<thing_id>/cancel")
    def get_command(self, request: Request, thing_id: str) -> Response:
        """Lead whoever reloads the address of a command to what it was about."""
        kind = request.path.split("/")[1]
        return see_other(f"/{kind}/{checked_id(thing_id)}")

    @page("GET", "/auth/signup")
    def get_sign_up(self, request: Request) -> Response:
        return self._ask_who(request, "signup.html")

    @page("POST", "/auth/signup")
    def post_sign_up(self, request: Request) -> Response:
        return self._enter(request, "signup.html", self.auth.sign_up)

    @page("GET", "/auth/signin")
    def get_sign_in(self, request: Request) -> Response:
        return self._ask_who(request, "signin.html")

    @page("POST", "/auth/signin")
    def post_sign_in(self, request: Request) -> Response:
        return self._enter(request, "signin.html", self.auth.sign_in)

    @page("GET", "/auth/signout")
    def get_sign_out(self, request: Request) -> Response:
        return self.pages.show(request, "signout.html")

    @page("POST", "/auth/signout")
    def post_sign_out(self, request: Request) -> Response:
        if request.user:
            self.auth.sign_out(request.user.user_id, request.user.jti)
        return self.cookie.remove(see_other("/"))

    @page("GET", "/static/<version>/<name>")
    def get_static(self, _request: Request, version: str, name: str) -> Response:
        return assets.serve(version, name)

    @page("GET", "/<not_api:path>")
    def get_anything_else(self, _request: Request, **_path: str) -> Response:
        raise NotFoundError

    def _no_reservation(self, request: Request, ticket_id: str, form: Form) -> Response:
        """Tell why not, unless it is the person's own order that is in the way."""
        buyer = request.session
        if order := shop.own_order(self.orders, ticket_id, buyer.user_id):
            return see_other(f"/orders/{order['id']}")
        values = views.refused_ticket_view(self.tickets, self.orders, ticket_id, buyer)
        return self.pages.show(request, "ticket.html", **values, form=form)

    def _no_payment(self, request: Request, order_id: str, form: Form) -> Response:
        """Tell why not, unless the order tells more: it is paid or may soon be."""
        values = self._order(order_id)
        if values["stage"] not in {Stage.OPEN, Stage.ENDING, Stage.CANCELLED}:
            return see_other(f"/orders/{order_id}")
        return self.pages.show(request, "order.html", **values, form=form)

    def _order(self, order_id: str) -> Json:
        return views.order_view(self.orders, self.payments, order_id, self.clock())

    def _ask_who(self, request: Request, template: str) -> Response:
        wanted = safe_path(request.args.get("next"))
        if request.user:
            return see_other(wanted)
        return self.pages.show(request, template, form=Form({"next": wanted}))

    def _enter(
        self, request: Request, template: str, enter: Callable[[str, str], Json]
    ) -> Response:
        form = Form.of(request, "email", "next")
        try:
            user = enter(form["email"], request.form.get("password", ""))
        except REFUSALS as error:
            form.failed(error, "email")
            return self.pages.show(request, template, form=form)
        return self.cookie.put(see_other(safe_path(form["next"])), user["token"])
