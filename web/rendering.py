"""Templates, and the two kinds of answers made of them: pages and refusals."""

import logging
from contextlib import suppress
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from nameko.extensions import DependencyProvider, SharedExtension
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ticketing import tracing
from ticketing.clock import Now, iso, utc_now
from ticketing.config import flag, setting
from ticketing.errors import BusyError, TicketingError
from ticketing.http import Request
from ticketing.keyring import KeyRing
from web import assets, languages, refusals
from web.checkout import Checkout
from web.form_tokens import PURPOSE, FormTokens
from web.forms import Form
from web.jinja import TEMPLATES, templates_in
from web.kept_pages import KeptPages
from web.operators import Operators
from web.paths import path_of, way_back

log = logging.getLogger(__name__)


class Renderer:
    """Turns data into HTML."""

    def __init__(
        self,
        checkout: Checkout,
        operators: Operators,
        forms: FormTokens,
        now: Now = utc_now,
    ) -> None:
        self.checkout = checkout
        self.forms = forms
        self.operators = operators
        self.kept = KeptPages()
        self._now = now
        self._templates = templates_in(TEMPLATES)
        self._templates.globals |= {"asset": assets.address, "checkout": checkout}
        self._templates.globals["form_token"] = self._form_token

    def show(
        self, request: Request, template: str, status: int = 200, **values: Any
    ) -> Response:
        """Answer with a page; one with a form has the form's status."""
        form = values.setdefault("form", Form())
        reader = languages.of(request)
        values |= {"request": request, "user": request.user, "now": iso(self._now())}
        values |= {"language": reader.language, "locale": languages.tag(reader.locale)}
        values |= {"languages": languages.NAMES, "here": path_of(request)}
        values["operates"] = self.operators.has(request.user)
        with languages.reading(reader):
            html = self._templates.get_template(template).render(values)
        response = _response(html, form.status if form.problems else status)
        response.content_language.add(reader.language)
        self.forms.keep(request, response)
        return _with_time(response, form.retry_after)

    @pass_context
    def _form_token(self, context: Context) -> Markup:
        """``{{ form_token() }}``: belongs into each form that is posted to a page."""
        return self.forms.field(context["request"])

    def refuse(self, request: Request, error: Exception) -> Response:
        """Answer with a page that says what went wrong and what to do next."""
        if not isinstance(error, TicketingError | HTTPException):
            log.error("Unforeseen", exc_info=error, extra={"action": "unforeseen"})
        refusal = refusals.of(error)
        number = tracing.trace_id(tracing.current())
        values: dict[str, Any] = {"refusal": refusal, "number": number, "turn": None}
        values |= {"back": way_back(request)}
        if isinstance(error, BusyError):
            values |= {"turn": error.retry_after, "ahead": error.ahead}
            values |= {"sent": _sent(request)}
        response = self.show(request, "refusal.html", refusal.status, **values)
        response.headers["Cache-Control"] = "no-store"
        return _with_time(response, getattr(error, "retry_after", None))


def _sent(request: Request) -> list[tuple[str, str]]:
    """Return the fields of a form, to be sent again; none of one that is too long."""
    with suppress(HTTPException):
        return list(request.form.items(multi=True))
    return []


def _response(html: str, status: int) -> Response:
    response = Response(html, status, content_type="text/html; charset=utf-8")
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def _with_time(response: Response, retry_after: int | None) -> Response:
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


class Rendering(SharedExtension):
    """The container's one renderer."""

    def setup(self) -> None:
        config = self.container.config
        keys = setting(config, "JWT_KEYS", KeyRing.parse).derive(PURPOSE)
        secure = flag(config, "SESSION_COOKIE_SECURE", default=True)
        forms = FormTokens(keys, secure=secure)
        self.renderer = Renderer(Checkout.of(config), Operators(config), forms)


class Pages(DependencyProvider):
    """Gives the worker its ``Renderer``."""

    rendering = Rendering()

    def get_dependency(self, worker_ctx: Any) -> Renderer:
        return self.rendering.renderer
