"""What becomes of events when a service starts, stops, or is killed."""

import eventlet
import pytest
from contract_tools import eventually
from eventlet.event import Event as Flag

from ticketing import events


@pytest.fixture
def gate():
    """What the handlers of the first service wait for."""
    return Flag()


def stop(listener, gate):
    """Stop it while its handlers wait, and then let them go on."""
    stopping = eventlet.spawn(listener.container.stop)
    eventlet.sleep(0)
    gate.send(None)
    stopping.wait()


def test_what_was_told_while_nobody_listened_is_heard_later(listen):
    first = listen()
    first.publish(1)
    eventually(first.is_settled)
    first.container.stop()
    first.publish_past_it(2)
    later = listen()
    eventually(lambda: later.numbers == [2])


def test_what_runs_when_a_service_stops_is_finished_and_acknowledged(listen, gate):
    first = listen(lambda _: gate.wait())
    first.publish(1)
    eventually(lambda: first.heard)
    stop(first, gate)
    later = listen()
    later.publish(2)
    eventually(later.is_settled)
    assert later.numbers == [2]


def test_a_service_that_stops_hands_back_what_it_has_not_begun(
    listen, gate, monkeypatch
):
    """Not when the server takes it back by itself, after the time for a handler."""
    monkeypatch.setattr(events, "ACK_WAIT", 60.0)
    busy = listen(lambda _: gate.wait(), max_workers=1)
    busy.publish(*range(10))
    eventually(lambda: busy.heard)
    other = listen()
    stop(busy, gate)
    eventually(lambda: len({*busy.numbers, *other.numbers}) == 10)
    eventually(lambda: other.waiting() == 0)


def test_what_is_on_its_way_to_a_service_that_stops_is_handed_back(
    listen, proxy, servers, monkeypatch
):
    monkeypatch.setattr(events, "ACK_WAIT", 60.0)
    way = proxy(servers["NATS_URL"].removeprefix("nats://")).open()
    first = listen(NATS_URL=f"nats://127.0.0.1:{way.port}")
    first.publish(0)
    eventually(first.is_settled)
    way.gate = Flag()
    for number in range(1, 6):
        first.publish_past_it(number)
    eventually(lambda: first.delivered() == 5)
    stopping = eventlet.spawn(first.container.stop)
    eventually(lambda: b"UNSUB" in way.asked)
    way.gate.send(None)
    stopping.wait()
    later = listen()
    eventually(lambda: sorted(later.numbers) == [1, 2, 3, 4, 5])
    assert first.numbers == [0]


def test_a_service_that_stops_amid_a_flood_leaves_nothing_on_the_way(
    listen, monkeypatch
):
    monkeypatch.setattr(events, "ACK_WAIT", 60.0)
    first, second = (listen(lambda _: eventlet.sleep(0)) for _ in range(2))

    def flood():
        for start in range(0, 1000, 50):
            second.publish(*range(start, start + 50))

    flooding = eventlet.spawn(flood)
    eventually(lambda: len(first.heard) > 100)
    first.container.stop()
    flooding.wait()
    eventually(lambda: len({*first.numbers, *second.numbers}) == 1000)
    eventually(second.is_settled)


def test_what_runs_when_a_service_is_killed_comes_again(listen, gate, monkeypatch):
    monkeypatch.setattr(events, "ACK_WAIT", 0.5)
    first = listen(lambda _: gate.wait())
    first.publish(1)
    eventually(lambda: first.heard)
    first.container.kill()
    later = listen()
    eventually(lambda: later.numbers == [1])
