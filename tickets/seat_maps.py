"""The map of a hall as it is now, for as many as look at it at the same time."""

from collections.abc import Callable
from typing import Any

import eventlet

from ticketing.batches import Batches
from ticketing.http.kept import Kept
from ticketing.http.responses import kept_json

Json = dict[str, Any]

# Seconds from one question about a map to the next, where many ask.
APART = 0.05


def shared(batches: Batches, ticket_id: str, ask: Callable[[], Json]) -> Kept:
    """Return what ``ask`` says now, to all who come while somebody is asking.

    Raises what it raises.
    """
    told: list[Kept] = []

    def tell(everybody: list[list[Kept]]) -> None:
        if len(everybody) > 1:
            eventlet.sleep(APART)
        answer = kept_json(ask())
        for each in everybody:
            each.append(answer)

    batches.join(("seats", ticket_id), told, tell)
    return told[0]
