"""Dead letters: what no retry can help is kept, seen, and handled again on demand."""

from datetime import timedelta

import pytest
from contract_tools import eventually

from ticketing import events
from ticketing.clock import utc_now
from ticketing.dead_letters import DeadLetters
from ticketing.errors import HopelessError, NotFoundError


def give_up(delivery):
    raise HopelessError("the amount is wrong\nby far")


def fail(delivery):
    raise KeyError("bug")


def test_a_malformed_payload_is_buried_unseen(listen):
    made = listen()
    made.publish_raw(b"\x80\x04not json", **{"Nats-Msg-Id": "x:1"})
    (letter,) = eventually(made.letters)
    eventually(lambda: made.waiting() == 0)
    assert made.heard == []
    assert letter.subject == "ticket.created"
    assert letter.reason.startswith("HopelessError: not a TicketCreated")
    assert (letter.attempts, letter.body) == (1, b"\x80\x04not json")


def test_an_empty_message_is_buried(listen):
    """Even one that is dressed up as a word of the server's own."""
    made = listen()
    made.publish_raw(b"")
    made.publish_raw(b"", Status="408")
    made.publish_raw(b"", Status="409", Description="Consumer Deleted")
    made.publish(1)
    eventually(lambda: len(made.letters()) == 3)
    eventually(made.is_settled)


def test_what_its_handler_calls_hopeless_is_buried_at_once(listen):
    made = listen(give_up)
    made.publish(1)
    (letter,) = eventually(made.letters)
    assert letter.reason == "HopelessError: the amount is wrong by far"
    assert made.attempts == [1]


def test_an_error_that_nobody_foresaw_is_buried_after_eight_tries(listen):
    made = listen(fail)
    made.publish(1)
    (letter,) = eventually(made.letters)
    assert (letter.attempts, letter.reason) == (8, "KeyError: 'bug'")
    assert made.attempts == list(range(1, 9))


def test_poison_holds_up_nobody(listen):
    def fail_on_odd(delivery):
        if int(delivery.payload.id, 16) % 2:
            raise KeyError("bug")

    made = listen(fail_on_odd)
    for number in range(10):
        made.publish_raw(b"poison %d" % number)
    made.publish(*range(20))
    eventually(lambda: set(range(0, 20, 2)) <= set(made.numbers))
    eventually(lambda: len(made.letters()) == 20)
    eventually(made.is_settled)


def test_a_dead_letter_is_handled_again_and_is_then_gone(listen):
    broken = [True]

    def fail_while_broken(delivery):
        if broken:
            raise HopelessError("not now")

    made = listen(fail_while_broken)
    made.publish(7)
    (letter,) = eventually(made.letters)
    with pytest.raises(HopelessError, match="not now"):
        made.graveyard.replay(letter.id)
    assert made.letters() == [letter]
    broken.clear()
    made.graveyard.replay(letter.id)
    assert made.letters() == []
    assert made.numbers == [7, 7, 7]
    with pytest.raises(NotFoundError):
        made.graveyard.replay(letter.id)


def test_a_letter_that_is_malformed_stays_however_often_it_is_tried(listen):
    made = listen()
    made.publish_raw(b"{")
    (letter,) = eventually(made.letters)
    with pytest.raises(HopelessError):
        made.graveyard.replay(letter.id)
    assert made.letters() == [letter]


def test_letters_are_shown_oldest_first(listen):
    made = listen(give_up)
    for number in (3, 1, 2):
        made.publish(number)
        eventually(lambda: len(made.letters()) == len(made.heard) > 0)
    assert [letter.id for letter in made.letters()] == [1, 2, 3]
    assert made.numbers == [3, 1, 2]
    made.graveyard.box.remove(2)
    assert [letter.id for letter in made.letters()] == [1, 3]
    with pytest.raises(NotFoundError):
        made.graveyard.box.get(2)


def test_a_service_sees_its_own_letters_alone(listen, run):
    class OtherService:
        name = "other"
        graveyard = DeadLetters()

    made = listen(give_up)
    made.publish(1)
    (letter,) = eventually(made.letters)
    (other,) = run(OtherService).dependencies
    assert other.box.all() == []
    with pytest.raises(NotFoundError, match=f"no dead letter {letter.id}"):
        other.replay(letter.id)


def test_a_message_that_is_buried_twice_is_one_letter(listen, monkeypatch):
    """Its end was not told in time: the message comes again and is buried again."""
    bury, buried = events.bury, []

    async def bury_twice(*arguments):
        for _ in range(2):
            await bury(*arguments)
            buried.append(1)

    monkeypatch.setattr(events, "bury", bury_twice)
    made = listen(give_up)
    made.publish(1)
    eventually(lambda: len(buried) == 2)
    assert len(made.letters()) == 1


def test_letters_come_page_by_page_with_the_time_they_were_put_aside(listen):
    made = listen(give_up)
    made.publish(*range(5))
    eventually(lambda: len(made.letters()) == 5)
    box = made.graveyard.box
    pages = [box.page(), box.page(limit=2), box.page(after=2, limit=2), box.page(5)]
    assert [[each.id for each in page] for page in pages] == [
        [1, 2, 3, 4, 5],
        [1, 2],
        [3, 4],
        [],
    ]
    times = [letter.buried for letter in made.letters()]
    assert times == sorted(times)
    assert utc_now() - times[0] < timedelta(minutes=1)


def test_one_that_is_discarded_is_gone_and_its_neighbours_stay(listen):
    made = listen(give_up)
    made.publish(*range(3))
    eventually(lambda: len(made.letters()) == 3)
    made.graveyard.box.discard(2)
    assert [letter.id for letter in made.letters()] == [1, 3]
    with pytest.raises(NotFoundError):
        made.graveyard.box.discard(2)
