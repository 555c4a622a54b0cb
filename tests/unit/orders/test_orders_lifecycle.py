"""An order: every transition it makes and every one that it refuses."""

from dataclasses import replace
from datetime import timedelta

import pytest
from orders_samples import (
    BOTH,
    COMPLETE,
    CREATED,
    ENDED,
    EXPIRED,
    FAILED,
    GIVEN_UP,
    PRICE,
    REFUNDED,
    TWO,
    complete,
    refund,
)
from unit_doubles import BOB, HOLD, NOW, ORDER, TICKET

from orders import lifecycle
from orders.models import NotYetError, Reason, RequestKey, Status, TooLateError
from ticketing.errors import BadRequestError, HopelessError, UnavailableError


def test_a_reservation_is_told_with_all_that_others_need():
    change = lifecycle.reserve(CREATED)
    assert change.state is CREATED
    assert change.event.subject == "order.created"
    assert change.event.data == {
        "id": ORDER,
        "version": 0,
        "status": "created",
        "userId": BOB,
        "expiresAt": "2026-01-31T12:15:00.000Z",
        "ticket": {"id": TICKET, "title": "Row 3", "price": 19.5},
        "units": ["1"],
        "total": 19.5,
        "currency": "usd",
    }


def test_an_order_is_shown_with_the_price_of_its_reservation():
    assert CREATED.json_dict() == {
        "id": ORDER,
        "userId": BOB,
        "status": "created",
        "expiresAt": "2026-01-31T12:15:00.000Z",
        "version": 0,
        "ticket": {"id": TICKET, "title": "Row 3", "price": 19.5},
        "quantity": 1,
        "units": ["1"],
        "total": 19.5,
        "currency": "usd",
    }


def test_an_order_costs_what_its_units_cost_together():
    shown = TWO.json_dict()
    assert (shown["quantity"], shown["units"]) == (2, ["A-1", "A-2"])
    assert (shown["total"], shown["ticket"]["price"]) == (39, 19.5)


def test_an_order_is_told_in_its_own_currency():
    yen = replace(TWO, currency="jpy", price=1200)
    for told in (yen.json_dict(), lifecycle.reserve(yen).event.data):
        assert (told["ticket"]["price"], told["total"]) == (1200, 2400)
        assert told["currency"] == "jpy"


def test_the_words_of_a_status_are_those_of_the_contract():
    words = ["created", "awaiting:payment", "complete", "cancelled"]
    assert [status.value for status in Status] == words


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (GIVEN_UP, Reason.BUYER),
        (EXPIRED, Reason.EXPIRED),
        (FAILED, Reason.PAYMENT_FAILED),
    ],
)
def test_a_cancelled_order_says_why_and_holds_nothing(order, reason):
    assert (order.status, order.reason) == (Status.CANCELLED, reason)
    assert not order.holds
    assert order.version == 1


def test_a_cancellation_is_told_with_its_reason():
    event = lifecycle.cancel(CREATED).event
    assert (event.subject, event.id) == ("order.cancelled", f"{ORDER}:1")
    assert event.data == {
        "id": ORDER,
        "version": 1,
        "reason": "cancelled by the buyer",
        "ticket": {"id": TICKET},
        "units": [],
    }


def test_a_payment_completes_an_order():
    change = complete(CREATED)
    assert change.state.status is Status.COMPLETE
    assert change.state.holds
    told = {"id": ORDER, "version": 1, "ticket": {"id": TICKET}, "units": ["1"]}
    assert change.event.data == told
    assert change.event.subject == "order.completed"


def test_a_hold_does_not_end_before_its_time():
    for early in (NOW, NOW + HOLD - timedelta(milliseconds=1)):
        with pytest.raises(NotYetError):
            lifecycle.expire(CREATED, early)
    assert issubclass(NotYetError, UnavailableError)  # so it is asked again later


@pytest.mark.parametrize("order", [*ENDED.values(), REFUNDED], ids=[*ENDED, "refunded"])
def test_what_is_cancelled_is_not_cancelled_again(order):
    assert lifecycle.cancel(order) is None
    assert lifecycle.expire(order, NOW + 2 * HOLD) is None
    assert lifecycle.fail(order) is None


