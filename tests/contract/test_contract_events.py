"""Events through JetStream to a service: acknowledged last, tried again, or buried."""

from types import SimpleNamespace

import eventlet
import pytest
from contract_tools import eventually
from eventlet.event import Event as Flag

from ticketing import events, hub
from ticketing.contract import TicketCreated, TicketUpdated
from ticketing.dead_letters import DeadLetters
from ticketing.errors import (
    HopelessError,
    NotFoundError,
    UnavailableError,
    VersionGapError,
)
from ticketing.events import EventPublisher, Publisher, event_handler
from ticketing.ids import new_id
from ticketing.messages import Event

ANN = new_id()


def ticket(number=1, title="Row 3"):
    payload = TicketCreated(
        id=f"{number:024x}", version=0, title=title, price=1.5, user_id=ANN
    )
    return Event.of(payload)


def listener(handle, heard):
    """A service that notes what it hears and then does what the test says."""

    class ListenerService:
        name = "listener"
        graveyard = DeadLetters()
        publisher = EventPublisher()

        @event_handler(TicketCreated)
        def on_ticket_created(self, delivery):
            heard.append(delivery)
            handle(delivery)

        @event_handler(TicketUpdated)
        def on_ticket_updated(self, delivery):
            heard.append(delivery)

    return ListenerService


@pytest.fixture
def listen(run, config, bus, monkeypatch):
    """Starts the service; ``publish`` and ``letters`` are its ways in and out."""
    monkeypatch.setattr(events, "FIRST_DELAY", 0.005)
    monkeypatch.setattr(events, "MAX_DELAY", 0.05)

    def start(handle=lambda delivery: None, **changes):
        made = SimpleNamespace(heard=[])
        made.container = run(listener(handle, made.heard), **changes)
        provider = next(d for d in made.container.dependencies if hasattr(d, "box"))
        made.graveyard, made.connection = provider, provider.nats.connection
        made.connection.wait_connected()
        made.publish = Publisher(made.connection, "tests").publish
        made.letters = provider.box.all
        made.numbers = lambda: [int(d.payload.id, 16) for d in made.heard]
        made.waiting = lambda: waiting(bus, config, made)
        made.settled = lambda n=1: len(made.heard) >= n and made.waiting() == 0
        return made

    return start


def waiting(bus, config, made):
    """How many messages the server has not been told the end of."""
    stream, durable = made.connection.stream, "listener-ticket-created"
    info = hub.wait_for(bus.consumer_info(stream, durable), 5)
    return info.num_pending + info.num_ack_pending


def raw(made, config, bus, body, **headers):
    subject = f"{config['NAMESPACE']}.ticket.created"
    hub.wait_for(bus.publish(subject, body, headers=headers or None), 5)


def test_an_event_is_heard_once_and_acknowledged(listen):
    made = listen()
    made.publish(ticket(7))
    eventually(made.settled)
    (delivery,) = made.heard
    assert delivery.payload.title == "Row 3"
    assert (delivery.id, delivery.attempt) == (ticket(7).id, 1)


def test_an_event_from_before_the_start_is_heard(listen, run):
    made = listen()
    made.publish(ticket(1))
    eventually(lambda: made.heard)
    made.container.stop()
    later = listen()
    later.publish(ticket(2))
    eventually(lambda: later.numbers() == [2])


def test_an_event_is_not_acknowledged_before_it_is_handled(listen):
    gate = Flag()
    made = listen(lambda _: gate.wait())
    made.publish(ticket())
    eventually(lambda: made.heard)
    assert made.waiting() == 1
    gate.send(None)
    eventually(lambda: made.waiting() == 0)


@pytest.mark.parametrize("passing", [UnavailableError, VersionGapError, KeyError])
def test_what_fails_for_now_is_tried_again(listen, passing):
    def fail_twice(delivery):
        if delivery.attempt < 3:
            raise passing("for now")

    made = listen(fail_twice)
    made.publish(ticket())
    eventually(lambda: made.settled(3))
    assert [delivery.attempt for delivery in made.heard] == [1, 2, 3]
    assert made.letters() == []


