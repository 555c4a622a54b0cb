"""The endpoints of https://docs.stripe.com/api/webhook_endpoints

A secret is told once, when the endpoint is made. Rolled, the old one signs for a day
beside the new one: https://docs.stripe.com/webhooks#roll-endpoint-secrets
"""

from __future__ import annotations

import re
from dataclasses import replace
from secrets import token_urlsafe
from typing import Any

from stripe_stand_in.call import Answer, Call, Endpoint
from stripe_stand_in.entities import WebhookEndpoint
from stripe_stand_in.errors import ParameterError
from stripe_stand_in.ids import new_id
from stripe_stand_in.parameters import (
    Rule,
    Table,
    address,
    array,
    boolean,
    metadata,
    text,
)
from stripe_stand_in.tables import COMMAND_LINE
from stripe_stand_in.transaction import Transaction
from stripe_stand_in.updates import merged, metadata_change

ROLLED_SECONDS = 24 * 3600
_TYPE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+\Z")


def _event_type(value: Any, name: str) -> str:
    given: str = text()(value, name)
    if given != "*" and not _TYPE.match(given):
        raise ParameterError(f"Invalid {name}: {given[:100]}", param=name)
    return given


def _event_types(value: Any, name: str) -> list[str]:
    types: list[str] = array(_event_type)(value, name)
    if not types:
        raise ParameterError("Invalid array", param=name)
    return types


def new_secret() -> str:
    return f"whsec_{token_urlsafe(24)}"


def _create(call: Call) -> Answer:
    params = call.params
    endpoint = WebhookEndpoint(
        id=new_id("we"),
        created=call.tx.now,
        url=params["url"],
        enabled_events=params["enabled_events"],
        secret=new_secret(),
        description=params.get("description"),
        api_version=params.get("api_version"),
        metadata=params.get("metadata", {}),
    )
    call.tx.configure(endpoint)
    status, shown = call.show(endpoint)
    return status, shown | {"secret": endpoint.secret}


def _update(call: Call) -> Answer:
    """https://docs.stripe.com/api/webhook_endpoints/update"""
    old = call.found(WebhookEndpoint)
    given = dict(call.params)
    if "disabled" in given:
        given["status"] = "disabled" if given.pop("disabled") else "enabled"
    if "metadata" in given:
        given["metadata"] = merged(old.metadata, given["metadata"])
    endpoint = replace(old, **given)
    call.tx.configure(endpoint)
    return call.show(endpoint)


def _delete(call: Call) -> Answer:
    endpoint = call.found(WebhookEndpoint)
    call.tx.forget(endpoint)
    return 200, {"id": endpoint.id, "object": "webhook_endpoint", "deleted": True}


def roll(endpoint: WebhookEndpoint, now: int) -> WebhookEndpoint:
    old = (endpoint.secret, now + ROLLED_SECONDS)
    return replace(endpoint, secret=new_secret(), rolled=old)


def of_command_line(
    tx: Transaction, url: str | None, secret: str, types: list[str]
) -> None:
    """One endpoint with a fixed id; without an address it is disabled."""
    old = tx.find(WebhookEndpoint, COMMAND_LINE)
    if url is None:
        if old:
            tx.configure(replace(old, status="disabled"))
        return
    created = old.created if old else tx.now
    tx.configure(WebhookEndpoint(COMMAND_LINE, created, url, types, secret))


_FIELDS: dict[str, Rule] = {
    "description": text(),
    "enabled_events": _event_types,
    "url": address,
}

ENDPOINTS = {
    "POST webhook_endpoints": Endpoint(
        Table(
            {**_FIELDS, "api_version": text(), "metadata": metadata},
            required=("enabled_events", "url"),
        ),
        _create,
    ),
    "GET webhook_endpoints/*": Endpoint(
        Table({}), lambda call: call.show(call.found(WebhookEndpoint))
    ),
    "POST webhook_endpoints/*": Endpoint(
        Table({**_FIELDS, "disabled": boolean, "metadata": metadata_change}), _update
    ),
    "DELETE webhook_endpoints/*": Endpoint(Table({}), _delete),
}
