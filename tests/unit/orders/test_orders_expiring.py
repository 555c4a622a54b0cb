"""The end of a hold asks the payment first, which may know better."""

from datetime import timedelta

import pytest
from unit_doubles import BOB, EVE, HOLD, ORDER
from unit_neighbours import PaymentsDouble

from orders.models import NotYetError, Status
from ticketing.contract import ExpirationComplete
from ticketing.errors import HopelessError, NotFoundError, UnavailableError
from ticketing.messages import Delivery

GRACE = timedelta(seconds=300)
MOMENT = timedelta(milliseconds=1)


@pytest.fixture
def order(desk):
    """An order whose hold ends now."""
    made = desk.rpc.create_order(BOB, desk.ticket)["id"]
    desk.clock.now += HOLD
    return made


def end(desk, order_id):
    event = Delivery(ExpirationComplete(order_id=order_id), "")
    desk.rpc.on_expiration_complete(event)
    return desk.orders.get(order_id)


def pays(desk, order_id, status, amount=1950, currency="usd"):
    """What the payment is when it is asked to close."""
    told = {"status": status, "amount": amount, "currency": currency}
    desk.payments.payments[order_id] = told


def told(desk):
    return [event.subject for event in desk.orders.events]


@pytest.mark.parametrize("status", [None, "cancelled"])
def test_what_nobody_paid_for_expires(desk, order, status):
    if status:
        pays(desk, order, status)
    ended = end(desk, order)
    assert (ended.status, ended.reason) == (Status.CANCELLED, "expired")
    assert desk.payments.closed == [order]
    assert desk.rpc.create_order(EVE, desk.ticket)["status"] == "created"


@pytest.mark.parametrize("status", ["paid", "refunding", "refunded"])
def test_what_was_paid_for_in_time_is_delivered(desk, order, status):
    """What went back meanwhile has an event of its own, which ends the order."""
    pays(desk, order, status)
    assert end(desk, order).status is Status.COMPLETE
    assert told(desk) == ["order.created", "order.completed"]
    assert desk.payments.refunded == []


def test_what_was_paid_for_with_a_wrong_amount_is_for_people(desk, order):
    pays(desk, order, "paid", 1949)
    with pytest.raises(HopelessError):
        end(desk, order)
    assert desk.orders.get(order).status is Status.CREATED


def test_what_was_paid_for_in_another_currency_is_for_people(desk, order):
    pays(desk, order, "paid", currency="eur")
    with pytest.raises(HopelessError):
        end(desk, order)


def test_what_the_bank_thinks_about_is_held_longer_once(desk, order):
    pays(desk, order, "processing")
    held = end(desk, order)
    assert (held.status, held.extended) == (Status.CREATED, True)
    assert held.expires_at == desk.clock.now + GRACE
    assert told(desk) == ["order.created", "order.extended"]
    desk.clock.now += GRACE
    ended = end(desk, order)
    assert (ended.status, ended.reason) == (Status.CANCELLED, "expired")


def test_the_first_announcement_again_does_not_end_a_longer_hold(desk, order):
    pays(desk, order, "processing")
    end(desk, order)
    for waited in (timedelta(0), GRACE - MOMENT):
        desk.clock.now += waited
        with pytest.raises(NotYetError):
            end(desk, order)
        assert desk.orders.get(order).version == 1
    assert desk.payments.closed == [order]


def test_what_the_bank_takes_while_it_is_held_longer_is_delivered(desk, order):
    pays(desk, order, "processing")
    end(desk, order)
    pays(desk, order, "paid")
    desk.clock.now += GRACE
    assert end(desk, order).status is Status.COMPLETE


def test_while_nobody_knows_a_hold_waits_but_not_for_ever(desk, order):
    desk.payments.away = True
    for waited in (timedelta(0), GRACE - MOMENT):
        desk.clock.now = desk.orders.get(order).expires_at + waited
        with pytest.raises(UnavailableError):
            end(desk, order)
        assert desk.orders.get(order).status is Status.CREATED
    desk.clock.now += MOMENT
    assert end(desk, order).reason == "expired"


def test_who_is_asked_too_early_is_asked_again(desk, order):
    desk.clock.now -= MOMENT
    with pytest.raises(NotYetError):
        end(desk, order)
    assert desk.payments.closed == []


def test_what_is_over_is_left_alone_and_not_asked_about(desk, order):
    desk.complete(order)
    assert end(desk, order).status is Status.COMPLETE
    assert desk.payments.closed == []


def test_an_order_that_is_not_there_is_not_found(desk):
    with pytest.raises(NotFoundError):
        end(desk, ORDER)


def test_an_order_that_is_paid_while_its_payment_is_asked_stays_so(desk, order):
    """Its event comes before the answer, which was about an earlier moment."""

    class Slow(PaymentsDouble):
        def close(self, order_id):
            desk.complete(order_id)

    desk.rpc.payments_rpc = Slow()
    assert end(desk, order).status is Status.COMPLETE
