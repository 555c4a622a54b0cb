"""What the table says services take from the servers is what their code takes there."""

import ast
import importlib
from pathlib import Path

import pytest
from nameko.containers import ServiceContainer
from nameko.rpc import RpcProxy

from ticketing import contract, roles
from ticketing.events import EventHandler
from ticketing.feed import one_filter
from ticketing.http.route import Route
from ticketing.mongo import Database
from ticketing.redis import Redis
from ticketing.roles import OWNERS, ROLES, Role

ROOT = Path(__file__).parents[3]
NOWHERE = {"NATS_URL": "nats://127.0.0.1:1", "AMQP_URI": "pyamqp://127.0.0.1:1//"}
# Who reads more than sessions for itself, and what.
FEEDS = {
    "orders": [("orders.repository", "ORDER_EVENTS")],
    "web": [("web.news", "HEARD"), ("web.stock", "HEARD")],
}


def service_of(name):
    module = importlib.import_module(f"{name}.service")
    return next(
        each for each in vars(module).values() if getattr(each, "name", None) == name
    )


def role_in_code(name):
    container = ServiceContainer(service_of(name), NOWHERE)
    extensions = list(container.extensions)
    found = [e for e in extensions if isinstance(e, EventHandler)]
    proxies = [e for e in extensions if isinstance(e, RpcProxy)]
    has_routes = any(isinstance(e, Route) for e in extensions)
    return Role(
        handles=frozenset(each.shape for each in found),
        follows=frozenset(feeds_of(name, has_routes=has_routes)),
        calls=frozenset(proxy.target_service for proxy in proxies),
        has_database=any(isinstance(e, Database) for e in extensions),
        keys=frozenset(keys_of(name, extensions, has_routes=has_routes)),
    )


def keys_of(name, extensions, *, has_routes):
    if has_routes:
        yield roles.LIMITS
    if any(isinstance(each, Redis) for each in extensions):
        yield name


def feeds_of(name, *, has_routes):
    if has_routes:
        yield roles.SESSIONS
    for module, shapes in FEEDS.get(name, ()):
        heard = getattr(importlib.import_module(module), shapes)
        yield one_filter([shape.subject for shape in heard]) or ">"


@pytest.mark.parametrize("name", ROLES)
def test_a_role_is_what_the_service_does(name):
    """Its handlers, feeds, calls, database and keys; neither more nor less."""
    role = ROLES[name]
    assert role_in_code(name) == Role(
        handles=frozenset(role.handles),
        follows=frozenset(role.follows),
        calls=frozenset(role.calls),
        has_database=role.has_database,
        keys=frozenset(role.keys),
    )


def test_no_feed_is_left_out():
    """Those that everybody has, of sessions, are made in ``ticketing``."""
    makers = [path.parent.name for path in ROOT.glob("*/*.py") if makes_a_feed(path)]
    named = [name for name, feeds in FEEDS.items() for _ in feeds]
    assert sorted(makers) == sorted([*named, "ticketing"])


def makes_a_feed(path):
    calls = (
        n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)
    )
    return any(getattr(call.func, "id", "") == "Feed" for call in calls)


def test_every_service_has_a_role():
    found = {path.parent.name for path in ROOT.glob("*/service.py")} - {"ticketing"}
    assert set(ROLES) == found


@pytest.mark.parametrize("name", ROLES)
def test_a_service_tells_what_its_code_makes(name):
    """Each class of the contract that its modules name to make an event of it."""
    made = {
        node.id
        for path in (ROOT / name).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        for node in (call.func, *call.args)
        if isinstance(node, ast.Name)
        and "handler" not in getattr(call.func, "id", "")
        and getattr(call.func, "id", "") != "isinstance"
    }
    shapes = [getattr(contract, each) for each in made if hasattr(contract, each)]
    subjects = {shape.subject for shape in shapes if hasattr(shape, "subject")}
    assert set(roles.subjects_of(name)) == subjects


def test_every_event_has_one_teller():
    told = [subject for name in ROLES for subject in roles.subjects_of(name)]
    assert len(told) == len(set(told))
    assert {subject.partition(".")[0] for subject in told} == set(OWNERS)
