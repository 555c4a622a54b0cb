"""Form tokens: what is sent was on a page that this very browser was shown.

The second door behind ``check_same_site``, for browsers that tell nothing; and nobody
can be made to sign in as somebody else. A token is an HMAC over a cookie: the session
or, where there is none, a random one of this visitor (OWASP's signed double submit).
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from secrets import token_urlsafe

from markupsafe import Markup
from werkzeug.wrappers import Response

from ticketing.errors import StaleFormError
from ticketing.http import Request
from ticketing.sessions import COOKIE

VISITOR_COOKIE = "visitor"
FIELD = "form_token"
PURPOSE = "forms"
_NEW = "ticketing.visitor"


class FormTokens:
    """The first key makes tokens, any of them proves one."""

    def __init__(self, keys: Sequence[bytes], *, secure: bool = False) -> None:
        self._keys = keys
        self._secure = secure

    def field(self, request: Request) -> Markup:
        """Return the hidden field of a form on the page that answers a request."""
        token = self.make(_binding(request), request.full_path)
        return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token)

    def keep(self, request: Request, response: Response) -> Response:
        """Give a visitor who was shown a form the cookie that it is bound to."""
        if visitor := request.environ.get(_NEW):
            response.set_cookie(
                VISITOR_COOKIE,
                visitor,
                secure=self._secure,
                httponly=True,
                samesite="Lax",
            )
        return response

    def check(self, request: Request) -> None:
        """Raise StaleFormError unless one of the sender's cookies proves the token."""
        cookies = (request.cookies.get(name) for name in (COOKIE, VISITOR_COOKIE))
        token = request.form.get(FIELD, "")
        if not any(self._fits(token, cookie) for cookie in cookies if cookie):
            raise StaleFormError

    def make(self, cookie: str, page: str) -> str:
        """Return a token, always the same for a page, so that its ETag stays.

        For another page it is another one: who makes somebody see what they choose, and
        measures the compressed answers, learns nothing by it (BREACH).
        """
        salt = _mac(self._keys[0], page)[:12]
        return f"{salt}.{_mac(self._keys[0], f'{salt}.{cookie}')}"

    def seal(self, request: Request, value: str) -> str:
        """Return a value for a form of somebody, who cannot send another one."""
        return f"{value}.{_mac(self._keys[0], f'{value}:{_binding(request)}')}"

    def opened(self, request: Request, sealed: str) -> str | None:
        """Return what was sealed, None if it was not, or for somebody else."""
        value, _, given = sealed.partition(".")
        known = [_mac(key, f"{value}:{_binding(request)}") for key in self._keys]
        found = any(
            hmac.compare_digest(each.encode(), given.encode()) for each in known
        )
        return value if found else None

    def _fits(self, token: str, cookie: str) -> bool:
        salt, _, given = token.partition(".")
        known = [_mac(key, f"{salt}.{cookie}") for key in self._keys]
        return any(hmac.compare_digest(each.encode(), given.encode()) for each in known)


def _binding(request: Request) -> str:
    if request.user:
        return request.cookies[COOKIE]
    if known := request.cookies.get(VISITOR_COOKIE):
        return known
    return str(request.environ.setdefault(_NEW, token_urlsafe(16)))


def _mac(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")
