"""What every service has: the time, a request's trace, its health, its dead letters."""

from typing import Any

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from ticketing.dead_letters import DeadLetters
from ticketing.dependencies import Clock, Tracing
from ticketing.http.openapi import describe
from ticketing.http.route import Route
from ticketing.http.server import Probes
from ticketing.rpc import rpc


class Service:
    """Base of the services; has no ``name``, so it is none itself.

    Import the module, not the class: ``nameko run`` takes every class with entrypoints
    that it finds in a service's module for a service.
    """

    clock = Clock()
    tracing = Tracing()
    probes = Probes()
    graveyard = DeadLetters()

    @rpc
    def dead_letters(self) -> list[dict[str, Any]]:
        """Return the messages this service could not handle, with their reasons."""
        return [letter.json_dict() for letter in self.graveyard.box.all()]

    @rpc
    def describe_api(self) -> dict[str, Any]:
        """Return this service's part of /api/openapi.json: ``{"paths", "schemas"}``."""
        found = (getattr(type(self), name, None) for name in dir(type(self)))
        entrypoints = (getattr(each, ENTRYPOINT_EXTENSIONS_ATTR, ()) for each in found)
        return describe(e for of in entrypoints for e in of if isinstance(e, Route))

    @rpc
    def replay_dead_letter(self, id: int) -> dict[str, int]:  # noqa: A002 - the contract's name
        """Handle a dead letter again; it is gone once that succeeds."""
        self.graveyard.replay(id)
        return {"replayed": id}
