"""What every service has: the time, a request's trace, its health, its dead letters."""

from typing import Any

from ticketing.dead_letters import DeadLetters
from ticketing.dependencies import Clock, Tracing
from ticketing.http.server import Probes
from ticketing.progress import Bus, EventBus
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
    bus: Bus = EventBus()

    @rpc
    def dead_letters(self) -> list[dict[str, Any]]:
        """Return the messages this service could not handle, with their reasons."""
        return [letter.json_dict() for letter in self.graveyard.box.all()]

    @rpc
    def replay_dead_letter(self, id: int) -> dict[str, int]:  # noqa: A002 - the contract's name
        """Handle a dead letter again; it is gone once that succeeds."""
        self.graveyard.replay(id)
        return {"replayed": id}
