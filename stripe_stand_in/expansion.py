"""`expand[]`: ids answered as whole objects. https://docs.stripe.com/api/expanding_objects"""

from __future__ import annotations

from typing import Any

from stripe_stand_in.entities import Charge, Entity, Intent, PaymentMethod, Refund
from stripe_stand_in.errors import ParameterError
from stripe_stand_in.parameters import Rule, array, text
from stripe_stand_in.transaction import Transaction
from stripe_stand_in.views import render

MAX_LEVELS = 4

_EXPANDABLE: dict[type[Any], dict[str, type[Any]]] = {
    Intent: {"latest_charge": Charge, "payment_method": PaymentMethod},
    Charge: {"payment_intent": Intent},
    Refund: {"charge": Charge, "payment_intent": Intent},
}


def expand(kind: type[Any], within: str = "") -> Rule:
    """The parameter of an endpoint that answers `kind`; lists expand within `data.`"""

    def path(value: Any, name: str) -> str:
        given: str = text()(value, name)
        steps = given.removeprefix(within).split(".")
        if len(steps) > MAX_LEVELS:
            raise ParameterError(
                f"You cannot expand more than {MAX_LEVELS} levels of a property. "
                f"Property: {given[:100]}",
                param=name,
            )
        here: type[Any] | None = kind if given.startswith(within) else None
        for step in steps:
            here = _EXPANDABLE.get(here, {}).get(step) if here else None
            if here is None:
                raise ParameterError(
                    f"This property cannot be expanded ({given[:100]}).", param=name
                )
        return given.removeprefix(within)

    return array(path)


def show(tx: Transaction, entity: Entity, paths: list[str]) -> dict[str, Any]:
    shown = render(entity)
    deeper: dict[str, list[str]] = {}
    for path in paths:
        name, _, rest = path.partition(".")
        deeper.setdefault(name, []).extend([rest] if rest else [])
    for name, rests in deeper.items():
        found = shown[name] and tx.find(_EXPANDABLE[type(entity)][name], shown[name])
        if found:
            shown[name] = show(tx, found, rests)
    return shown
