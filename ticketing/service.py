"""What every service has: the time, a request's trace, its health, its dead letters."""

from functools import cache
from typing import Any

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR
from pydantic import BaseModel, ConfigDict, Field

from ticketing.dead_letters import LAST, PAGE, DeadLetters
from ticketing.dependencies import Clock, Tracing
from ticketing.health import Condition, ServiceHealth
from ticketing.http.aside import Probes
from ticketing.http.openapi import describe
from ticketing.http.request import validate
from ticketing.http.route import Route
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
    condition: Condition = ServiceHealth()

    @rpc
    def health(self) -> dict[str, Any]:
        """Return how the service and all that it stands on is right now.

        As ``ticketing.health.Condition.report`` says, of the process that answers.
        """
        return self.condition.report()

    @rpc
    def dead_letters(self, after: int = 0, limit: int = PAGE) -> list[dict[str, Any]]:
        """Return the messages this service could not handle, with their reasons.

        A page of at most a hundred, oldest first, of those ``after`` an id. Raises
        InvalidInputError.
        """
        page = validate(LetterPage, {"after": after, "limit": limit})
        return [each.json_dict() for each in self.graveyard.box.page(*page.bounds)]

    @rpc
    def describe_api(self) -> dict[str, Any]:
        """Return this service's part of /api/openapi.json: ``{"paths", "schemas"}``."""
        own: Any = type(self)
        return _description_of(own)

    @rpc
    def replay_dead_letter(self, id: int) -> dict[str, int]:  # noqa: A002 - the contract's name
        """Handle a dead letter again; it is gone once that succeeds."""
        self.graveyard.replay(id)
        return {"replayed": id}

    @rpc
    def discard_dead_letter(self, id: int) -> dict[str, int]:  # noqa: A002 - see above
        """Forget a dead letter: nobody will handle it. Raises NotFoundError."""
        self.graveyard.box.discard(id)
        return {"discarded": id}


@cache
def _description_of(service: type) -> dict[str, Any]:
    """Made once: it takes as long as a hundred pages, and anybody may ask for it."""
    found = (getattr(service, name, None) for name in dir(service))
    entrypoints = (getattr(each, ENTRYPOINT_EXTENSIONS_ATTR, ()) for each in found)
    return describe(e for of in entrypoints for e in of if isinstance(e, Route))


class LetterPage(BaseModel):
    """Which dead letters somebody wants to see."""

    model_config = ConfigDict(strict=True)

    after: int = Field(ge=0, lt=LAST)
    limit: int = Field(ge=1, le=PAGE)

    @property
    def bounds(self) -> tuple[int, int]:
        return self.after, self.limit
