"""What comes from outside has only the fields that somebody outside may choose."""

import inspect
from importlib import import_module

import pytest
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from ticketing.fields import Input
from ticketing.http.route import Route

SERVICES = ("auth", "tickets", "orders", "payments", "expiration", "web")
NOBODYS_CHOICE = {
    "id",
    "user_id",
    "owner",
    "status",
    "version",
    "amount",
    "total",
    "password_hash",
    "outbox",
}


def bodies():
    for name in SERVICES:
        module = import_module(f"{name}.service")
        service = getattr(module, f"{name.title()}Service")
        for _, method in inspect.getmembers(service, inspect.isfunction):
            for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()):
                if isinstance(entrypoint, Route) and entrypoint.body:
                    yield entrypoint.body


def shapes(kind):
    return [kind, *(shape for each in kind.__subclasses__() for shape in shapes(each))]


BODIES = sorted({*bodies(), *shapes(Input)}, key=lambda shape: shape.__name__)


@pytest.mark.parametrize("body", BODIES, ids=lambda shape: shape.__name__)
def test_nobody_chooses_what_is_not_theirs(body):
    """By type: a field that is not there is not read, whatever it is called."""
    assert issubclass(body, Input)
    assert not NOBODYS_CHOICE & set(body.model_fields)
    assert body.model_config.get("extra", "ignore") in {"ignore", "forbid"}
    assert body.model_config["strict"]