def test_what_is_away_is_waited_for_longer_than_any_error(listen):
    def fail_often(delivery):
        if delivery.attempt < events.MAX_ATTEMPTS + 3:
            raise UnavailableError

    made = listen(fail_often)
    made.publish(ticket())
    eventually(lambda: made.settled(events.MAX_ATTEMPTS + 3))
    assert made.heard[-1].attempt == events.MAX_ATTEMPTS + 3
    assert made.letters() == []


def test_each_try_waits_longer_than_the_last(listen, monkeypatch):
    asked = []
    grow = events.delay_after

    def delay_after(attempt):
        asked.append(grow(attempt))
        return asked[-1]

    monkeypatch.setattr(events, "delay_after", delay_after)

    def fail_four_times(delivery):
        if delivery.attempt < 5:
            raise UnavailableError

    made = listen(fail_four_times)
    made.publish(ticket())
    eventually(lambda: made.settled(5))
    assert asked == [0.005, 0.01, 0.02, 0.04]


def test_a_malformed_payload_is_buried_unseen(listen, config, bus):
    made = listen()
    raw(made, config, bus, b"\x80\x04not json", **{"Nats-Msg-Id": "x:1"})
    (letter,) = eventually(made.letters)
    eventually(lambda: made.waiting() == 0)
    assert made.heard == []
    assert letter.subject == "ticket.created"
    assert letter.reason.startswith("HopelessError: not a TicketCreated")
    assert (letter.attempts, letter.body) == (1, b"\x80\x04not json")


def test_an_empty_message_is_buried(listen, config, bus):
    made = listen()
    raw(made, config, bus, b"")
    raw(made, config, bus, b"", Status="408")
    made.publish(ticket())
    eventually(lambda: made.numbers() == [1])
    eventually(lambda: made.waiting() == 0)
    assert len(made.letters()) == 2


def test_what_its_handler_calls_hopeless_is_buried_at_once(listen):
    def give_up(delivery):
        raise HopelessError("the amount is wrong\nby far")

    made = listen(give_up)
    made.publish(ticket())
    (letter,) = eventually(made.letters)
    assert letter.reason == "HopelessError: the amount is wrong by far"
    assert len(made.heard) == 1


def test_an_error_that_nobody_foresaw_is_buried_after_eight_tries(listen):
    def fail(delivery):
        raise KeyError("bug")

    made = listen(fail)
    made.publish(ticket())
    (letter,) = eventually(made.letters)
    assert (letter.attempts, letter.reason) == (8, "KeyError: 'bug'")
    assert [delivery.attempt for delivery in made.heard] == list(range(1, 9))


def test_poison_holds_up_nobody(listen, config, bus):
    def fail_on_odd(delivery):
        if int(delivery.payload.id, 16) % 2:
            raise KeyError("bug")

    made = listen(fail_on_odd)
    for number in range(1, 21):
        made.publish(ticket(number))
        raw(made, config, bus, b"poison %d" % number)
    eventually(lambda: {n for n in made.numbers() if not n % 2} == set(range(2, 21, 2)))
    eventually(lambda: len(made.letters()) == 30)
    eventually(lambda: made.waiting() == 0)


def test_more_messages_than_hands_are_all_heard(listen):
    made = listen(lambda _: eventlet.sleep(0))
    groups = [[ticket(number)] for number in range(300)]
    assert all(Publisher(made.connection, "tests").publish_groups(groups))
    eventually(lambda: sorted(made.numbers()) == list(range(300)))
    eventually(lambda: made.waiting() == 0)


def test_instances_of_one_service_share_its_events(listen):
    first, second = listen(), listen()
    groups = [[ticket(number)] for number in range(100)]
    Publisher(first.connection, "tests").publish_groups(groups)
    eventually(lambda: len(first.heard) + len(second.heard) == 100)
    eventually(lambda: first.waiting() == 0)
    assert sorted(first.numbers() + second.numbers()) == list(range(100))


