"""Where a person goes next, always on this site."""

import re
from urllib.parse import quote, unquote, urlencode

from werkzeug.wrappers import Response

from ticketing.http import Request
from ticketing.http.same_site import SAFE_METHODS

HOME = "/"
# Where somebody types for long, and how such a page is told that it was sent in vain.
_FORMS = re.compile(r"/tickets/(new|[0-9a-f]{24}/edit)")
TYPED = "typed"
MAX_PATH = 2000


def safe_path(text: str | None) -> str:
    """Return ``text`` if it is a path of this site to go to after signing in."""
    path = path_here(text)
    return HOME if path.startswith("/auth/") else path


def path_here(text: str | None) -> str:
    r"""Return ``text`` if it is a path of this site, else the home page.

    Browsers take ``//host`` and ``/\host`` for another site, and drop control
    characters before they look.
    """
    if not text or len(text) > MAX_PATH or not text.isascii():
        return HOME
    if not text.isprintable() or " " in text or "\\" in text:
        return HOME
    if not text.startswith("/") or text.startswith("//"):
        return HOME
    # Who tidies ``/.//host`` up is left with ``//host``.
    if "/." in unquote(text.partition("?")[0]):
        return HOME
    return text


def path_of(request: Request) -> str:
    """Return where somebody is, to come back to."""
    path, query = quote(request.path), request.query_string.decode("latin-1")
    return f"{path}?{query}" if query else path


def way_back(request: Request) -> str | None:
    """Return where a form was that somebody sent, None if they only looked.

    Each address that takes commands leads whoever opens it to what it is about.
    """
    if request.method in SAFE_METHODS:
        return None
    ours, sent_from = request.host_url, request.referrer or ""
    if not sent_from.startswith(ours):
        return _to_form(path_here(path_of(request)))
    return _to_form(path_here(f"/{sent_from.removeprefix(ours)}"))


def see_other(path: str) -> Response:
    return Response(status=303, headers={"Location": path})


def to_sign_in(request: Request) -> Response:
    """Ask who it is, and come back afterwards."""
    wanted = request.full_path if request.query_string else request.path
    if request.method not in SAFE_METHODS:
        wanted = _to_form(wanted)
    return see_other(f"/auth/signin?{urlencode({'next': wanted})}")


def _to_form(path: str) -> str:
    """Return where what was typed is brought back, if that is a form for it."""
    return f"{path}?{TYPED}" if _FORMS.fullmatch(path) else path
