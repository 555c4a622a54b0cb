"""What is for sale, and reserving it."""

from datetime import datetime

from werkzeug.wrappers import Response

from ticketing.errors import BadRequestError, InvalidInputError, KeyReusedError
from ticketing.http import Request
from ticketing.limits import RESERVING
from ticketing.periodic import every
from web import languages, searches, seat_rows, seen, shop, views
from web.forms import REFUSALS, Form, whole_of
from web.kept_pages import State, is_for_anybody
from web.page import page
from web.pages import base
from web.paths import see_other
from web.shelf import Listing, turn_of
from web.states import Json, is_single, offer_of
from web.stock import LOOK_EVERY, HomeStock, Stock, again
from web.translations import mark


class ListingPages(base.Web):
    stock: Stock = HomeStock()

    @every(LOOK_EVERY, again)
    def look_at_listings(self) -> None:
        self.stock.look(self.tickets)

    @page("GET", "/")
    def get_home(self, request: Request) -> Response:
        now, stock, kept = self.clock(), self.stock, self.pages.kept
        if not is_for_anybody(request) or not stock.is_told:
            return self._home(request, now)
        if found := kept.find(request, stock.version, now):
            return found
        turn = min(filter(None, (stock.next_turn(now), searches.tomorrow(now))))
        state = State(stock.version, turn)
        return kept.keep(request, state, self._home(request, now))

    @page("GET", "/tickets/<ticket_id>")
    def get_ticket(self, request: Request, ticket_id: str) -> Response:
        if not is_for_anybody(request) or not self.stock.is_told:
            view = self._ticket(request, ticket_id)
            return self.pages.show(request, "ticket.html", **view)
        now, kept = self.clock(), self.pages.kept
        ticket = self.stock.listing(self.tickets, ticket_id)
        if found := kept.find(request, ticket["version"], now):
            return found
        view = views.listing_view(ticket, self.orders, None, now)
        page = self.pages.show(request, "ticket.html", **view)
        if view["holder"]:  # whose order may change without the listing
            return page
        return kept.keep(request, State(ticket["version"], turn_of(ticket, now)), page)

    @page("POST", "/tickets/<ticket_id>/reserve", session=True, guard=RESERVING)
    def post_reservation(self, request: Request, ticket_id: str) -> Response:
        form = Form.of(request, "quantity", "seats")
        buyer, newest = request.session.user_id, request.form.get("newest")
        try:
            wish = _wish(form, is_seated="seats" in request.form)
            # The same form sent twice reserves once.
            wish["key"] = f"{ticket_id}:after:{newest}" if newest else None
            wish["language"] = languages.of(request).language
            order = self.orders.create_order(buyer, ticket_id, **wish)
        except KeyReusedError:  # in another window, meanwhile: the page tells of it
            return see_other(f"/tickets/{ticket_id}")
        except REFUSALS as error:
            return self._no_reservation(request, ticket_id, form.failed(error))
        return see_other(f"/orders/{order['id']}")

    def _home(self, request: Request, now: datetime) -> Response:
        if own := seen.of(request):
            self.stock.catch_up(self.tickets, *own)
        after = request.args.get("after")
        form = Form.of_query(request, *searches.SEARCH)
        try:
            listing = shop.listed(self.stock, self.tickets, form, after, now)
        except BadRequestError as error:
            form.failed(error)
            listing = Listing([], None)
        offers = {t["id"]: offer_of(t, None, None, now) for t in listing.things}
        return self.pages.show(
            request,
            "home.html",
            form=form,
            after=after,
            listing=listing,
            offers=offers,
            days=searches.days(form, now),
            wider=searches.wider(form),
            currencies=searches.CHOICES,
        )

    def _no_reservation(self, request: Request, ticket_id: str, form: Form) -> Response:
        """Tell why not, unless it is the person's own order that is in the way."""
        view = self._ticket(request, ticket_id)
        if is_single(view["ticket"]):
            buyer = request.session.user_id
            own = shop.orders_for(self.orders, ticket_id, buyer)
            if found := shop.standing(own):
                return see_other(f"/orders/{found[0]['id']}")
        values = views.refused(view) if form.status == 400 else view
        return self.pages.show(request, "ticket.html", **values, form=form)

    def _ticket(self, request: Request, ticket_id: str) -> Json:
        now = self.clock()
        return views.ticket_view(
            self.tickets, self.orders, ticket_id, request.user, now
        )


def _wish(form: Form, *, is_seated: bool) -> Json:
    """Return what to ask the orders service for. Raises InvalidInputError."""
    wish: Json = {}
    if seats := seat_rows.labels_of(form["seats"]):
        wish["seats"] = seats
    if form["quantity"].strip():
        wish["quantity"] = whole_of(form["quantity"])
    if is_seated and not wish:
        message = mark("Choose your seats, or say how many you want")
        raise InvalidInputError([{"message": message, "field": "seats"}])
    return wish
