"""Letting people in: the page that scans passes at the door of an event."""

import json
import re
import string
from base64 import urlsafe_b64decode
from pathlib import Path
from uuid import uuid4

from werkzeug.wrappers import Response

from ticketing.errors import BadRequestError, InvalidInputError, refuse
from ticketing.http import Request
from web import assets, shop, views
from web.forms import REFUSALS, Form
from web.page import page
from web.pages import base
from web.states import Json
from web.translations import mark

WORKER = "door-worker.js"
# A worker may serve the pages below its own address, and what is allowed beside them.
SCOPE = "/door"
READER = ("decode.js", "index.js")

_STATIC = Path(assets.__file__).with_name("static")
_MODULES = ["words.js", *sorted(path.name for path in _STATIC.glob("door-*.js"))]
_SHORT = re.compile("[0-9A-HJKMNP-TV-Z]{12}")
_AS_TYPED = str.maketrans("OIL", "011", string.whitespace + "-")


class DoorPages(base.Web):
    @page("GET", "/door", session=True)
    def get_doors(self, request: Request) -> Response:
        seller, after = request.session.user_id, request.args.get("after")
        listing = shop.newest(self.tickets.list_own, seller, after=after)
        return self.pages.show(request, "door.html", listing=listing, after=after)

    @page("GET", "/door/worker.js")
    def get_door_worker(self, _request: Request) -> Response:
        # No version in the address: a worker is replaced at the address it has.
        response = assets.serve("", WORKER)
        response.headers["Service-Worker-Allowed"] = SCOPE
        return response

    @page("GET", "/door/<ticket_id>", session=True)
    def get_door(self, request: Request, ticket_id: str) -> Response:
        ticket = views.own_ticket(self.tickets, ticket_id, request.session)
        return self._show_door(request, ticket, Form())

    @page("POST", "/door/<ticket_id>", session=True)
    def post_scan(self, request: Request, ticket_id: str) -> Response:
        """Decide on a code for a browser that runs no scripts."""
        ticket = views.own_ticket(self.tickets, ticket_id, request.session)
        form = Form.of(request, "door", "code", "scan")
        try:
            answer = self._judge_scan(ticket, form)
        except REFUSALS as error:
            return self._show_door(request, ticket, form.failed(error, "code"))
        return self._show_door(request, ticket, Form({"door": form["door"]}), answer)

    def _judge_scan(self, ticket: Json, form: Form) -> Json:
        """Return the outcome of a scan, its unit and where and when somebody came in.

        Raises InvalidInputError, UnavailableError.
        """
        found = _read(form["code"])
        told = self.orders.list_ticket_passes(ticket["id"], ticket["userId"])
        if found["pass"] not in {each["id"] for each in told["passes"]}:
            return _answer(_of_no_pass(found, ticket))
        try:
            told = self._admit_scan(found, ticket, form)
        except InvalidInputError:
            raise
        except BadRequestError:
            return _answer("not genuine")
        return _answer(told["outcome"], told["unit"], _entry(told))

    def _admit_scan(self, found: Json, ticket: Json, form: Form) -> Json:
        seller, code = ticket["userId"], found["code"]
        scan: Json = {"door": form["door"], "scan": form["scan"], "code": code}
        return dict(self.orders.admit_pass(found["pass"], seller, **scan))

    def _show_door(
        self, request: Request, ticket: Json, form: Form, answer: Json | None = None
    ) -> Response:
        return self.pages.show(
            request,
            "door_scan.html",
            ticket=ticket,
            form=form,
            answer=answer,
            scan=uuid4().hex,
            modules=[name for name in _MODULES if name != WORKER],
            reader=[name for name in READER if assets.has(name)],
        )


def _read(text: str) -> Json:
    """Read a code as it is typed, or pasted from a scanner, without trusting it.

    ``event`` is known of pasted ones only. Raises InvalidInputError when there is none.
    """
    code = text.strip()
    if not code:
        refuse("code", mark("Type the code of the pass"))
    typed = code.upper().translate(_AS_TYPED)
    return _claims_of(code) or {"pass": typed, "event": None, "code": None}


def _claims_of(code: str) -> Json | None:
    """Return what a signed code says, whoever signed it."""
    try:
        _, claims, _ = code.split(".")
        told = json.loads(urlsafe_b64decode(claims + "=="))
        return {"pass": str(told["pass"]), "event": told["event"], "code": code}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _of_no_pass(found: Json, ticket: Json) -> str:
    """Say what a code is that is none of this listing's.

    It is not asked of the orders service, which would let it in to another listing.
    """
    is_code = found["code"] or _SHORT.fullmatch(found["pass"])
    is_other = is_code and found["event"] != ticket["id"]
    return "other event" if is_other else "not genuine"


def _answer(outcome: str, unit: str = "", entry: Json | None = None) -> Json:
    return {"outcome": outcome, "unit": unit, "entry": entry}


def _entry(told: Json) -> Json | None:
    """Return at which door and when somebody came in with a pass, if somebody did."""
    if told["outcome"] != "already in":
        return None
    return {"door": told["door"], "at": told["admittedAt"]}
