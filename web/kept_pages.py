"""Pages that are the same for everybody who asks in the same words, written once."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from werkzeug.wrappers import Response

from ticketing.http import Request
from ticketing.http.compression import QUICK
from ticketing.http.kept import Kept, KeptResponse
from ticketing.sessions import DEVICE_COOKIE
from web import languages
from web.form_tokens import VISITOR_COOKIE

ROOM = 256
# A page of what changes all the time is written no more often, in seconds.
APART = 0.1
# And no page is kept for longer, whatever it tells of.
LONGEST = 10.0
# Whoever kept it has to ask whether it is still right.
FOR_ALL = "public, no-cache"

# Cookies of browsers in which nobody is signed in; what they tell is not on such pages.
NOBODYS = {languages.COOKIE, VISITOR_COOKIE, DEVICE_COOKIE}

Key = tuple[str, languages.Reader]


@dataclass(frozen=True)
class State:
    """What a page tells of: its version, and when time alone makes it another."""

    version: object
    until: datetime | None = None


@dataclass(frozen=True)
class _Page:
    kept: Kept
    headers: dict[str, str]
    state: State
    written: float

    def is_right(self, version: object, now: datetime) -> bool:
        if self.state.until is not None and now >= self.state.until:
            return False
        age = monotonic() - self.written
        return age < (LONGEST if self.state.version == version else APART)


def is_for_anybody(request: Request) -> bool:
    """Whether nothing but the path and the language can make a difference."""
    return request.cookies.keys() <= NOBODYS and not request.query_string


class KeptPages:
    """The pages that were asked for last."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._pages: OrderedDict[Key, _Page] = OrderedDict()

    def find(self, request: Request, version: object, now: datetime) -> Response | None:
        """Return the page that is right for this version of what it tells of."""
        page = self._pages.get(_key(request))
        if page is None or not page.is_right(version, now):
            return None
        self._pages.move_to_end(_key(request))
        return KeptResponse(page.kept, headers=page.headers)

    def keep(self, request: Request, state: State, page: Response) -> Response:
        """Return the page, for everybody; only one without trouble is kept."""
        if page.status_code != 200 or "Set-Cookie" in page.headers:
            return page
        page.headers["Cache-Control"] = FOR_ALL
        kept = Kept(page.get_data(), QUICK)
        headers = {k: v for k, v in page.headers.items() if k != "Content-Length"}
        self._pages[_key(request)] = _Page(kept, headers, state, monotonic())
        if len(self._pages) > self._room:
            self._pages.popitem(last=False)
        return KeptResponse(kept, headers=headers)


def _key(request: Request) -> Key:
    return request.path, languages.of(request)
