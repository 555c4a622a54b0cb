"""Payments by one pair of their metadata: https://docs.stripe.com/search

Of the query language only `metadata['key']:'value'` is understood. What was just
written is found at once, while Stripe may take a minute.
"""

from __future__ import annotations

import json
import re
from typing import Any

from stripe_stand_in.call import Answer, Call, Endpoint
from stripe_stand_in.entities import Intent
from stripe_stand_in.errors import ParameterError
from stripe_stand_in.expansion import expand, show
from stripe_stand_in.parameters import Table, integer, text
from stripe_stand_in.transaction import Query

_QUOTED = r"""(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")"""
_QUERY = re.compile(rf"\s*metadata\[{_QUOTED}\]:{_QUOTED}\s*", re.DOTALL)
# The length keeps a key and a value apart whatever they contain.
_CONDITION = (
    "EXISTS (SELECT 1 FROM json_each(body, '$.metadata') "
    "WHERE length(key) || ':' || key || value = ?)"
)


def _pair(value: Any, name: str) -> tuple[str, str]:
    match = _QUERY.fullmatch(text()(value, name))
    if match is None:
        raise ParameterError(
            "We were unable to parse your search query. The stand-in for Stripe "
            "understands only `metadata['key']:'value'`.",
            param=name,
        )
    parts = [re.sub(r"\\(.)", r"\1", part) for part in match.groups("")]
    return parts[0] + parts[1], parts[2] + parts[3]


def _search(call: Call) -> Answer:
    """https://docs.stripe.com/api/payment_intents/search; a page is its last id."""
    key, value = call.params["query"]
    page = call.params.get("page")
    if page is not None:
        call.named(Intent, "page", page)
    where = (
        # Most payments are passed over without their JSON being read.
        ("instr(body, ?)", json.dumps(value)),
        (_CONDITION, f"{len(key)}:{key}{value}"),
    )
    found, more = call.tx.page(Intent, Query(call.params.get("limit", 10), where, page))
    paths = call.params.get("expand", [])
    return 200, {
        "object": "search_result",
        "data": [show(call.tx, intent, paths) for intent in found],
        "has_more": more,
        "next_page": found[-1].id if more else None,
        "url": "/v1/payment_intents/search",
    }


ENDPOINTS = {
    "GET payment_intents/search": Endpoint(
        Table(
            {
                "expand": expand(Intent, within="data."),
                "limit": integer(1, 100),
                "page": text(),
                "query": _pair,
            },
            required=("query",),
        ),
        _search,
    )
}
