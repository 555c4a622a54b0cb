"""Where a person goes next, always on this site."""

from urllib.parse import urlencode

from werkzeug.wrappers import Response

from ticketing.http import Request

HOME = "/"
MAX_PATH = 2000


def safe_path(text: str | None) -> str:
    r"""Return ``text`` if it is a path of this site, else the home page.

    Browsers take ``//host`` and ``/\host`` for another site, and drop control
    characters before they look.
    """
    if not text or len(text) > MAX_PATH or not text.isascii():
        return HOME
    if not text.isprintable() or " " in text or "\\" in text:
        return HOME
    if not text.startswith("/") or text.startswith(("//", "/auth/")):
        return HOME
    return text


def see_other(path: str) -> Response:
    return Response(status=303, headers={"Location": path})


def to_sign_in(request: Request) -> Response:
    """Ask who it is, and come back afterwards."""
    wanted = request.full_path if request.query_string else request.path
    return see_other(f"/auth/signin?{urlencode({'next': wanted})}")
