"""The services have the routes, calls and events that the contract promises."""

import inspect
import re

import pytest
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR
from unit_services import SERVICES

from ticketing import asyncapi
from ticketing.events import EventHandler
from ticketing.http.openapi import document
from ticketing.http.route import Route
from ticketing.rpc import ServiceMethod

EVERY = {
    "dead_letters",
    "describe_api",
    "discard_dead_letter",
    "health",
    "replay_dead_letter",
}

# Which routes ask for a session; the others look at it where they need it.
ROUTES = {
    ("POST", "/api/users/signup"): False,
    ("POST", "/api/users/signin"): False,
    ("POST", "/api/users/signout"): False,
    ("POST", "/api/users/signout/everywhere"): True,
    ("POST", "/api/users/password"): True,
    ("GET", "/api/users/currentuser"): False,
    ("GET", "/api/tickets"): False,
    ("GET", "/api/tickets/<ticket_id>"): False,
    ("GET", "/api/tickets/<ticket_id>/seats"): False,
    ("POST", "/api/tickets"): True,
    ("PUT", "/api/tickets/<ticket_id>"): True,
    ("DELETE", "/api/tickets/<ticket_id>"): True,
    ("GET", "/api/orders"): True,
    ("GET", "/api/orders/<order_id>"): True,
    ("GET", "/api/orders/<order_id>/passes"): True,
    ("POST", "/api/orders"): True,
    ("DELETE", "/api/orders/<order_id>"): True,
    ("POST", "/api/orders/<order_id>/refund"): True,
    ("GET", "/api/passes"): True,
    ("GET", "/api/passes/keys"): False,
    ("POST", "/api/passes/<pass_id>/admit"): True,
    ("POST", "/api/payments"): True,
    ("POST", "/api/payments/intent"): True,
    ("POST", "/api/payments/webhook"): False,
    ("GET", "/api/openapi.json"): False,
    ("GET", "/api/asyncapi.json"): False,
}
CALLS = {
    "auth": {"get_user", "find_user", "revoke_sessions", "change_password"},
    "tickets": {
        "list_tickets",
        "list_own",
        "get_ticket",
        "find_tickets",
        "get_seats",
        "create_ticket",
        "update_ticket",
        "cancel_ticket",
    },
    "orders": {
        "list_orders",
        "get_order",
        "create_order",
        "cancel_order",
        "refund_order",
        "list_unpaid",
        "timeline",
        "get_sales",
        "list_sales",
        "unit_states",
        "spare_units",
        "taken_units",
        "hear_ticket",
        "list_passes",
        "list_bookings",
        "list_ticket_passes",
        "admit_pass",
        "pass_keys",
        "standings",
        "list_complete",
        "worth",
        "hear_payment",
        "hear_refund",
    },
    "payments": {
        "get_payment",
        "pay",
        "refund",
        "close",
        "look",
        "ledger",
        "reconcile",
        "findings",
        "dismiss_finding",
    },
    "expiration": {"pending", "rebuild"},
    "web": set(),
}
ENDS = {"order.cancelled", "order.completed"}
EVENTS = {
    "auth": set(),
    "tickets": ENDS | {"order.created", "order.reduced", "order.extended"},
    "orders": {
        "ticket.created",
        "ticket.updated",
        "expiration.complete",
        "payment.created",
        "payment.failed",
        "payment.refunded",
    },
    "payments": ENDS | {"order.created", "order.reduced", "order.extended"},
    "expiration": ENDS | {"order.created", "order.extended"},
    "web": ENDS | {"order.reduced"},
}


def entrypoints(service, kind):
    for name, method in inspect.getmembers(service, inspect.isfunction):
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            if isinstance(entrypoint, kind):
                yield name, entrypoint


def test_the_routes_are_those_of_the_contract():
    """Those for programs; pages have addresses of their own."""
    every = [route for s in SERVICES for _, route in entrypoints(s, Route)]
    routes = [route for route in every if route.path.startswith("/api/")]
    assert {(r.method, r.path): r.session for r in routes} == ROUTES
    assert len(routes) == len(ROUTES)


def test_only_stripe_may_send_commands_from_elsewhere():
    routes = [r for s in SERVICES for _, r in entrypoints(s, Route)]
    open_to_all = [r.path for r in routes if not r.same_site]
    assert open_to_all == ["/api/payments/webhook"]


def test_every_route_of_the_api_is_described():
    """With who may ask, and what comes back."""
    parts = [service().describe_api() for service in SERVICES]
    api = document(parts)
    described = {
        (method.upper(), re.sub(r"{(\w+)}", r"<\1>", path)): "security" in operation
        for path, operations in api["paths"].items()
        for method, operation in operations.items()
    }
    assert described == ROUTES
    for operations in api["paths"].values():
        for operation in operations.values():
            (status, *_) = operation["responses"]
            told = operation["responses"][status]
            assert ("content" in told) == (status != "204")


def test_the_descriptions_are_made_once_whoever_asks():
    """To make them takes as long as a hundred pages, and nobody needs a session."""
    for service in SERVICES:
        assert service().describe_api() is service().describe_api()
    assert asyncapi.document() is asyncapi.document()


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_the_calls_of_the_contract_are_there(service):
    names = {name for name, _ in entrypoints(service, ServiceMethod)}
    assert names >= CALLS[service.name] | EVERY


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_hears_the_events_of_the_contract(service):
    handlers = list(entrypoints(service, EventHandler))
    assert {handler.subject for _, handler in handlers} == EVENTS[service.name]
    for name, handler in handlers:
        assert name == f"on_{handler.subject.replace('.', '_')}"