def test_a_service_that_stops_hands_back_what_it_has_not_begun(listen):
    """Not after thirty seconds, when the server would take it back by itself."""
    gate = Flag()
    busy = listen(lambda _: gate.wait(), max_workers=1)
    for number in range(10):
        busy.publish(ticket(number))
    eventually(lambda: busy.heard)
    other = listen()
    stopping = eventlet.spawn(busy.container.stop)
    eventlet.sleep(0)
    gate.send(None)
    stopping.wait()
    eventually(lambda: sorted({*busy.numbers(), *other.numbers()}) == list(range(10)))
    eventually(lambda: other.waiting() == 0)


def test_what_runs_when_a_service_stops_is_finished_and_acknowledged(listen):
    gate = Flag()
    made = listen(lambda _: gate.wait())
    made.publish(ticket(1))
    eventually(lambda: made.heard)
    stopping = eventlet.spawn(made.container.stop)
    eventlet.sleep(0)
    gate.send(None)
    stopping.wait()
    later = listen()
    later.publish(ticket(2))
    eventually(later.settled)
    assert later.numbers() == [2]


def test_what_runs_when_a_service_is_killed_comes_again(listen, monkeypatch):
    monkeypatch.setattr(events, "ACK_WAIT", 0.5)
    gate = Flag()
    made = listen(lambda _: gate.wait())
    made.publish(ticket(1))
    eventually(lambda: made.heard)
    made.container.kill()
    later = listen()
    eventually(lambda: later.numbers() == [1])


def test_a_dead_letter_is_handled_again_and_is_then_gone(listen):
    broken = [True]

    def fail_while_broken(delivery):
        if broken:
            raise HopelessError("not now")

    made = listen(fail_while_broken)
    made.publish(ticket(7))
    (letter,) = eventually(made.letters)
    with pytest.raises(HopelessError, match="not now"):
        made.graveyard.replay(letter.id)
    assert made.letters() == [letter]
    broken.clear()
    made.graveyard.replay(letter.id)
    assert made.letters() == []
    assert made.numbers() == [7, 7, 7]


def test_dead_letters_are_shown_oldest_first_to_their_service_alone(listen, run):
    def give_up(delivery):
        raise HopelessError

    made = listen(give_up)
    for number in (3, 1, 2):
        made.publish(ticket(number))
        eventually(lambda: len(made.letters()) == len(made.heard) > 0)
    assert [letter.id for letter in made.letters()] == [1, 2, 3]

    class OtherService:
        name = "other"
        graveyard = DeadLetters()

    other = run(OtherService)
    (provider,) = other.dependencies
    assert provider.box.all() == []
    with pytest.raises(NotFoundError):
        provider.box.get(1)


def test_a_letter_that_is_not_there_is_not_found(listen):
    made = listen()
    with pytest.raises(NotFoundError, match="no dead letter 5"):
        made.graveyard.replay(5)


def test_a_message_that_is_buried_twice_is_one_letter(listen, monkeypatch):
    """Its end was not told in time: the message comes again and is buried again."""

    def give_up(delivery):
        raise HopelessError

    made = listen(give_up)
    bury, buried = events.bury, []

    async def bury_twice(*arguments):
        for _ in range(2):
            await bury(*arguments)
            buried.append(1)

    monkeypatch.setattr(events, "bury", bury_twice)
    made.publish(ticket())
    eventually(lambda: len(buried) == 2)
    assert len(made.letters()) == 1


def test_a_handler_is_part_of_the_trace_of_its_event(listen):
    from ticketing import tracing  # noqa: PLC0415 - of this test alone

    trace = tracing.new_traceparent()
    contexts = []
    made = listen()
    spawn = made.container.spawn_worker

    def spawn_worker(*args, context_data, **kwargs):
        contexts.append(context_data)
        return spawn(*args, context_data=context_data, **kwargs)

    made.container.spawn_worker = spawn_worker
    tracing.follow(trace)
    made.publish(ticket())
    eventually(lambda: made.heard)
    assert contexts[0][tracing.CONTEXT_KEY] == trace
