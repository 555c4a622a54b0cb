"""Readiness: every resource of every service is asked whether it answers."""

from collections.abc import Iterable
from typing import Any

import eventlet

from ticketing.errors import TicketingError, UnavailableError

PING_TIMEOUT = 2.0

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
