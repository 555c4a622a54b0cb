"""An order is what its events make of it, but for its passes' ids."""

from dataclasses import replace
from datetime import timedelta

import pytest
from unit_doubles import BOB, NOW, ORDER, TICKET

from orders import lifecycle
from orders.models import Order, Status
from orders.passes.codes import new_pass_id
from orders.replay import EVENTS, replay
from ticketing.messages import body_of, parse

SHAPES = {shape.subject: shape for shape in EVENTS}
UNITS = ("A-1", "A-2", "A-3")


def new():
    return Order(
        id=ORDER,
        user_id=BOB,
        status=Status.CREATED,
        expires_at=NOW,
        ticket_id=TICKET,
        title="Row 3",
        price=1950,
        units=UNITS,
        currency="eur",
    )


def paid(order):
    return lifecycle.complete(order, order.total, order.currency, new_pass_id)


STORIES = {
    "nothing": [],
    "extended": [lambda o: lifecycle.extend(o, NOW + timedelta(minutes=5))],
    "given up": [lifecycle.cancel],
    "expired": [lambda o: lifecycle.expire(o, NOW)],
    "complete": [paid],
    "paid late": [lambda o: lifecycle.expire(o, NOW), paid],
    "reduced": [paid, lambda o: lifecycle.refund(o, ["A-2"])],
    "twice": [
        paid,
        lambda o: lifecycle.refund(o, ["A-3"]),
        lambda o: lifecycle.refund(o, ["A-1"]),
    ],
    "refunded": [paid, lambda o: lifecycle.refund(o, UNITS)],
    "called off": [lifecycle.withdraw],
}


def lived(story):
    """The states of an order and the events that told of them, as they travel."""
    changes = [lifecycle.reserve(new())]
    for decide in STORIES[story]:
        changes.append(decide(changes[-1].state))
    events = [parse(SHAPES[c.event.subject], body_of(c.event)) for c in changes]
    return [change.state for change in changes], events


def told(order):
    return replace(order, passes=())


def replayed(order, events):
    for event in events:
        order = replay(order, event, new_pass_id)
    return order


@pytest.mark.parametrize("story", STORIES)
def test_the_events_tell_the_whole_order(story):
    states, events = lived(story)
    after = replayed(None, events)
    assert told(after) == told(states[-1])
    assert after.told() == states[-1].told()
    assert len(after.passes) == len(states[-1].passes)


@pytest.mark.parametrize("story", STORIES)
def test_they_go_on_from_any_state_and_tell_nothing_twice(story):
    states, events = lived(story)
    for state in states:
        once = replayed(state, events)
        assert told(once) == told(states[-1])
        assert replayed(once, events) == once


def test_the_later_part_of_a_story_alone_makes_no_order():
    _, (_, completed) = lived("complete")
    assert replay(None, completed, new_pass_id) is None
