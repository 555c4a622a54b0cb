"""A ticket: offered, edited, held and let go; every change is told once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit_doubles import ANN, BOB, ORDER, OTHER_ORDER, TICKET

from ticketing.errors import BadRequestError, NotOwnerError
from tickets import models

FREE = models.create(TICKET, ANN, "Row 3", 1950).state
HELD = models.reserve(FREE, ORDER).state


def test_a_new_ticket_is_told_with_all_it_has():
    event = models.create(TICKET, ANN, "Row 3", 1950).event
    assert (event.subject, event.id) == ("ticket.created", f"{TICKET}:0")
    assert event.data == {
        "id": TICKET,
        "version": 0,
        "title": "Row 3",
        "price": 19.5,
        "userId": ANN,
    }


def test_a_ticket_is_shown_in_dollars():
    assert FREE.json_dict() == {
        "id": TICKET,
        "title": "Row 3",
        "price": 19.5,
        "userId": ANN,
        "version": 0,
    }
    assert HELD.json_dict()["orderId"] == ORDER


def test_its_seller_edits_a_free_ticket():
    change = models.edit(FREE, ANN, "Row 4", 2000)
    assert (change.state.title, change.state.price) == ("Row 4", 2000)
    assert change.event.data["price"] == 20
    assert "orderId" not in change.event.data


def test_nobody_edits_a_reserved_ticket():
    for user_id in (ANN, BOB):
        with pytest.raises(BadRequestError, match="Cannot edit a reserved ticket"):
            models.edit(HELD, user_id, "Row 4", 2000)


def test_nobody_else_edits_a_ticket():
    with pytest.raises(NotOwnerError):
        models.edit(FREE, BOB, "Row 4", 2000)


def test_an_order_holds_a_ticket_once():
    change = models.reserve(FREE, ORDER)
    assert change.state.holders == (ORDER,)
    assert change.event.data["orderId"] == ORDER
    assert models.reserve(HELD, ORDER) is None


def test_an_order_lets_go_of_a_ticket_once():
    change = models.release(HELD, ORDER)
    assert change.state.holders == ()
    assert "orderId" not in change.event.data
    assert models.release(FREE, ORDER) is None


def test_the_end_of_another_order_frees_nothing():
    assert models.release(HELD, OTHER_ORDER) is None


def test_a_new_holder_may_be_heard_of_before_the_end_of_the_old_one():
    both = models.reserve(HELD, OTHER_ORDER).state
    assert both.order_id == OTHER_ORDER
    assert models.release(both, ORDER).state.holders == (OTHER_ORDER,)


STEPS = st.tuples(
    st.sampled_from([models.reserve, models.release]),
    st.sampled_from([ORDER, OTHER_ORDER]),
)


@given(st.lists(STEPS, max_size=20))
def test_versions_and_events_count_up_together(steps):
    ticket, told = FREE, []
    for step, order_id in steps:
        if change := step(ticket, order_id):
            assert change.state.version == ticket.version + 1
            told.append(change.event.data["version"])
            ticket = change.state
    assert told == list(range(1, ticket.version + 1))
    assert len(set(ticket.holders)) == len(ticket.holders)


@given(st.permutations([models.reserve] * 3 + [models.release] * 2))
def test_who_holds_is_told_by_the_last_word_of_each_order(steps):
    ticket = FREE
    for step in steps:
        change = step(ticket, ORDER)
        ticket = change.state if change else ticket
    assert (ticket.order_id == ORDER) == (steps[-1] is models.reserve)
