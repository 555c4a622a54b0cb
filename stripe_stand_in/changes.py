"""What a rule asks for: the entities to keep, the events to tell, the work to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stripe_stand_in.entities import Entity
from stripe_stand_in.errors import StripeError

Outcome = Literal["succeeded", "failed"]


@dataclass(frozen=True)
class Due:
    """What happens by itself: to which entity, in how many seconds, and how it ends."""

    entity_id: str
    seconds: float
    outcome: Outcome


@dataclass(frozen=True)
class Change:
    """kept: entities in their last state. events: (type, the object as it was then)."""

    kept: tuple[Entity, ...] = ()
    events: tuple[tuple[str, Entity], ...] = ()
    error: StripeError | None = None
    due: tuple[Due, ...] = ()

    def then(self, other: Change) -> Change:
        latest = {entity.id: entity for entity in (*self.kept, *other.kept)}
        return Change(
            tuple(latest.values()),
            self.events + other.events,
            other.error,
            self.due + other.due,
        )


@dataclass(frozen=True)
class Attempt:
    """One confirmation.

    charge_id: the id its charge will carry. now: when. return_url: where the customer
    comes back to. host, secret: of the page on which the customer authenticates it.
    mandate: whether the customer agreed to debits. processing: how many seconds a card
    takes. settling: how many seconds a bank debit takes.
    """

    charge_id: str
    now: int
    return_url: str | None = None
    host: str = ""
    secret: str = ""
    mandate: bool = False
    processing: float = 0.0
    settling: float = 0.0
