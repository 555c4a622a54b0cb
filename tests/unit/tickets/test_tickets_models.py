"""A listing: offered, edited, cancelled, and what orders hold of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit_doubles import ANN, BOB, NOW, ORDER, OTHER_ORDER, TICKET

from ticketing.contract import Occasion
from ticketing.errors import BadRequestError, NotOwnerError
from ticketing.layout import Layout
from tickets import models
from tickets.models import REMEMBERED, Offer, Share

ROW = Offer("Row 3", 1950)
FREE = models.create(TICKET, ANN, ROW).state
HELD = models.follow(FREE, {ORDER: Share(0, 1)}, {}).state
MANY = models.create(TICKET, ANN, replace(ROW, layout=Layout.of_quantity(10))).state

COURSE = {"id": TICKET, "version": 0, "title": "Row 3", "price": 19.5, "userId": ANN}
USD = {"currency": "usd"}


def follow(ticket, heard, older=None):
    change = models.follow(ticket, heard, older or {})
    return change.state if change else ticket


def test_a_new_ticket_is_told_with_all_it_has():
    event = models.create(TICKET, ANN, ROW).event
    assert (event.subject, event.id) == ("ticket.created", f"{TICKET}:0")
    more = {"layout": "1", "seated": False, "maxPerOrder": 10}
    assert event.data == COURSE | USD | more


def test_a_ticket_of_its_own_is_shown_as_ever_and_with_its_one_unit():
    counts = {"quantity": 1, "available": 1, "held": 0, "sold": 0}
    more = {"seated": False, "maxPerOrder": 10}
    assert FREE.json_dict() == COURSE | USD | counts | more
    assert HELD.json_dict()["orderId"] == ORDER
    assert (HELD.available, HELD.held) == (0, 1)


def test_a_listing_is_shown_with_its_event_and_its_sale():
    event = Occasion(name="Gala", starts_at="2026-06-01T18:00:00.000Z")
    offer = replace(ROW, layout=Layout("A-1~40"), seated=True, on_sale_at=NOW)
    shown = models.create(TICKET, ANN, replace(offer, event=event)).state.told()
    assert (shown["layout"], shown["quantity"], shown["seated"]) == ("A-1~40", 40, True)
    assert shown["onSaleAt"] == "2026-01-31T12:00:00.000Z"
    assert shown["event"] == {
        "name": "Gala",
        "venue": "",
        "startsAt": "2026-06-01T18:00:00.000Z",
        "timezone": "UTC",
        "description": "",
    }


def test_a_ticket_is_told_in_its_currency():
    change = models.create(TICKET, ANN, replace(ROW, currency="jpy"))
    for told in (change.event.data, change.state.json_dict(), change.state.told()):
        assert (told["price"], told["currency"]) == (1950, "jpy")


def test_its_seller_edits_a_free_ticket():
    change = models.edit(FREE, ANN, Offer("Row 4", 2000))
    assert change.state.offer.title == "Row 4"
    assert change.event.subject == "ticket.updated"
    assert (change.event.data["price"], change.event.data["available"]) == (20, 1)
    assert "orderId" not in change.event.data


def test_nobody_edits_a_reserved_ticket():
    for user_id in (ANN, BOB):
        with pytest.raises(BadRequestError, match="Cannot edit a reserved ticket"):
            models.edit(HELD, user_id, ROW)


def test_nobody_else_edits_or_cancels_a_ticket():
    with pytest.raises(NotOwnerError):
        models.edit(FREE, BOB, ROW)
    with pytest.raises(NotOwnerError):
        models.cancel(FREE, BOB)


def test_a_listing_of_many_is_edited_while_some_are_held():
    held = follow(MANY, {ORDER: Share(0, 4)})
    assert models.edit(held, ANN, Offer("Row 4", 5)).state.held == 4


def test_a_cancelled_listing_has_nothing_and_stays_so():
    change = models.cancel(MANY, ANN)
    assert (change.state.available, change.event.data["cancelled"]) == (0, True)
    assert models.cancel(change.state, ANN) is None
    with pytest.raises(BadRequestError, match="was cancelled"):
        models.edit(change.state, ANN, ROW)


def test_units_are_counted_as_held_sold_and_free():
    ticket = follow(MANY, {ORDER: Share(0, 4), OTHER_ORDER: Share(0, 3)})
    assert (ticket.available, ticket.held, ticket.sold) == (3, 7, 0)
    ticket = follow(ticket, {ORDER: Share(1, 4, paid=True)})
    assert (ticket.available, ticket.held, ticket.sold) == (3, 3, 4)
    ticket = follow(ticket, {ORDER: Share(2, 1, paid=True), OTHER_ORDER: Share(1)})
    assert (ticket.available, ticket.held, ticket.sold) == (9, 0, 1)


def test_several_events_are_one_change_and_no_news_is_none():
    change = models.follow(MANY, {ORDER: Share(0, 4), OTHER_ORDER: Share(0, 3)}, {})
    assert change.state.version == 1
    assert models.follow(change.state, {ORDER: Share(0, 4)}, {}) is None


def test_a_new_holder_may_be_heard_of_before_the_end_of_the_old_one():
    both = follow(HELD, {OTHER_ORDER: Share(0, 1)})
    assert (both.order_id, both.available) == (OTHER_ORDER, 0)
    rest = follow(both, {ORDER: Share(1)})
    assert (rest.order_id, rest.held) == (OTHER_ORDER, 1)


def test_too_many_shares_leave_the_listing_and_count_once_all_the_same():
    ids = [f"{1000 + number:024x}" for number in range(REMEMBERED + 1)]
    full = replace(MANY, offer=replace(ROW, layout=Layout.of_quantity(1000)))
    full = follow(full, {order_id: Share(0, 1) for order_id in ids})
    leaving = models.overflow(full)
    assert list(leaving) == ids[: len(leaving)]
    assert len(full.recent) - len(leaving) == REMEMBERED // 2
    lighter = follow(full, {ORDER: Share(0, 1)})
    assert lighter.has_older
    assert not lighter.recent.keys() & leaving.keys()
    assert lighter.held == REMEMBERED + 2
    first = {ids[0]: leaving[ids[0]]}
    assert models.follow(lighter, {ids[0]: Share(0, 1)}, first) is None
    freed = follow(lighter, {ids[0]: Share(1)}, first)
    assert freed.held == REMEMBERED + 1


LIVES = [
    [Share(0, 2), Share(1)],
    [Share(0, 2), Share(1, 2, paid=True), Share(2, 1, paid=True)],
    [Share(0, 2), Share(1), Share(2, 2, paid=True)],
    [Share(0, 2), Share(1, 2, paid=True), Share(2)],
]


@given(st.lists(st.sampled_from(LIVES), max_size=6), st.data())
def test_whatever_is_heard_in_whatever_order_the_newest_of_each_counts(lives, data):
    """Shuffled, doubled, in batches of any size, some shares forgotten on the way."""
    heard = [(f"{n:024x}", share) for n, life in enumerate(lives) for share in life]
    ticket, older = MANY, {}
    for order_id, share in data.draw(st.permutations(heard * 2)):
        ticket = follow(ticket, {order_id: share}, older)
        if data.draw(st.booleans()) and ticket.recent:
            older |= ticket.recent
            ticket = replace(ticket, recent={})
    last = [life[-1] for life in lives]
    assert ticket.held == sum(share.held for share in last)
    assert ticket.sold == sum(share.sold for share in last)
