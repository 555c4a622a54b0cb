"""Putting up for sale, and changing what one sells."""

from typing import Any

from werkzeug.wrappers import Response

from ticketing.http import Request
from ticketing.ids import is_young, new_id
from ticketing.limits import WRITING
from web import languages, offers, seen, views
from web.forms import REFUSALS, Form
from web.page import page
from web.pages import base
from web.paths import TYPED, see_other
from web.states import Json

LISTING = "listing"
# Seconds in which somebody fills in a form.
YOUNG = 3600


class SellingPages(base.Web):
    @page("GET", "/tickets/new", session=True)
    def get_new_ticket(self, request: Request) -> Response:
        # The same form sent twice lists once.
        own = {LISTING: self.pages.forms.seal(request, new_id())}
        return self._show(request, "ticket_new.html", Form(offers.BLANK | own))

    @page("POST", "/tickets/new", session=True, guard=WRITING)
    def post_new_ticket(self, request: Request) -> Response:
        form = Form.of(request, LISTING, *offers.NAMES, known=offers.BLANK)
        seller, listing = request.session.user_id, self._listing(request, form)
        try:
            wanted = offers.wanted(form, offers.BLANK, self.clock())
            ticket = self.tickets.create_ticket(seller, **wanted, **listing)
        except REFUSALS as error:
            return self._show(request, "ticket_new.html", form.failed(error))
        return seen.told(see_other(f"/tickets/{ticket['id']}"), ticket)

    @page("GET", "/tickets/<ticket_id>/edit", session=True)
    def get_ticket_to_edit(self, request: Request, ticket_id: str) -> Response:
        ticket = views.own_ticket(self.tickets, ticket_id, request.session)
        form = Form(_typed(request, ticket))
        return self._show(request, "ticket_edit.html", form, ticket=ticket)

    @page("POST", "/tickets/<ticket_id>/edit", session=True, guard=WRITING)
    def post_edited_ticket(self, request: Request, ticket_id: str) -> Response:
        ticket = views.own_ticket(self.tickets, ticket_id, request.session)
        known, seller = _typed(request, ticket), request.session.user_id
        form = Form.of(request, *offers.NAMES, known=known)
        try:
            wanted = offers.wanted(form, known, self.clock())
            edited = self.tickets.update_ticket(ticket_id, seller, **wanted)
        except REFUSALS as error:
            form.failed(error)
            return self._show(request, "ticket_edit.html", form, ticket=ticket)
        return seen.told(see_other(f"/tickets/{ticket_id}"), edited)

    def _listing(self, request: Request, form: Form) -> Json:
        """Return the id of a listing that its form gave it, if not very long ago.

        An id tells when it was given, and lists have the newest first.
        """
        given = self.pages.forms.opened(request, form[LISTING])
        is_new = given and is_young(given, self.clock(), YOUNG)
        return {"id": given} if is_new else {}

    def _show(
        self, request: Request, template: str, form: Form, **values: Any
    ) -> Response:
        return self.pages.show(
            request,
            template,
            form=form,
            currencies=offers.CHOICES,
            least=offers.LEAST,
            zones=offers.ZONES,
            typed=TYPED in request.args,
            **values,
        )


def _typed(request: Request, ticket: Json) -> dict[str, str]:
    """Return a listing as its seller would type it."""
    with languages.reading(languages.of(request)):
        return offers.typed(ticket)
