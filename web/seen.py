"""What somebody has just done, for pages of processes that have not heard of it yet."""

import re

from werkzeug.wrappers import Response

from ticketing.http import Request
from web.states import Json

COOKIE = "seen"
# Seconds; events take milliseconds.
MAX_AGE = 60

_SEEN = re.compile(r"([0-9a-f]{24})\.([0-9]{1,9})")


def told(response: Response, ticket: Json) -> Response:
    """Let the next pages of this person show no older version of a listing."""
    value = f"{ticket['id']}.{ticket['version']}"
    response.set_cookie(COOKIE, value, MAX_AGE, httponly=True, samesite="Lax")
    return response


def of(request: Request) -> tuple[str, int] | None:
    """Return the listing that was changed last, and its version then."""
    found = _SEEN.fullmatch(request.cookies.get(COOKIE, ""))
    return (found[1], int(found[2])) if found else None
