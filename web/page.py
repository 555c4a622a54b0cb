"""``@page``: a route whose answers are for people."""

from typing import Any

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import BaseConverter, Rule
from werkzeug.wrappers import Response

from ticketing.errors import NotAuthenticatedError, UnavailableError
from ticketing.http import Request
from ticketing.http.route import Route
from ticketing.http.same_site import SAFE_METHODS
from web.paths import to_sign_in
from web.rendering import Rendering

# More than any form of ours has; half a megabyte of ``&`` took a quarter of a second.
MAX_FIELDS = 4000
# Who has no session has little to say: who they are, or in which language to go on.
MAX_UNKNOWN = 16 * 1024


class NotApiConverter(BaseConverter):
    """Any path but those below ``/api``, whose answers are for programs."""

    regex = r"(?!api(?:/|\Z)).+"
    weight = 1000
    part_isolating = False


class PageRule(Rule):
    """Knows one more converter: ``<not_api:path>``."""

    def get_converter(
        self, variable_name: str, converter_name: str, args: Any, kwargs: Any
    ) -> BaseConverter:
        if converter_name == "not_api":
            return NotApiConverter(self.map)
        return super().get_converter(variable_name, converter_name, args, kwargs)


class Page(Route):
    """``@page("GET", "/orders", session=True)``

    Like ``@route``, but who has no session is asked to sign in, and whoever prefers
    HTML gets refusals as pages. What is sent has to come from a form of ours, unless
    ``form_token`` is False.
    """

    rendering = Rendering()

    def __init__(
        self, method: str, path: str, *, form_token: bool = True, **options: Any
    ) -> None:
        self.form_token = form_token
        super().__init__(method, path, **options)

    @property
    def rule(self) -> Rule:
        return PageRule(self.path, methods=[self.method], endpoint=self)

    def answer(self, request: Request, values: dict[str, str]) -> Response:
        try:
            return super().answer(request, values)
        except NotAuthenticatedError:
            return to_sign_in(request)
        except Exception as error:
            if not _prefers_html(request):
                raise
            if not isinstance(error, UnavailableError):  # or it would wait once more
                request.user = request.user or self.sessions.of(request)
            return self.rendering.renderer.refuse(request, error)

    def _call(self, request: Request, values: dict[str, str]) -> Any:
        if request.method not in SAFE_METHODS:
            _check_fields(request)
            if self.form_token:
                self.rendering.renderer.forms.check(request)
        return super()._call(request, values)


def _check_fields(request: Request) -> None:
    """Raise RequestEntityTooLarge where reading a form would hold everybody up."""
    sent = request.get_data(parse_form_data=False)
    is_long = request.user is None and len(sent) > MAX_UNKNOWN
    if is_long or sent.count(b"&") >= MAX_FIELDS:
        raise RequestEntityTooLarge


def _prefers_html(request: Request) -> bool:
    accepted = request.accept_mimetypes
    return bool(accepted["text/html"] > accepted["application/json"])


page = Page.decorator
