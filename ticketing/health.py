"""Readiness: every resource of every service is asked whether it answers.

And what operators want to know beyond that: what is waiting, and since when.
"""

from collections.abc import Callable, Iterable
from typing import Any

import eventlet
from nameko.extensions import DependencyProvider

from ticketing.errors import TicketingError, UnavailableError
from ticketing.nats import Nats
from ticketing.progress import Bus

# Shorter than a call may take: who is away is told, and by name.
PING_TIMEOUT = 1.4

Report = dict[str, Any]


def readiness(containers: Iterable[Any]) -> tuple[bool, Report]:
    """Ask each dependency once, side by side.

    Returns whether all answer, and ``{"status", "dependencies": {name: state}}`` with a
    state of ``ok`` or the reason why not.
    """
    pings = {
        name: eventlet.spawn(_state, ping) for name, ping in _pings(containers).items()
    }
    states = {name: thread.wait() for name, thread in sorted(pings.items())}
    ready = all(state == "ok" for state in states.values())
    return ready, {"status": "ok" if ready else "away", "dependencies": states}


class Condition:
    """What is to be known of one service, in the process that is asked."""

    def __init__(self, container: Any, bus: Bus) -> None:
        self._container = container
        self._bus = bus

    def report(self) -> Report:
        """Return ``{"service", "status", "dependencies", "consumers", ...}``.

        The first two of them as ``readiness`` has them; ``consumers`` are the service's
        own as ``ticketing.progress.Progress``. The rest is what the parts of the
        service add: ``outbox`` is ``{"waiting", "oldest"}``, ``streams`` how many pages
        listen. What cannot be known right now is None.
        """
        parts = {"consumers": self._consumers} | details(self._container)
        asked = {name: eventlet.spawn(answer, part) for name, part in parts.items()}
        _, report = readiness([self._container])
        told = {name: thread.wait() for name, thread in asked.items()}
        return {"service": self._container.service_name, **report, **told}

    def _consumers(self) -> list[Report]:
        name = self._container.service_name
        own = (each for each in self._bus.progress() if each.service == name)
        return [each.json_dict() for each in own]


class ServiceHealth(DependencyProvider):
    """Gives the worker its service's ``Condition``."""

    nats = Nats()

    def get_dependency(self, worker_ctx: Any) -> Condition:
        return Condition(self.container, Bus(self.nats.connection))


def details(container: Any) -> dict[str, Callable[[], Any]]:
    """Return what the parts of a service add to its report, each still to be asked."""
    found: dict[str, Callable[[], Any]] = {}
    for extension in container.extensions:
        found |= getattr(extension, "details", dict)()
    return found


def answer(part: Callable[[], Any]) -> Any:
    """Return what a part says, None if it cannot right now."""
    try:
        with eventlet.Timeout(PING_TIMEOUT, UnavailableError):
            return part()
    except TicketingError:
        return None


def _pings(containers: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for container in containers:
        for extension in container.extensions:
            for name, ping in getattr(extension, "pings", dict)().items():
                found.setdefault(name, ping)
    return found


def _state(ping: Any) -> str:
    try:
        with eventlet.Timeout(PING_TIMEOUT, UnavailableError):
            ping()
    except TicketingError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - any failure means: not ready
        return type(error).__name__
    return "ok"
