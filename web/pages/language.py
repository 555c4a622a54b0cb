"""Choosing a language, which counts more than what the browser asks for."""

from typing import Any

from nameko.extensions import DependencyProvider
from werkzeug.wrappers import Response

from ticketing.config import flag
from ticketing.errors import BadRequestError
from ticketing.http import Request
from web import languages
from web.page import page
from web.pages import base
from web.paths import HOME, path_here, see_other

YEAR = 365 * 24 * 3600


class LanguageCookie(DependencyProvider):
    """Lets a worker keep a choice in the browser; only as safely as the session."""

    def setup(self) -> None:
        config = self.container.config
        self._secure = flag(config, "SESSION_COOKIE_SECURE", default=True)

    def get_dependency(self, worker_ctx: Any) -> "LanguageCookie":
        return self

    def put(self, response: Response, language: str) -> Response:
        response.set_cookie(
            languages.COOKIE,
            language,
            max_age=YEAR,
            secure=self._secure,
            httponly=True,
            samesite="Lax",
        )
        return response


class LanguagePages(base.Web):
    language_cookie: LanguageCookie = LanguageCookie()

    @page("GET", "/language")
    def get_language(self, _request: Request) -> Response:
        return see_other(HOME)

    # A form on every page, and nobody gains by its choice: pages stay the same for all.
    @page("POST", "/language", form_token=False)
    def post_language(self, request: Request) -> Response:
        """Go on where the form was, in the language that was chosen."""
        chosen = request.form.get("language", "")
        if chosen not in languages.LANGUAGES:
            raise BadRequestError("Choose one of the languages of these pages")
        there = path_here(request.form.get("next"))
        return self.language_cookie.put(see_other(there), chosen)
