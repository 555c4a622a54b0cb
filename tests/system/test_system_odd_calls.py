"""Calls by RPC with values of any kind: refused by name, whichever method it is."""

import inspect
from importlib import import_module

import pytest
from nameko.exceptions import RemoteError
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from ticketing.errors import BadRequestError, TicketingError
from ticketing.ids import new_id
from ticketing.rpc import ServiceMethod

SERVICES = ("auth", "tickets", "orders", "payments", "expiration", "web")
HUGE = "x" * 2**24
ODD = (None, True, -1, 10**30, 1e300, "\0", "\ud800", {"$gt": ""}, [{}], ["\ud800"])


@pytest.fixture(scope="module")
def shop(systems):
    """One of its own: what is asked for may go."""
    return systems(SERVICES).up()


@pytest.fixture(scope="module")
def finding(shop):
    """What an operator has to look into."""
    kept = {"_id": "disputed:pi_1", "kind": "disputed", "ref": "pi_1", "since": 0}
    findings = shop.database("payments")["findings"]
    findings.insert_one(kept | {"orderId": None, "detail": ""})
    return findings


def methods():
    for name in SERVICES:
        module = import_module(f"{name}.service")
        service = next(
            each for each in vars(module).values() if getattr(each, "name", "") == name
        )
        for method, function in inspect.getmembers(service, inspect.isfunction):
            extensions = getattr(function, ENTRYPOINT_EXTENSIONS_ATTR, ())
            if any(isinstance(each, ServiceMethod) for each in extensions):
                yield name, method, list(inspect.signature(function).parameters)[1:]


def values_of(parameters):
    """Arguments of which each is what it should be, as far as its name tells."""
    known = {"amount": 1, "count": 1, "currency": "usd", "price": 1, "quantity": 1}
    known |= {"after": new_id(), "limit": 5, "order": "asc", "language": "de"}
    known |= {"email": "a@example.com", "password": "x", "seats": None, "ticket": {}}
    known |= {"caller": None, "units": ["1"], "ids": [new_id()], "title": "A seat"}
    return {name: known.get(name, new_id()) for name in parameters if name != "more"}


@pytest.mark.parametrize(
    ("service", "method", "parameters"), [*methods()], ids=lambda each: str(each)[:20]
)
def test_a_method_refuses_values_of_any_kind(
    shop, finding, service, method, parameters
):
    """With an error of ours, not with one that nobody foresaw; nothing is removed."""
    usual = values_of(parameters)
    with shop.rpc() as rpc:
        call = getattr(getattr(rpc, service), method)
        for name in usual:
            for odd in ODD:
                try:
                    call(**usual | {name: odd})
                except TicketingError:
                    continue
                except RemoteError as error:
                    pytest.fail(f"{method}({name}={odd!r}): {error}")
    assert finding.find_one({"_id": "disputed:pi_1"})


@pytest.mark.parametrize(
    ("service", "method"),
    [("auth", "find_user"), ("orders", "list_orders"), ("payments", "dismiss_finding")],
)
def test_what_no_document_can_hold_is_refused(shop, service, method):
    """A query is a document as well."""
    with shop.rpc() as rpc, pytest.raises(BadRequestError):
        getattr(getattr(rpc, service), method)(HUGE)
