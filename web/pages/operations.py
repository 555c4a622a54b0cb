"""For operators: how the services are, what they have put aside, and single orders."""

from contextlib import suppress
from typing import Any

from nameko.exceptions import RemoteError
from werkzeug.wrappers import Response

from ticketing.dead_letters import LAST
from ticketing.errors import NotFoundError, TicketingError
from ticketing.http import Request
from ticketing.ids import checked_id
from web import operations
from web.page import page
from web.pages import base
from web.paths import see_other

LETTERS = "/operator/dead-letters"
ROWS = 20


class OperationPages(base.Web):
    @page("GET", "/operator/health", session=True)
    def get_health(self, request: Request) -> Response:
        self.pages.operators.check(request.session)
        reports = operations.health_view(self._services)
        return self.pages.show(request, "health.html", reports=reports)

    @page("GET", LETTERS, session=True)
    def get_dead_letters(self, request: Request) -> Response:
        self.pages.operators.check(request.session)
        wanted, after = request.args.get("service"), request.args.get("after", "")
        chosen = {n: s for n, s in self._services.items() if wanted in {None, n}}
        begins = {wanted: int(after)} if wanted and _is_number(after) else {}
        groups = operations.letters_view(chosen, begins, ROWS)
        return self.pages.show(
            request,
            "dead_letters.html",
            groups=groups,
            paged=bool(begins),
            note=request.args.get("note", ""),
        )

    @page("GET", f"{LETTERS}/<service>/<number>/replay", session=True)
    def get_dead_letters_again(
        self, request: Request, service: str, number: str
    ) -> Response:
        """Lead whoever had to sign in to command something back to the letters."""
        self.pages.operators.check(request.session)
        return see_other(LETTERS)

    @page("POST", f"{LETTERS}/<service>/<number>/replay", session=True)
    def post_replay(self, request: Request, service: str, number: str) -> Response:
        named, letter_id = self._checked(request, service, number)
        try:
            named.replay_dead_letter(letter_id)
        except NotFoundError:
            return see_other(f"{LETTERS}?note=gone")
        except (TicketingError, RemoteError):
            return see_other(f"{LETTERS}?note=again")
        return see_other(f"{LETTERS}?note=handled")

    @page("GET", f"{LETTERS}/<service>/<number>/discard", session=True)
    def get_discard(self, request: Request, service: str, number: str) -> Response:
        named, letter_id = self._checked(request, service, number)
        letter = operations.find_letter(named, service, letter_id)
        if letter is None:
            return see_other(f"{LETTERS}?note=gone")
        return self.pages.show(
            request, "dead_letter_discard.html", service=service, letter=letter
        )

    @page("POST", f"{LETTERS}/<service>/<number>/discard", session=True)
    def post_discard(self, request: Request, service: str, number: str) -> Response:
        named, letter_id = self._checked(request, service, number)
        with suppress(NotFoundError):  # a second click
            named.discard_dead_letter(letter_id)
        return see_other(f"{LETTERS}?note=discarded")

    @page("GET", "/operator/orders", session=True)
    def get_order_to_find(self, request: Request) -> Response:
        self.pages.operators.check(request.session)
        wanted = request.args.get("id", "").strip().lower()
        if not wanted:
            return self.pages.show(
                request, "operator_order.html", order=None, wanted=""
            )
        with suppress(NotFoundError):
            self.orders.get_order(checked_id(wanted))
            return see_other(f"/operator/orders/{wanted}")
        return self.pages.show(
            request, "operator_order.html", order=None, wanted=wanted
        )

    @page("GET", "/operator/orders/<order_id>", session=True)
    def get_timeline(self, request: Request, order_id: str) -> Response:
        self.pages.operators.check(request.session)
        order = self.orders.get_order(checked_id(order_id))
        return self.pages.show(
            request,
            "operator_order.html",
            order=order,
            wanted=order_id,
            story=self.orders.timeline(order_id),
        )

    @property
    def _services(self) -> dict[str, Any]:
        own = {"web": self.own}
        return own | {n: getattr(self, n) for n in operations.SERVICES if n != "web"}

    def _checked(self, request: Request, service: str, number: str) -> tuple[Any, int]:
        """Return a service and the id of a letter, to an operator.

        Raises NotFoundError.
        """
        self.pages.operators.check(request.session)
        if service not in self._services or not _is_number(number):
            raise NotFoundError
        return self._services[service], int(number)


def _is_number(text: str) -> bool:
    """Whether a letter can have it: Python refuses to read thousands of digits."""
    is_short = len(text) <= len(str(LAST))
    return is_short and text.isascii() and text.isdecimal() and 0 < int(text) <= LAST
