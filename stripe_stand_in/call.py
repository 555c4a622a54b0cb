"""One request as the endpoints see it, and what an endpoint is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from stripe_stand_in.changes import Change
from stripe_stand_in.entities import (
    Charge,
    Entity,
    Intent,
    PaymentMethod,
    Refund,
    Token,
    WebhookEndpoint,
)
from stripe_stand_in.errors import NotFoundError, StripeError
from stripe_stand_in.events import Cause, Event
from stripe_stand_in.expansion import show
from stripe_stand_in.parameters import Table
from stripe_stand_in.transaction import Transaction
from stripe_stand_in.views import render_error

T = TypeVar("T", bound=Entity | Event)

Answer = tuple[int, dict[str, Any]]

# How Stripe names each kind when it does not exist, and the parameter of its path.
_NAMES: dict[type[Any], tuple[str, str]] = {
    Token: ("token", "token"),
    PaymentMethod: ("PaymentMethod", "payment_method"),
    Intent: ("payment_intent", "intent"),
    Charge: ("charge", "charge"),
    Refund: ("refund", "id"),
    Event: ("event", "id"),
    WebhookEndpoint: ("webhook endpoint", "webhook_endpoint"),
}


@dataclass(frozen=True)
class Surroundings:
    """What a request meets besides what is kept.

    host: the one the request was sent to. public: asked with a publishable key.
    processing: the seconds a card takes. settling: those of a debit or a refund.
    """

    host: str = ""
    public: bool = False
    processing: float = 0.0
    settling: float = 0.0


@dataclass(frozen=True)
class Call:
    """params are clean; id is the one in the path."""

    tx: Transaction
    params: Mapping[str, Any]
    id: str
    cause: Cause
    around: Surroundings = field(default_factory=Surroundings)

    def found(self, kind: type[T]) -> T:
        """The object in the path, or 404."""
        entity = self.tx.find(kind, self.id)
        if entity is None:
            name, param = _NAMES[kind]
            raise NotFoundError(
                f"No such {name}: '{self.id}'", code="resource_missing", param=param
            )
        return entity

    def named(self, kind: type[T], param: str, entity_id: str) -> T:
        """The object that a parameter names, or 400."""
        entity = self.tx.find(kind, entity_id)
        if entity is None:
            raise StripeError(
                f"No such {_NAMES[kind][0]}: '{entity_id[:100]}'",
                code="resource_missing",
                param=param,
            )
        return entity

    def show(self, entity: Entity) -> Answer:
        return 200, show(self.tx, entity, self.params.get("expand", []))

    def settle(self, change: Change, entity_id: str) -> Answer:
        """Keeps the change and answers with one of its objects, or with the decline."""
        self.tx.apply(change, self.cause)
        if change.error:
            return change.error.status, render_error(change.error)
        return self.show(next(e for e in change.kept if e.id == entity_id))


@dataclass(frozen=True)
class Endpoint:
    """check: what depends on the API version of the request; it sees raw parameters."""

    spec: Table
    handle: Callable[[Call], Answer]
    check: Callable[[Mapping[str, Any], str], None] = lambda _params, _version: None
