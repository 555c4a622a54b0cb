"""The events described by AsyncAPI 3.0: their shapes, who tells and who hears. Pure.

All of it follows from ``ticketing.contract`` and ``ticketing.roles``, which tests
hold against the handlers and feeds in the code.
"""

import inspect
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from ticketing import contract, roles
from ticketing.contract import Shape
from ticketing.examples import sent

Json = dict[str, Any]

_REF = "#/components/schemas/{model}"
_ABOUT = (
    "Over NATS JetStream, in the stream TICKETING. Each event is delivered at least"
    " once and counts once: `version` counts the changes of the aggregate `id`. What a"
    " service cannot handle goes to `dead.SERVICE` in the stream TICKETING_DEAD."
)
_HEADERS = {
    "Nats-Msg-Id": "what JetStream knows the message by, to take it once",
    "ce-specversion": "1.0, of CloudEvents",
    "ce-id": "the aggregate's id and version; the same when an event is told again",
    "ce-type": "the subject",
    "ce-source": "/ticketing/SERVICE",
    "ce-time": "when it happened, ISO 8601 UTC",
    "content-type": "application/json",
    "traceparent": "W3C Trace Context: what it was done for",
}


@cache
def document() -> Json:
    """Return the description of every event, as /api/asyncapi.json serves it.

    Made once, as anybody may ask for it.
    """
    shapes = _events()
    schemas: Json = {"Headers": _headers_schema()}
    messages = {s.__name__: _message(s, schemas) for s in shapes.values()}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Ticketing", "version": "1", "description": _ABOUT},
        "defaultContentType": "application/json",
        "channels": {
            subject: {
                "address": subject,
                "messages": {
                    shape.__name__: _ref("components", "messages", shape.__name__)
                },
            }
            for subject, shape in sorted(shapes.items())
        },
        "operations": dict(_operations(sorted(shapes))),
        "components": {
            "messages": dict(sorted(messages.items())),
            "schemas": dict(sorted(schemas.items())),
        },
    }


def _events() -> dict[str, type[Shape]]:
    """Return the shapes of the contract that travel by themselves, by subject."""
    shapes = (each for each in vars(contract).values() if isinstance(each, type))
    return {vars(each)["subject"]: each for each in shapes if "subject" in vars(each)}


def _operations(subjects: list[str]) -> Iterator[tuple[str, Json]]:
    for service, role in roles.ROLES.items():
        for subject in roles.subjects_of(service):
            operation = _operation("send", service, subject)
            yield f"{service}.tells.{subject}", operation
        for durable, subject in roles.durables_of(service).items():
            operation = _operation("receive", service, subject)
            name = f"{service}.on_{subject.replace('.', '_')}"
            yield name, operation | {"x-durable-consumer": durable}
        for subject in subjects:
            if any(_matches(subject, followed) for followed in role.follows):
                operation = _operation("receive", service, subject)
                told = {"summary": "Each process may read it for itself."}
                yield f"{service}.follows.{subject}", operation | told


def _matches(subject: str, followed: str) -> bool:
    return fnmatchcase(subject, followed.replace(">", "*"))


def _operation(action: str, service: str, subject: str) -> Json:
    return {
        "action": action,
        "channel": _ref("channels", subject),
        "tags": [{"name": service}],
    }


def _message(shape: type[Shape], schemas: Json) -> Json:
    """Return one event, and put the schemas it needs beside the others."""
    schema = shape.model_json_schema(ref_template=_REF)
    schemas |= schema.pop("$defs", {})
    schemas[shape.__name__] = schema
    return {
        "name": shape.__name__,
        "summary": inspect.cleandoc(shape.__dict__.get("__doc__") or shape.__name__),
        "headers": _ref("components", "schemas", "Headers"),
        "payload": _ref("components", "schemas", shape.__name__),
        "correlationId": {"location": "$message.header#/traceparent"},
        "examples": [_example(shape)],
    }


def _example(shape: type[Shape]) -> Json:
    headers, payload = sent(shape)
    return {"headers": headers, "payload": payload}


def _headers_schema() -> Json:
    fields = {
        name: {"type": "string", "description": told} for name, told in _HEADERS.items()
    }
    return {"type": "object", "properties": fields, "required": list(fields)}


def _ref(*path: str) -> Json:
    return {"$ref": "/".join(("#", *path))}