def test_what_is_complete_is_not_cancelled():
    with pytest.raises(BadRequestError, match="Cannot cancel a complete order"):
        lifecycle.cancel(COMPLETE)
    assert lifecycle.expire(COMPLETE, NOW + 2 * HOLD) is None
    assert lifecycle.fail(COMPLETE) is None
    assert complete(COMPLETE) is None


@pytest.mark.parametrize("order", [EXPIRED, FAILED])
def test_a_payment_that_comes_late_takes_the_ticket_again(order):
    change = complete(order)
    assert (change.state.status, change.state.reason) == (Status.COMPLETE, None)
    assert change.state.holds
    assert change.event.data["version"] == 2


@pytest.mark.parametrize("order", [GIVEN_UP, REFUNDED])
def test_an_order_that_was_given_up_or_refunded_stays_so(order):
    with pytest.raises(TooLateError):
        complete(order)


def test_a_payment_heard_again_after_all_of_it_went_back_part_by_part_is_too_late():
    """It was for all the units, not for those that were left in the end."""
    reduced = refund(complete(TWO, TWO.total).state, TWO.units[0]).state
    refunded = refund(reduced, TWO.units[1]).state
    assert (refunded.total, refunded.whole_total) == (TWO.total // 2, TWO.total)
    with pytest.raises(TooLateError):
        complete(refunded, TWO.total)


@pytest.mark.parametrize("order", [CREATED, TWO, EXPIRED, GIVEN_UP])
@pytest.mark.parametrize("amount", [PRICE - 1, PRICE + 1, 0, -PRICE])
def test_another_amount_completes_nothing(order, amount):
    words = f"^{amount} usd were paid for {order.total} usd$"
    with pytest.raises(HopelessError, match=words):
        complete(order, amount)
    with pytest.raises(HopelessError, match="eur were paid for"):
        complete(order, order.total, "eur")


def test_money_that_went_back_takes_the_ticket_with_it():
    change = refund(COMPLETE)
    assert (change.state.status, change.state.reason) == (
        Status.CANCELLED,
        Reason.REFUNDED,
    )
    assert change.event.data["reason"] == "refunded"


@pytest.mark.parametrize("order", [CREATED, EXPIRED, FAILED])
def test_a_refund_may_be_heard_of_before_its_payment(order):
    """The payment is then too late for good."""
    refunded = refund(order).state
    assert (refunded.status, refunded.reason) == (Status.CANCELLED, Reason.REFUNDED)
    with pytest.raises(TooLateError):
        complete(refunded)


def test_a_refund_is_heard_of_once_even_by_who_gave_the_order_up():
    assert refund(REFUNDED) is None
    change = refund(GIVEN_UP)
    assert change.state.reason == Reason.REFUNDED
    assert (change.event.data["reason"], change.event.data["units"]) == ("refunded", [])


def test_the_first_answer_can_be_given_again():
    keyed = replace(CREATED, request_key=RequestKey("k", "f"))
    later = lifecycle.cancel(keyed).state
    assert lifecycle.as_created(later) == keyed
    assert lifecycle.as_created(complete(keyed).state) == keyed


def test_the_first_answer_is_whole_when_a_part_was_refunded():
    assert lifecycle.as_created(refund(BOTH, "A-1").state) == TWO


def test_an_order_that_awaits_its_payment_can_still_end():
    waiting = replace(CREATED, status=Status.AWAITING_PAYMENT)
    assert waiting.holds
    assert lifecycle.cancel(waiting).state.status is Status.CANCELLED
    assert lifecycle.expire(waiting, NOW + HOLD).state.status is Status.CANCELLED
    assert complete(waiting).state.status is Status.COMPLETE


def test_every_unit_that_is_paid_for_has_a_pass():
    assert [(each.id, each.unit) for each in BOTH.passes] == [
        ("P1", "A-1"),
        ("P2", "A-2"),
    ]
    assert CREATED.passes == ()


def test_an_order_for_a_cancelled_listing_ends_for_good():
    ended = lifecycle.withdraw(CREATED).state
    assert (ended.status, ended.reason) == (
        Status.CANCELLED,
        Reason.LISTING_CANCELLED,
    )
    with pytest.raises(TooLateError):
        complete(ended)
    for order in (COMPLETE, EXPIRED):
        assert lifecycle.withdraw(order) is None
