"""What the unit tests put in the place of callers, clocks and other services."""

import inspect
import json
import sys
from datetime import UTC, datetime, timedelta

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, DependencyProvider
from nameko.testing.services import MagicMock, worker_factory

from ticketing.dead_letters import DeadLetter
from ticketing.errors import NotFoundError
from ticketing.http.app import App
from ticketing.http.parsing import RawRequest
from ticketing.http.route import Route
from ticketing.keyring import Session
from ticketing.limits import Limiter
from ticketing.limits.rules import DEFAULTS, Limit
from ticketing.peers import DIRECT
from ticketing.places import Places
from ticketing.service import Service

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
HOLD = timedelta(minutes=15)
LOCAL = ("127.0.0.1", 8000)

ANN, BOB, EVE = (f"{number:024x}" for number in (10, 11, 12))
TICKET = f"{20:024x}"
ORDER, OTHER_ORDER = (f"{number:024x}" for number in (30, 31))
PAYMENT = f"{40:024x}"
NOWHERE = f"{99:024x}"

# What can be no id: every one of them is a thing that does not exist.
NO_IDS = ["../x", "x" * 10_000, "g" * 24, "a" * 23, "A" * 24, "", f" {ANN}"]


def session_of(user_id, jti="jti-1", issued_at=1000.0):
    email = {ANN: "ann@example.com", BOB: "bob@example.com"}.get(user_id, "e@x.co")
    return Session(user_id, email, jti, issued_at, issued_at + 3600)


class Clock:
    """Tells the time it was set to."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now

    def advance(self, **by):
        self.now += timedelta(**by)
        return self.now


class Graveyard:
    """A service's dead letters, those given."""

    def __init__(self, *letters):
        self.letters = {letter.id: letter for letter in letters}
        self.replayed = []

    @property
    def box(self):
        return self

    def page(self, after, limit):
        later = [each for each in self.letters.values() if each.id > after]
        return later[:limit]

    def discard(self, letter_id):
        if self.letters.pop(letter_id, None) is None:
            raise NotFoundError

    def replay(self, letter_id):
        if letter_id not in self.letters:
            raise NotFoundError
        self.replayed.append(letter_id)


LIMITS = {name: Limit.parse(text) for name, text in DEFAULTS.items()}


def limiter(buckets=None, **limits):
    """Without buckets it limits nothing."""
    return Limiter(buckets, LIMITS | limits, DIRECT)


def letter(letter_id=7):
    return DeadLetter(letter_id, "order.created", "no use", 8, b"{", "")


def worker(service_class, **dependencies):
    """A worker whose every dependency is given: nothing swallows a typo."""
    shared = [k for k, v in vars(Service).items() if isinstance(v, DependencyProvider)]
    given = dict.fromkeys(shared) | {"clock": Clock(), "graveyard": Graveyard()}
    made = worker_factory(service_class, **given | dependencies)
    left = [k for k, v in vars(made).items() if isinstance(v, MagicMock)]
    assert not left, f"not given: {left}"
    return made


class Answer:
    """What came back over HTTP."""

    def __init__(self, response):
        self.status = response.status_code
        self.headers = response.headers
        self.body = response.get_data()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def messages(self):
        return [error["message"] for error in self.json["errors"]]

    @property
    def fields(self):
        return {error.get("field") for error in self.json["errors"]}

    @property
    def cookie(self):
        return self.headers.get("Set-Cookie")


PLACES = Places([b"k" * 32])


class Site:
    """The routes of a worker, answered in memory: it is container and sessions, too."""

    config = {}  # noqa: RUF012 - as a container has it
    extensions = ()
    max_workers = 10
    _worker_threads = ()

    def __init__(self, served):
        self.worker = served
        self.service_name = served.name
        self.shared_extensions = {}
        self.user = None
        self.limiter = limiter()
        self.places = PLACES
        self.app = App()
        self.routes = list(self._bound())
        self.app.add(self, [route.rule for route in self.routes])

    def _bound(self):
        for name, method in inspect.getmembers(type(self.worker), inspect.isfunction):
            for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()):
                if isinstance(entrypoint, Route):
                    bound = entrypoint.bind(self, name)
                    bound.sessions = bound.limits = bound.signed = self
                    yield bound

    def of(self, request):
        return self.user

    def spawn_worker(self, entrypoint, args, kwargs, context_data, handle_result):
        result = exc_info = None
        try:
            result = getattr(self.worker, entrypoint.method_name)(*args, **kwargs)
        except Exception:  # noqa: BLE001 - as a container does
            exc_info = sys.exc_info()
        handle_result(None, result, exc_info)

    def ask(self, method, path, body=None, user=None, **headers):
        """``body``: bytes as they are, anything else as JSON; ``user``: an id."""
        self.user = session_of(user) if isinstance(user, str) else user
        raw = body if isinstance(body, bytes) else b""
        named = [(name.replace("_", "-").lower(), v) for name, v in headers.items()]
        if body is not None and not isinstance(body, bytes):
            raw = json.dumps(body).encode()
        if body is not None and "content_type" not in {
            name.lower() for name in headers
        }:
            named.append(("content-type", "application/json"))
        request = RawRequest(method, path.encode(), [("host", "x"), *named], raw)
        return Answer(self.app.answer(request, "192.0.2.1", LOCAL))

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.ask("POST", path, body, **options)

    def put(self, path, body=None, **options):
        return self.ask("PUT", path, body, **options)

    def delete(self, path, **options):
        return self.ask("DELETE", path, **options)
