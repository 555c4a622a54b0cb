"""From a raw request to an answer: routing, health, errors, headers for all."""

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Response

from ticketing import spans, tracing
from ticketing.clock import utc_now
from ticketing.errors import TicketingError
from ticketing.health import readiness
from ticketing.http.compression import compress
from ticketing.http.parsing import RawRequest
from ticketing.http.protocol import Address
from ticketing.http.request import Request, environ_of
from ticketing.http.responses import (
    add_missing,
    error_response,
    json_response,
    make_conditional,
)
from ticketing.http.same_site import SECURITY_HEADERS, TLS_ONLY, keep_to_tls
from ticketing.metrics.answers import count_answer, count_unforeseen
from ticketing.metrics.scrape import exposition
from ticketing.peers import DIRECT, Peers

log = logging.getLogger(__name__)

_READING = ("GET", "HEAD")
_REFUSALS = {
    413: "The body is too large",
    414: "The address is too long",
    431: "The headers are too large",
    503: "Too much is sent at once; try again in a moment",
}
PUBLIC = "/livez"


class App:
    """The routes of every service in this process."""

    def __init__(self, peers: Peers = DIRECT, *, tls: bool = False) -> None:
        self._peers = peers
        self._tls = tls
        self._headers = (*SECURITY_HEADERS, TLS_ONLY) if tls else SECURITY_HEADERS
        self._services: dict[str, tuple[Any, list[Rule]]] = {}
        self._map = Map()
        # Answered without a worker, so that they answer when all workers are busy.
        self._probes = {
            "/livez": self._livez,
            "/readyz": self._readyz,
            "/metrics": self._metrics,
        }

    def add(self, container: Any, rules: list[Rule]) -> None:
        self._services[container.service_name] = container, rules
        self._build()

    def remove(self, container: Any) -> None:
        self._services.pop(container.service_name, None)
        self._build()

    def _build(self) -> None:
        groups = (rules for _, rules in self._services.values())
        rules = [rule.empty() for group in groups for rule in group]
        self._map = Map(rules, strict_slashes=False, merge_slashes=False)

    def answer(self, raw: RawRequest, peer: str, local: Address) -> Response:
        """Answer any request; never raises."""
        began = perf_counter()
        spans.enter(raw.header("traceparent"))
        environ = environ_of(raw, peer, local)
        self._peers.reveal(environ)
        request = Request(environ, populate_request=False)
        try:
            response = self._dispatch(request)
        except (TicketingError, HTTPException) as error:
            response = error_response(error)
        except Exception as error:
            log.exception("Unforeseen", extra={"action": "unforeseen"})
            count_unforeseen()
            response = error_response(error)
        self._finish(request, response)
        name, status = request.route_name, response.status_code
        count_answer(request.method, name, status, perf_counter() - began)
        return response

    def _dispatch(self, request: Request) -> Response:
        # Werkzeug takes several slashes for one; a proxy that keeps some away may not.
        if request.environ["PATH_INFO"].startswith("//"):
            raise NotFound
        probe = self._probes.get(request.path)
        if probe is not None and self._may_probe(request):
            return self._probe(probe, request.method)
        adapter = self._map.bind("", path_info=request.path)
        route, values = adapter.match(method=request.method)
        request.route_name = route.path
        spans.serve(route)
        return route.answer(request, values)

    def _may_probe(self, request: Request) -> bool:
        """Nobody outside our proxies need know more than that we are here."""
        return request.path == PUBLIC or not self._peers.is_outside(request.environ)

    def _probe(self, probe: Callable[[], Response], method: str) -> Response:
        if method not in _READING:
            raise MethodNotAllowed(_READING)
        return probe()

    def _finish(self, request: Request, response: Response) -> None:
        self._tell(request, response.status_code)
        if request.place:
            response.set_cookie(**request.place)
        if request.method in _READING:
            make_conditional(response, request.headers.get("If-None-Match"))
        compress(response, request.accept_encodings)
        self._guard(response, ("X-Request-Id", tracing.trace_id(tracing.current())))

    def refuse(self, status: int) -> Response:
        """Answer what was no request; see ``refusal``."""
        response = refusal(status)
        self._guard(response)
        return response

    def _guard(self, response: Response, *headers: tuple[str, str]) -> None:
        add_missing(
            response,
            *headers,
            ("Date", utc_now().strftime("%a, %d %b %Y %H:%M:%S GMT")),
            ("Cache-Control", "no-store"),
            *self._headers,
        )
        if self._tls:
            keep_to_tls(response)

    def _tell(self, request: Request, status: int) -> None:
        spans.served(status)
        # The route's pattern, not the address: nothing personal stands in the logs.
        if request.route_name:
            line = request.method, request.route_name, status
            log.info("%s %s: %d", *line, extra={"action": "request"})

    def _livez(self) -> Response:
        return json_response({"status": "ok"})

    def _readyz(self) -> Response:
        ready, report = readiness(self._containers)
        return json_response(report, 200 if ready else 503)

    def _metrics(self) -> Response:
        return exposition(self._containers)

    @property
    def _containers(self) -> list[Any]:
        return [container for container, _ in self._services.values()]


def refusal(status: int) -> Response:
    """The answer to bytes that are no request we take; the connection closes after."""
    message = _REFUSALS.get(status, "This is not a valid HTTP request")
    response = json_response({"errors": [{"message": message}]}, status)
    response.headers["Connection"] = "close"
    if status == 503:
        response.headers["Retry-After"] = "1"
    return response
