"""A seller has the sale of a listing rehearsed, with test money, and looks on."""

from contextlib import suppress

from werkzeug.wrappers import Response

from ticketing.errors import NotFoundError, NotOwnerError, TicketingError, refuse
from ticketing.http import Request
from ticketing.http.same_site import CONTENT_POLICY
from ticketing.limits import WRITING
from web import views
from web.forms import REFUSALS, Form, whole_of
from web.page import page
from web.pages import base
from web.paths import see_other
from web.rehearsals.provider import RehearsalStage, Stage
from web.rehearsals.states import MOST_BUYERS, USUAL_BUYERS, Phase
from web.rehearsals.view import report_policy, view
from web.states import Json
from web.translations import mark

REHEARSAL = "/listings/<ticket_id>/rehearsal"
BUYERS = "buyers"


class RehearsingPages(base.Web):
    stage: Stage = RehearsalStage()

    @page("GET", REHEARSAL, session=True)
    def get_rehearsal(self, request: Request, ticket_id: str) -> Response:
        ticket = self._to_rehearse(request, ticket_id)
        return self._shown_rehearsal(request, ticket)

    @page("POST", REHEARSAL, session=True, guard=WRITING)
    def post_rehearsal(self, request: Request, ticket_id: str) -> Response:
        ticket, form = self._to_rehearse(request, ticket_id), Form.of(request, BUYERS)
        try:
            buyers = _buyers(form)
            # Unless one runs already, which its page shows.
            self.stage.begin(ticket, buyers)
        except REFUSALS as error:
            return self._shown_rehearsal(request, ticket, form.failed(error))
        return see_other(f"/listings/{ticket_id}/rehearsal")

    @page("POST", f"{REHEARSAL}/stop", session=True, guard=WRITING)
    def post_end_of_rehearsal(self, request: Request, ticket_id: str) -> Response:
        self._to_rehearse(request, ticket_id)
        self.stage.stop(ticket_id)
        return see_other(f"/listings/{ticket_id}/rehearsal")

    @page("GET", f"{REHEARSAL}/stop", session=True)
    def get_end_of_rehearsal(self, request: Request, ticket_id: str) -> Response:
        """Lead whoever reloads the address of a command to what it was about."""
        self._to_rehearse(request, ticket_id)
        return see_other(f"/listings/{ticket_id}/rehearsal")

    @page("GET", f"{REHEARSAL}/report", session=True)
    def get_rehearsal_report(self, request: Request, ticket_id: str) -> Response:
        self._to_rehearse(request, ticket_id)
        html = self.stage.report(ticket_id)
        if html is None:
            raise NotFoundError
        response = Response(html, content_type="text/html; charset=utf-8")
        response.headers[CONTENT_POLICY] = report_policy(html)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _to_rehearse(self, request: Request, ticket_id: str) -> Json:
        """Return a listing that its seller may rehearse. Raises NotFoundError."""
        if not self.pages.checkout.rehearses:
            raise NotFoundError
        try:
            return views.own_ticket(self.tickets, ticket_id, request.session)
        except NotOwnerError:
            raise NotFoundError from None

    def _shown_rehearsal(
        self, request: Request, ticket: Json, form: Form | None = None
    ) -> Response:
        state = self.stage.find(ticket["id"])
        buyers = state["buyers"] if state else USUAL_BUYERS
        form = form or Form({BUYERS: str(buyers)})
        if state and Phase(state["phase"]).is_broken_off:
            self._tidy(state["twin"])
        shown = view(ticket, state, is_busy=self.stage.is_running())
        return self.pages.show(request, "rehearsal.html", **shown, form=form)

    def _tidy(self, twin: Json | None) -> None:
        """Take off sale what whoever rehearsed may not have taken off any more."""
        if twin:
            with suppress(TicketingError):
                self.tickets.cancel_ticket(twin["id"], twin["seller"])


def _buyers(form: Form) -> int:
    """Raise InvalidInputError unless it is a number of buyers that there may be."""
    typed = form[BUYERS].strip()
    number = whole_of(typed) if typed else 0
    if not isinstance(number, int) or not 1 <= number <= MOST_BUYERS:
        refuse(BUYERS, mark("Say how many buyers, from 1 to 1000"))
    return number
