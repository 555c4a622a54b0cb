"""/api/asyncapi.json says of every event what it is, who tells it and who hears it."""

import inspect
import json

import pytest
from jsonschema_rs import Draft202012Validator
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR
from unit_services import SERVICES

from orders.repository import ORDER_EVENTS
from ticketing import contract
from ticketing.asyncapi import document
from ticketing.events import EventHandler
from ticketing.examples import EXAMPLES
from ticketing.messages import parse
from web import news, stock

DOCUMENT = document()
OPERATIONS = DOCUMENT["operations"]
EVENTS = {
    shape.subject: shape
    for shape in vars(contract).values()
    if isinstance(shape, type) and hasattr(shape, "subject")
}
FEEDS = {"orders": ORDER_EVENTS, "web": (*news.HEARD, *stock.HEARD)}


def references(part):
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def resolved(reference):
    place, *path = reference.split("/")
    assert place == "#"
    found = DOCUMENT
    for name in path:
        found = found[name]
    return found


def subject_of(operation):
    return resolved(operation["channel"]["$ref"])["address"]


def message_of(subject):
    (message,) = DOCUMENT["channels"][subject]["messages"].values()
    return resolved(message["$ref"])


def handlers(service):
    for name, method in inspect.getmembers(service, inspect.isfunction):
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            if isinstance(entrypoint, EventHandler):
                yield name, entrypoint


def test_it_is_built_as_asyncapi_3_has_it():
    """The parts that must be there are, and each reference leads somewhere."""
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert DOCUMENT["info"].keys() >= {"title", "version"}
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT
    assert {operation["action"] for operation in OPERATIONS.values()} == {
        "send",
        "receive",
    }
    for reference in references(DOCUMENT):
        assert resolved(reference), reference


def test_every_event_of_the_contract_is_in_it():
    assert set(DOCUMENT["channels"]) == set(EVENTS)
    for subject, shape in EVENTS.items():
        message = message_of(subject)
        assert message["name"] == shape.__name__
        schema = resolved(message["payload"]["$ref"])
        fields = {field.alias for field in shape.model_fields.values()}
        assert set(schema["properties"]) == fields


def test_every_event_has_one_teller():
    told = [subject_of(o) for o in OPERATIONS.values() if o["action"] == "send"]
    assert sorted(told) == sorted(EVENTS)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_handler_is_in_it_and_no_other(service):
    told = {
        name.partition(".")[2]: subject_of(operation)
        for name, operation in OPERATIONS.items()
        if "x-durable-consumer" in operation and name.startswith(f"{service.name}.")
    }
    assert told == {name: handler.subject for name, handler in handlers(service)}


@pytest.mark.parametrize("service", FEEDS)
def test_what_each_process_reads_for_itself_is_in_it(service):
    for shape in FEEDS[service]:
        operation = OPERATIONS[f"{service}.follows.{shape.subject}"]
        assert subject_of(operation) == shape.subject


@pytest.mark.parametrize("subject", EVENTS)
def test_its_examples_are_such_events(subject):
    """Held against the shape in the code, and against the schemas in the document."""
    message = message_of(subject)
    (example,) = message["examples"]
    shape = EVENTS[subject]
    body = json.dumps(example["payload"]).encode()
    assert parse(shape, body) == EXAMPLES[shape]
    for part in ("payload", "headers"):
        whole = {**message[part], "components": DOCUMENT["components"]}
        Draft202012Validator(whole).validate(example[part])
    assert example["headers"]["ce-type"] == subject
    assert set(example["headers"]) == set(
        DOCUMENT["components"]["schemas"]["Headers"]["properties"]
    )
