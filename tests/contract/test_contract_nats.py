"""The connection to the bus: it comes late, goes away, and comes back."""

import pytest
from contract_tools import eventually

from ticketing import hub
from ticketing import nats as own_nats
from ticketing.contract import TicketCreated
from ticketing.errors import UnavailableError
from ticketing.events import Publisher, event_handler
from ticketing.ids import new_id
from ticketing.messages import Event
from ticketing.nats import NatsConnection, shared_connection

ANN = new_id()


def ticket(number):
    payload = TicketCreated(
        id=f"{number:024x}", version=0, title="x", price=1.5, user_id=ANN
    )
    return Event.of(payload)


class EarService:
    name = "ear"
    heard = []  # noqa: RUF012 - of one test at a time

    @event_handler(TicketCreated)
    def on_ticket_created(self, delivery):
        self.heard.append(int(delivery.payload.id, 16))


@pytest.fixture
def heard(monkeypatch):
    monkeypatch.setattr(EarService, "heard", [])
    monkeypatch.setattr(own_nats, "RETRY_DELAY", 0.05)
    return EarService.heard


@pytest.fixture
def way(servers, proxy):
    return proxy(servers["NATS_URL"].removeprefix("nats://"))


@pytest.fixture
def start(run, way):
    def start():
        container = run(EarService, NATS_URL=f"nats://127.0.0.1:{way.port}")
        (entrypoint,) = container.entrypoints
        return entrypoint.nats.connection

    return start


def test_a_service_may_start_before_its_bus(heard, way, start):
    connection = start()
    with pytest.raises(UnavailableError, match="bus is away"):
        connection.ping()
    with pytest.raises(UnavailableError):
        Publisher(connection, "tests").publish(ticket(1))
    way.open()
    eventually(lambda: connection.connected)
    Publisher(connection, "tests").publish(ticket(1))
    eventually(lambda: heard == [1])


def test_a_bus_that_was_away_is_heard_again(heard, way, start, servers, config):
    way.open()
    connection = start()
    eventually(lambda: connection.connected)
    Publisher(connection, "tests").publish(ticket(1))
    eventually(lambda: heard == [1])
    way.close()
    eventually(lambda: not connection.connected)
    with pytest.raises(UnavailableError):
        Publisher(connection, "tests").publish(ticket(3))
    eventually(lambda: connection._client._server_pool[0].reconnects > 3)
    direct = NatsConnection(config)
    direct.acquire()
    direct.wait_connected()
    Publisher(direct, "tests").publish(ticket(2))
    direct.release()
    way.open()
    eventually(lambda: heard == [1, 2])
    connection.ping()


def test_a_service_stops_while_its_bus_is_away(heard, way, start, run):
    start()
    # The fixture stops it, and fails when that takes too long.


def test_services_of_a_process_share_one_connection(config, streams):
    first, second = shared_connection(config), shared_connection(dict(config))
    assert first is second
    for _ in range(2):
        first.acquire()
    first.wait_connected()
    first.release()
    assert first.connected
    first.release()
    assert not first.connected
    assert shared_connection(config) is not first


def test_systems_side_by_side_do_not_hear_each_other(heard, run, config, bus):
    own = run(EarService)
    other_name = f"t{new_id()}"
    other = NatsConnection(config | {"NAMESPACE": other_name})
    other.acquire()
    other.wait_connected()
    Publisher(other, "tests").publish(ticket(1))
    other.release()
    (entrypoint,) = own.entrypoints
    connection = entrypoint.nats.connection
    connection.wait_connected()
    Publisher(connection, "tests").publish(ticket(2))
    eventually(lambda: heard)
    for name in ("TICKETING", "TICKETING_DEAD"):
        hub.wait_for(bus.delete_stream(f"{other_name}_{name}"), 5)
    assert heard == [2]


def test_who_listens_for_a_new_connection_is_told(way, config, streams):
    way.open()
    connection = NatsConnection(config | {"NATS_URL": f"nats://127.0.0.1:{way.port}"})
    told = []
    connection.on_reconnect(lambda: told.append(1))
    connection.acquire()
    connection.wait_connected()
    for times in (1, 2):
        way.close()
        eventually(lambda: not connection.connected)
        way.open()
        eventually(lambda times=times: len(told) == times)
    connection.release()
