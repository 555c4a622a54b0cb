"""The line in which a route's requests wait; a cookie keeps the place of each."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from ticketing.errors import BusyError
from ticketing.http.request import Request
from ticketing.limits import Guard
from ticketing.places import COOKIE, GRACE, Places
from ticketing.turnstile import Turnstile


class Line:
    """Of one route in one process."""

    def __init__(self, guard: Guard, thing: str) -> None:
        """``thing`` is what is done there: a place is good for nothing else."""
        self._turnstile = Turnstile(goes_first=guard.goes_first)
        self._thing = thing

    def check(self, request: Request, places: Places) -> int:
        """Return when he first came. Raises BusyError: he would wait too long."""
        with self._keeping(request, places):
            holder, shown = self._holder(request), self._shown(request, places)
            return self._turnstile.check(holder, shown)

    @contextmanager
    def turn(self, request: Request, places: Places, came: int) -> Iterator[None]:
        """Go in when it is one's turn. Raises BusyError."""
        with ExitStack() as inside:
            with self._keeping(request, places):
                turn = self._turnstile.turn(self._holder(request), came)
                inside.enter_context(turn)
            if self._shown(request, places):
                places.spend(request.cookies[COOKIE])
                _give(request, "", 0)
            yield

    def _shown(self, request: Request, places: Places) -> int | None:
        """Since when he waits, as his place says."""
        place = request.cookies.get(COOKIE)
        return places.since(self._holder(request), place) if place else None

    @contextmanager
    def _keeping(self, request: Request, places: Places) -> Iterator[None]:
        """Whoever is told to come back keeps a place."""
        try:
            yield
        except BusyError as error:
            seconds = error.retry_after
            place = places.issue(self._holder(request), error.since, seconds)
            _give(request, place, seconds + GRACE)
            raise

    def _holder(self, request: Request) -> str:
        return f"{request.user.user_id if request.user else ''} {self._thing}"


def _give(request: Request, place: str, seconds: int) -> None:
    """Have the answer set the cookie, or take it off; a crowd elsewhere has another."""
    request.place = {"key": COOKIE, "value": place, "max_age": seconds}
    request.place |= {"path": request.path, "httponly": True, "samesite": "Lax"}
