"""Lists, newest first, by cursor: https://docs.stripe.com/api/pagination"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from stripe_stand_in.call import Answer, Call, Endpoint
from stripe_stand_in.entities import Charge, Entity, Intent, Refund, WebhookEndpoint
from stripe_stand_in.events import Event
from stripe_stand_in.expansion import expand, show
from stripe_stand_in.parameters import (
    Rule,
    Table,
    array,
    boolean,
    integer,
    text,
)
from stripe_stand_in.transaction import Query

T = TypeVar("T", bound=Entity | Event)
Conditions = Iterator[tuple[str, Any]]

_BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_INTERVAL = Table(dict.fromkeys(_BOUNDS, integer()))


def _created(value: Any, name: str) -> Any:
    """One second, or an interval."""
    is_interval = isinstance(value, dict)
    return _INTERVAL(value, name) if is_interval else integer()(value, name)


_PAGING: dict[str, Rule] = {
    "created": _created,
    "ending_before": text(),
    "limit": integer(1, 100),
    "starting_after": text(),
}


def _spec(kind: type[Any], filters: Mapping[str, Rule]) -> Table:
    expandable = {"expand": expand(kind, within="data.")}
    return Table(
        {**_PAGING, **expandable, **filters},
        exclusive=(("starting_after", "ending_before"), ("type", "types")),
    )


def _conditions(params: Mapping[str, Any]) -> Conditions:
    created = params.get("created")
    if isinstance(created, int):
        yield "created = ?", created
    elif created:
        for bound, value in created.items():
            yield f"created {_BOUNDS[bound]} ?", value
    for name in ("payment_intent", "charge"):
        if name in params:
            yield f"{name} = ?", params[name]


def _event_conditions(params: Mapping[str, Any]) -> Conditions:
    """`type` may end in a wildcard: https://docs.stripe.com/api/events/list"""
    yield from _conditions(params)
    if "type" in params:
        yield "type GLOB ?", params["type"].replace("[", "[[]")
    if "types" in params:
        yield "instr(?, ' ' || type || ' ')", f" {' '.join(params['types'])} "
    if "delivery_success" in params:
        waiting = "id IN (SELECT event FROM outgoing) = ?"
        yield waiting, not params["delivery_success"]


def _page(call: Call, kind: type[T], where: Conditions) -> tuple[list[T], bool]:
    forward = "ending_before" not in call.params
    side = "starting_after" if forward else "ending_before"
    cursor = call.params.get(side)
    if cursor is not None:
        call.named(kind, side, cursor)
    limit = call.params.get("limit", 10)
    return call.tx.page(kind, Query(limit, tuple(where), cursor, forward))


def _answer(url: str, data: list[dict[str, Any]], *, more: bool) -> Answer:
    return 200, {"object": "list", "data": data, "has_more": more, "url": url}


def _endpoint(name: str, kind: type[Any], *filters: str) -> Endpoint:
    def handle(call: Call) -> Answer:
        found, more = _page(call, kind, _conditions(call.params))
        paths = call.params.get("expand", [])
        shown = [show(call.tx, entity, paths) for entity in found]
        return _answer(f"/v1/{name}", shown, more=more)

    return Endpoint(_spec(kind, dict.fromkeys(filters, text())), handle)


def _list_events(call: Call) -> Answer:
    found, more = _page(call, Event, _event_conditions(call.params))
    shown = [event.as_seen_now(call.tx.pending(event.id)) for event in found]
    return _answer("/v1/events", shown, more=more)


def _retrieve_event(call: Call) -> Answer:
    event = call.found(Event)
    return 200, event.as_seen_now(call.tx.pending(event.id))


ENDPOINTS = {
    "GET payment_intents": _endpoint("payment_intents", Intent),
    "GET charges": _endpoint("charges", Charge, "payment_intent"),
    "GET webhook_endpoints": _endpoint("webhook_endpoints", WebhookEndpoint),
    "GET refunds": _endpoint("refunds", Refund, "payment_intent", "charge"),
    "GET events": Endpoint(
        _spec(
            Event,
            {"type": text(), "types": array(text()), "delivery_success": boolean},
        ),
        _list_events,
    ),
    "GET events/*": Endpoint(Table({}), _retrieve_event),
}
