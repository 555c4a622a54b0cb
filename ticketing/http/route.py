"""``@route``: a service method that answers HTTP requests."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import eventlet
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint
from pydantic import BaseModel
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from ticketing import tracing, workers
from ticketing.errors import NotAuthenticatedError, TicketingError, UnavailableError
from ticketing.http.line import Line
from ticketing.http.request import Request, read_json, validate
from ticketing.http.responses import json_response
from ticketing.http.same_site import check_same_site
from ticketing.http.server import HttpServer
from ticketing.limits import Guard, RateLimits
from ticketing.places import SignedPlaces
from ticketing.rehearsing import HEADER
from ticketing.sessions import Sessions

# Within ten seconds each request has its answer, also those that ask Stripe or read a
# whole listing. Others wait less than two seconds in vain: see ticketing.patience.
ANSWER_TIMEOUT = 9.5


class Route(Entrypoint):
    """``@route("POST", "/api/orders", body=OrderInput, session=True, status=201)``

    The method gets the ``Request`` and the path's values. It returns a dict or list
    (sent as JSON with ``status``) or a Werkzeug response. Checked in this order: the
    site the request comes from, the session (401), the crowd that waits (503), the
    limits of ``guard`` (429, but for a rehearsal's), the body (400).

    For /api/openapi.json: ``gives`` is the shape of the answer, ``also`` maps other
    statuses to theirs, ``takes`` is that of a body that the method reads itself,
    ``query`` names the parameters, ``is_keyed`` tells that it heeds Idempotency-Key.
    """

    server = HttpServer()
    sessions = Sessions()
    limits = RateLimits()
    signed = SignedPlaces()

    def __init__(  # noqa: PLR0913 - the options of a route
        self,
        method: str,
        path: str,
        *,
        body: type[BaseModel] | None = None,
        session: bool = False,
        same_site: bool = True,
        guard: Guard | None = None,
        status: int = 200,
        gives: Any = None,
        **described: Any,
    ) -> None:
        self.method = method
        self.path = path
        self.body = body
        self.session = session
        self.same_site = same_site
        self.guard = guard
        self._line = Line(guard, self.cause) if guard and guard.crowds else None
        self.status = status
        self.gives = gives
        self.takes = described.pop("takes", body)
        self.query: tuple[str, ...] = described.pop("query", ())
        self.also: dict[int, Any] = described.pop("also", {})
        self.is_keyed: bool = described.pop("is_keyed", False)
        assert not described, f"a route has no {', '.join(described)}"
        super().__init__(expected_exceptions=TicketingError)

    @property
    def cause(self) -> str:
        return f"{self.method} {self.path}"

    def setup(self) -> None:
        self.server.register_provider(self)

    def stop(self) -> None:
        self.server.drain()
        self.server.unregister_provider(self)

    @property
    def rule(self) -> Rule:
        return Rule(self.path, methods=[self.method], endpoint=self)

    def answer(self, request: Request, values: dict[str, str]) -> Response:
        """Run the service method in a worker and return its answer.

        Raises TicketingError, or whatever the method raises.
        """
        if self.same_site:
            check_same_site(request)
        request.user = self.sessions.of(request)
        if self.session and request.user is None:
            raise NotAuthenticatedError
        came = self._line.check(request, self.signed.places) if self._line else 0
        self._count(request)
        if self.body is not None:
            request.input = validate(self.body, self._read(request))
        with self._turn(request, came):
            result = self._call(request, values)
        return self._respond(result)

    def _turn(self, request: Request, came: int) -> AbstractContextManager[None]:
        if self._line is None:
            return nullcontext()
        return self._line.turn(request, self.signed.places, came)

    def _count(self, request: Request) -> None:
        if self.guard and not self._is_permitted(request):
            user_id = request.user.user_id if request.user else ""
            address = request.remote_addr or ""
            self.limits.limiter.check(self.guard, user_id, address)

    def _is_permitted(self, request: Request) -> bool:
        permit = request.headers.get(HEADER)
        return permit is not None and self.limits.permits.has(permit)

    def _read(self, request: Request) -> Any:
        return read_json(request.get_data(), request.content_type or "")

    def _call(self, request: Request, values: dict[str, str]) -> Any:
        with eventlet.Timeout(ANSWER_TIMEOUT, UnavailableError):
            try:
                result, error = workers.call(
                    self, (request,), values, tracing.current()
                )
            except ContainerBeingKilled:
                raise UnavailableError from None
        if error:
            raise error
        return result

    def _respond(self, result: Any) -> Response:
        if isinstance(result, Response):
            return result
        return json_response(result, self.status)


route = Route.decorator
