"""Spans of the database's commands: which, on what and how long; never what with."""

import time
from typing import Any

from opentelemetry.trace import SpanKind
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from ticketing.span_maker import SpanMaker, end


class MongoSpans(CommandListener):
    """The driver tells of each command in the green thread that waits for it."""

    def __init__(self, recorder: SpanMaker) -> None:
        self._recorder = recorder
        self._collections: dict[int, str] = {}

    def started(self, event: CommandStartedEvent) -> None:
        named = event.command.get(event.command_name)
        if event.command_name == "getMore":
            named = event.command.get("collection")
        self._collections[event.request_id] = named if isinstance(named, str) else ""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        self._tell(event, None)

    def failed(self, event: CommandFailedEvent) -> None:
        self._tell(event, "CommandFailed")

    def _tell(self, event: Any, failure: str | None) -> None:
        collection = self._collections.pop(event.request_id, "")
        begun = time.time_ns() - event.duration_micros * 1000
        told = {
            "db.system.name": "mongodb",
            "db.namespace": event.database_name,
            "db.operation.name": event.command_name,
            "db.collection.name": collection,
        }
        name = f"{event.command_name} {collection}".rstrip()
        span = self._recorder.start(name, SpanKind.CLIENT, told, begun=begun)
        if span:
            if failure:
                span.set_attribute("error.type", failure)
            end(span)
