"""A feed: every process hears everything, from some time ago on, and goes on so."""

from datetime import timedelta

import eventlet
import pytest
from contract_tools import eventually

from ticketing import hub
from ticketing.contract import (
    OrderCancelled,
    OrderExtended,
    OrderReduced,
    SessionRevoked,
    TicketRef,
)
from ticketing.events import Publisher
from ticketing.feed import Feed
from ticketing.ids import new_id
from ticketing.messages import Event
from ticketing.nats import NatsConnection

ANN = new_id()


def revoked(version):
    return Event.of(SessionRevoked(id=ANN, version=version, jti=f"j{version}"))


def version_of(payload):
    return payload.version


def order_event(shape, version, **facts):
    ref = TicketRef(id=ANN)
    return shape(id=ANN, version=version, ticket=ref, units=["1"], **facts)


@pytest.fixture
def connection(config, streams):
    connection = NatsConnection(config)
    connection.acquire()
    connection.wait_connected()
    yield connection
    connection.release()


@pytest.fixture
def publish(connection):
    return Publisher(connection, "auth").publish


@pytest.fixture
def feed(connection):
    """Starts a feed; returns the versions it brings."""
    running = []

    def start(since=timedelta(days=7), shapes=(SessionRevoked,), told=version_of):
        heard = []
        feed = Feed(connection, shapes, lambda each: heard.append(told(each)), since)
        running.append((feed, eventlet.spawn(feed.run)))
        return heard

    yield start
    for feed, thread in running:
        feed.stop()
        thread.kill()


def test_every_feed_brings_every_message(feed, publish):
    first, second = feed(), feed()
    for version in range(5):
        publish(revoked(version))
    eventually(lambda: first == second == list(range(5)))


def test_a_feed_of_some_subjects_about_orders_ignores_the_others(feed, publish):
    """Its one filter lets all about orders through."""
    heard = feed(shapes=(OrderReduced, OrderExtended))
    publish(Event.of(order_event(OrderReduced, 1)))
    publish(Event.of(order_event(OrderCancelled, 2, reason="x")))
    publish(Event.of(order_event(OrderReduced, 3)))
    eventually(lambda: heard == [1, 3])


def test_a_feed_begins_with_what_was_told_before(feed, publish):
    for version in range(100):
        publish(revoked(version))
    heard = feed()
    eventually(lambda: heard == list(range(100)))


@pytest.mark.parametrize("number", [0, 1, 100])
def test_a_feed_knows_when_it_has_brought_all_that_was_told_before(
    connection, publish, number
):
    """Not before, and at once where there was nothing."""
    for version in range(number):
        publish(revoked(version))
    heard = []
    feed = Feed(connection, [SessionRevoked], heard.append, timedelta(days=7))
    assert not feed.wait_for_past(0)
    thread = eventlet.spawn(feed.run)
    assert feed.wait_for_past(30)
    assert [each.version for each in heard] == list(range(number))
    feed.end(thread)


def test_a_feed_does_not_wait_for_what_is_gone_by_now(
    connection, publish, bus, monkeypatch
):
    """The stream loses what is too old, or all of it by its operator's hand."""
    publish(revoked(0))
    declare = connection.declare_consumer

    def declare_and_lose(config):
        info = declare(config)
        hub.wait_for(bus.purge_stream(connection.stream), 5)
        return info

    monkeypatch.setattr(connection, "declare_consumer", declare_and_lose)
    heard = []
    feed = Feed(connection, [SessionRevoked], heard.append, timedelta(days=7))
    thread = eventlet.spawn(feed.run)
    assert feed.wait_for_past(30)
    assert heard == []
    feed.end(thread)


def test_a_feed_of_several_subjects_brings_them_in_order_each_in_its_shape(
    feed, publish
):
    """And nothing of the subjects beside them."""
    heard = feed(shapes=[OrderReduced, OrderCancelled], told=lambda each: each)
    told = []
    for version in range(0, 20, 2):
        told.append(order_event(OrderReduced, version))
        told.append(order_event(OrderCancelled, version + 1, reason="why"))
    for payload in told:
        publish(revoked(payload.version + 100))
        publish(Event.of(payload))
    eventually(lambda: heard == told)


def test_what_went_wrong_with_one_message_does_not_end_a_feed(feed, publish):
    """Whoever listens may stumble over one; the next ones are brought all the same."""
    stumbled = []

    def told(payload):
        if payload.version == 1:
            stumbled.append(payload)
            raise RuntimeError("stumbled")
        return payload.version

    heard = feed(told=told)
    for version in range(4):
        publish(revoked(version))
    eventually(lambda: heard == [0, 2, 3])
    assert len(stumbled) == 1


def test_a_feed_may_begin_now(feed, publish):
    publish(revoked(0))
    heard = feed(timedelta(seconds=-1))
    eventlet.sleep(0)
    eventually(lambda: publish(revoked(1)) or publish(Event.of(again())) or heard)
    assert 0 not in heard


def again():
    again.version = getattr(again, "version", 1) + 1
    return SessionRevoked(id=ANN, version=again.version)


def test_a_malformed_message_is_passed_over(feed, publish, bus, config, connection):
    heard = feed()
    publish(revoked(0))
    subject = f"{config['NAMESPACE']}.session.revoked"
    for poison in (b"no json", b""):
        hub.wait_for(bus.publish(subject, poison), 5)
    publish(revoked(1))
    eventually(lambda: heard == [0, 1])
    assert len(consumers(bus, connection)) == 1  # it did not have to begin again


def consumers(bus, connection):
    infos = hub.wait_for(bus.consumers_info(connection.stream), 5)
    return [info.name for info in infos]


def test_a_feed_whose_place_the_server_forgot_goes_on_where_it_was(
    feed, publish, bus, connection
):
    heard = feed()
    publish(revoked(0))
    eventually(lambda: heard == [0])
    for name in consumers(bus, connection):
        hub.wait_for(bus.delete_consumer(connection.stream, name), 5)
    publish(revoked(1))
    eventually(lambda: heard == [0, 1])
    publish(revoked(2))
    eventually(lambda: heard == [0, 1, 2])


def test_a_feed_leaves_nothing_to_acknowledge(feed, publish, bus, connection):
    heard = feed()
    publish(revoked(0))
    eventually(lambda: heard == [0])
    (info,) = hub.wait_for(bus.consumers_info(connection.stream), 5)
    assert info.num_ack_pending == 0
    assert info.config.durable_name is None
