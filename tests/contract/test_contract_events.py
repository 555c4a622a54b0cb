"""Events through JetStream to a service: acknowledged last, and tried again."""

import eventlet
import pytest
from contract_listener import ticket
from contract_tools import eventually
from eventlet.event import Event as Flag

from ticketing import events, tracing
from ticketing.errors import UnavailableError, VersionGapError
from ticketing.events import Publisher


def test_an_event_is_heard_once_and_acknowledged(listen):
    made = listen()
    made.publish(7)
    eventually(made.is_settled)
    (delivery,) = made.heard
    assert delivery.payload.title == "Row 3"
    assert (delivery.id, delivery.attempt) == (ticket(7).id, 1)


def test_an_event_is_not_acknowledged_before_it_is_handled(listen):
    gate = Flag()
    made = listen(lambda _: gate.wait())
    made.publish(1)
    eventually(lambda: made.heard)
    assert made.waiting() == 1
    gate.send(None)
    eventually(made.is_settled)


@pytest.mark.parametrize("passing", [UnavailableError, VersionGapError, KeyError])
def test_what_fails_for_now_is_tried_again(listen, passing):
    def fail_twice(delivery):
        if delivery.attempt < 3:
            raise passing("for now")

    made = listen(fail_twice)
    made.publish(1)
    eventually(lambda: made.is_settled(3))
    assert made.attempts == [1, 2, 3]
    assert made.letters() == []


def test_what_is_away_is_waited_for_longer_than_any_error(listen):
    often = events.MAX_ATTEMPTS + 3

    def fail_often(delivery):
        if delivery.attempt < often:
            raise UnavailableError

    made = listen(fail_often)
    made.publish(1)
    eventually(lambda: made.is_settled(often))
    assert made.attempts[-1] == often
    assert made.letters() == []


def test_each_try_waits_longer_than_the_last(listen, monkeypatch):
    asked, grow = [], events.delay_after

    def delay_after(attempt):
        asked.append(grow(attempt))
        return asked[-1]

    def fail_four_times(delivery):
        if delivery.attempt < 5:
            raise UnavailableError

    monkeypatch.setattr(events, "delay_after", delay_after)
    made = listen(fail_four_times)
    made.publish(1)
    eventually(lambda: made.is_settled(5))
    assert asked == [0.005, 0.01, 0.02, 0.04]


def test_the_server_keeps_to_the_delay(listen, monkeypatch):
    monkeypatch.setattr(events, "FIRST_DELAY", 0.3)
    monkeypatch.setattr(events, "MAX_DELAY", 0.3)
    times = []

    def fail_once(delivery):
        times.append(eventlet.hubs.get_hub().clock())
        if delivery.attempt == 1:
            raise UnavailableError

    made = listen(fail_once)
    made.publish(1)
    eventually(lambda: len(times) == 2)
    assert times[1] - times[0] >= 0.25


def test_more_messages_than_hands_are_all_heard(listen):
    made = listen(lambda _: eventlet.sleep(0))
    made.publish(*range(300))
    eventually(lambda: made.is_settled(300))
    assert sorted(made.numbers) == list(range(300))


def test_instances_of_one_service_share_its_events(listen):
    first, second = listen(), listen()
    first.publish(*range(100))
    eventually(lambda: len(first.heard) + len(second.heard) >= 100)
    eventually(first.is_settled)
    assert sorted(first.numbers + second.numbers) == list(range(100))


def test_a_handler_is_part_of_the_trace_of_its_event(listen):
    made, contexts = listen(), []
    spawn = made.container.spawn_worker

    def spawn_worker(*args, context_data, **kwargs):
        contexts.append(context_data)
        return spawn(*args, context_data=context_data, **kwargs)

    made.container.spawn_worker = spawn_worker
    tracing.follow(trace := tracing.new_traceparent())
    Publisher(made.connection, "tests").publish(ticket())
    eventually(lambda: made.heard)
    assert contexts[0][tracing.CONTEXT_KEY] == trace
