"""Whole services on real servers: ready, alive, and honest about what is away."""

import time

import pytest
import requests
from contract_tools import eventually
from nameko.standalone.rpc import ServiceRpcProxy

from auth.service import AuthService
from expiration.service import ExpirationService
from orders.service import OrdersService
from payments.service import PaymentsService
from ticketing.contract import SessionRevoked
from ticketing.events import Publisher
from ticketing.health import readiness
from ticketing.ids import new_id
from ticketing.keyring import KeyRing
from ticketing.messages import Event
from ticketing.nats import shared_connection
from tickets.service import TicketsService

ANN = new_id()
EVERY = (AuthService, TicketsService, OrdersService, PaymentsService, ExpirationService)


@pytest.fixture
def system(run, rabbit, config):
    containers = []

    def start(*services, **changes):
        rabbit.extend(f"{config['NAMESPACE']}_rpc-{s.name}" for s in services)
        containers.extend(run(service, **changes) for service in services)
        return containers

    yield start
    for container in containers:
        container.kill()  # for to stop takes nameko's RPC seconds


def report(containers):
    return readiness(containers)[1]["dependencies"]


def test_each_service_is_ready_and_names_what_it_depends_on(system):
    containers = system(*EVERY)
    eventually(lambda: readiness(containers)[0])
    assert report(containers) == {
        "mongodb/auth": "ok",
        "mongodb/tickets": "ok",
        "mongodb/orders": "ok",
        "mongodb/payments": "ok",
        "nats": "ok",
        "rabbitmq": "ok",
        "redis": "ok",
    }


def test_a_service_tells_of_its_health_over_http(system, config):
    system(ExpirationService)
    url = f"http://{config['WEB_SERVER_ADDRESS']}"
    eventually(lambda: requests.get(f"{url}/readyz", timeout=5).status_code == 200)
    assert requests.get(f"{url}/livez", timeout=5).json() == {"status": "ok"}
    assert "ticketing_http_requests" in requests.get(f"{url}/metrics", timeout=5).text
    assert requests.get(f"{url}/api/tickets", timeout=5).status_code == 404


@pytest.mark.parametrize(
    ("setting", "address", "name", "state"),
    [
        ("REDIS_URL", "redis://127.0.0.1:1/0", "redis", "Redis is away"),
        ("NATS_URL", "nats://127.0.0.1:1", "nats", "The event bus is away"),
    ],
)
def test_what_is_away_is_named_and_the_rest_is_not(
    system, config, setting, address, name, state
):
    (container,) = system(ExpirationService, **{setting: address})
    eventually(lambda: _away([container]) == {name})
    assert report([container])[name].startswith(state)


def _away(containers):
    return {name for name, state in report(containers).items() if state != "ok"}


def test_a_service_starts_without_its_database_and_says_so(system, impatient_mongo):
    (container,) = system(TicketsService, MONGODB_URI="mongodb://127.0.0.1:1/")
    assert "database is away" in report([container])["mongodb/tickets"]


def test_a_database_that_comes_late_is_made_ready(
    system, servers, proxy, impatient_mongo, monkeypatch
):
    monkeypatch.setattr("ticketing.mongo.RETRY_DELAY", 0.05)
    host = servers["MONGODB_URI"].removeprefix("mongodb://").partition("/")[0]
    way = proxy(host)
    uri = f"mongodb://127.0.0.1:{way.port}/?directConnection=true"
    (container,) = system(TicketsService, MONGODB_URI=uri)
    assert report([container])["mongodb/tickets"] != "ok"
    way.open()
    eventually(lambda: report([container])["mongodb/tickets"] == "ok")


def test_signing_in_listing_and_being_revoked_over_the_wire(system, config):
    """The one thread through all of it: cookie, body, database, event, feed."""
    system(AuthService, TicketsService, SESSION_COOKIE_SECURE=False)
    url = f"http://{config['WEB_SERVER_ADDRESS']}/api"
    eventually(lambda: requests.get(f"{url}/tickets", timeout=5).ok)
    browser = requests.Session()
    account = {"email": "ann@example.com", "password": "correct horse"}
    user = browser.post(f"{url}/users/signup", json=account, timeout=5)
    assert user.status_code == 201
    offer = {"title": "Row 3", "price": 19.5}
    ticket = browser.post(f"{url}/tickets", json=offer, timeout=5)
    assert (ticket.status_code, ticket.json()["userId"]) == (201, user.json()["id"])
    with ServiceRpcProxy("auth", rpc_config(config)) as auth:
        auth.revoke_sessions(user.json()["id"])
    assert browser.post(f"{url}/tickets", json=offer, timeout=5).status_code == 401


def test_a_session_that_was_revoked_by_another_process_ends_here(system, config):
    system(TicketsService)
    keys = KeyRing.parse(config["JWT_KEYS"])
    cookies = {"session": keys.issue(ANN, "ann@example.com")}
    url = f"http://{config['WEB_SERVER_ADDRESS']}/api/tickets"

    def status():
        offer = {"title": "Row 3", "price": 1}
        return requests.post(url, json=offer, cookies=cookies, timeout=5).status_code

    eventually(lambda: status() == 201)
    connection = shared_connection(config)
    connection.wait_connected()
    revoked = SessionRevoked(id=ANN, version=1, before=time.time() + 60)
    Publisher(connection, "auth").publish(Event.of(revoked))
    eventually(lambda: status() == 401)


def rpc_config(config):
    return {key: config[key] for key in ("AMQP_URI", "rpc_exchange")}


def test_a_missing_setting_ends_the_start_with_its_name(run):
    with pytest.raises(SystemExit, match="HOLD_SECONDS is missing"):
        run(OrdersService, HOLD_SECONDS="")
