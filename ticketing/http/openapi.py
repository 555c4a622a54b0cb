"""The API described by OpenAPI 3.1, from the routes and shapes themselves. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.json_schema import models_json_schema

from ticketing.contract import Shape
from ticketing.paging import MAX_LIMIT

Json = dict[str, Any]

PREFIX = "/api/"
_REF = "#/components/schemas/{model}"
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}
_ORDER = {"enum": ["asc", "desc"]}
_KNOWN = {"limit": _LIMIT, "order": _ORDER}
_VALUE = re.compile(r"<(\w+)>")


class Answer(Shape):
    """Base of the shapes of answers: all that is in one is named."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Answer):
    """``{}``: it is done, and there is nothing to tell."""


class Problem(Answer):
    """``field`` is what it is about; ``request_id`` helps to find it in the logs."""

    message: str
    field: str | None = None
    request_id: str | None = None


class Problems(Answer):
    """Every refusal, whatever its cause."""

    errors: list[Problem]


class Described(Protocol):
    """What is told of a route."""

    method: str
    path: str
    session: bool
    status: int
    takes: type[BaseModel] | None
    query: Sequence[str]
    gives: Any
    also: dict[int, Any]
    is_keyed: bool


def describe(routes: Iterable[Described]) -> Json:
    """Return ``{"paths", "schemas"}`` of the routes below ``/api``."""
    paths: Json = {}
    schemas: Json = {}
    for route in routes:
        if route.path.startswith(PREFIX):
            path = _VALUE.sub(r"{\1}", route.path)
            operation = _operation(route, schemas)
            paths.setdefault(path, {})[route.method.lower()] = operation
    return {"paths": paths, "schemas": schemas}


def document(parts: Iterable[Json]) -> Json:
    """Put together what each service told."""
    paths: Json = {}
    schemas: Json = {}
    for part in parts:
        paths |= part["paths"]
        schemas |= part["schemas"]
    cookie = {"type": "apiKey", "in": "cookie", "name": "session"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ticketing", "version": "1"},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"session": cookie},
        },
    }


def _operation(route: Described, schemas: Json) -> Json:
    names = _VALUE.findall(route.path)
    given = [_parameter(name, "path") for name in names]
    given += [_parameter(name, "query") for name in route.query]
    if route.is_keyed:
        given.append(_parameter("Idempotency-Key", "header"))
    answers = {route.status: route.gives, **route.also}
    told = {str(status): _answer(gives, schemas) for status, gives in answers.items()}
    operation: Json = {
        "parameters": given,
        "responses": told | {"default": _answer(Problems, schemas)},
    }
    if route.session:
        operation["security"] = [{"session": []}]
    if route.takes:
        content = _json(_schema_of_input(route.takes, schemas))
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameter(name: str, place: str) -> Json:
    schema = _KNOWN.get(name, {"type": "string"}) if place == "query" else None
    schema = schema or {"type": "string", "minLength": 1}
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _answer(gives: Any, schemas: Json) -> Json:
    if gives is None:
        return {"description": "Done"}
    schema = TypeAdapter(gives).json_schema(ref_template=_REF)
    schemas |= schema.pop("$defs", {})
    name = schema.get("title")
    if isinstance(gives, type) and name:
        schemas[name] = schema
        schema = {"$ref": _REF.format(model=name)}
    return {"description": name or "Done", "content": _json(schema)}


def _schema_of_input(takes: type[BaseModel], schemas: Json) -> Json:
    found, definitions = models_json_schema([(takes, "validation")], ref_template=_REF)
    schemas |= definitions["$defs"]
    return found[takes, "validation"]


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}
