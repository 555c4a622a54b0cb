"""An order: every transition it makes and every one that it refuses."""

from dataclasses import replace
from datetime import timedelta

import pytest
from unit_doubles import BOB, HOLD, NOW, ORDER, TICKET

from orders import models
from orders.models import NotYetError, Order, Reason, RequestKey, Status, TooLateError
from ticketing.errors import BadRequestError, HopelessError, UnavailableError

PRICE = 1950
CREATED = Order(ORDER, BOB, Status.CREATED, NOW + HOLD, TICKET, "Row 3", PRICE)
COMPLETE = models.complete(CREATED, PRICE).state
GIVEN_UP = models.cancel(CREATED).state
EXPIRED = models.expire(CREATED, NOW + HOLD).state
FAILED = models.fail(CREATED).state
REFUNDED = models.refund(COMPLETE).state
ENDED = {"given up": GIVEN_UP, "expired": EXPIRED, "failed": FAILED}


def test_a_reservation_is_told_with_all_that_others_need():
    change = models.reserve(CREATED)
    assert change.state is CREATED
    assert change.event.subject == "order.created"
    assert change.event.data == {
        "id": ORDER,
        "version": 0,
        "status": "created",
        "userId": BOB,
        "expiresAt": "2026-01-31T12:15:00.000Z",
        "ticket": {"id": TICKET, "title": "Row 3", "price": 19.5},
    }


def test_an_order_is_shown_with_the_price_of_its_reservation():
    assert CREATED.json_dict() == {
        "id": ORDER,
        "userId": BOB,
        "status": "created",
        "expiresAt": "2026-01-31T12:15:00.000Z",
        "version": 0,
        "ticket": {"id": TICKET, "title": "Row 3", "price": 19.5},
    }


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
    event = models.cancel(CREATED).event
    assert (event.subject, event.id) == ("order.cancelled", f"{ORDER}:1")
    assert event.data == {
        "id": ORDER,
        "version": 1,
        "reason": "cancelled by the buyer",
        "ticket": {"id": TICKET},
    }


def test_a_payment_completes_an_order():
    change = models.complete(CREATED, PRICE)
    assert change.state.status is Status.COMPLETE
    assert change.state.holds
    assert change.event.data == {"id": ORDER, "version": 1, "ticket": {"id": TICKET}}
    assert change.event.subject == "order.completed"


def test_a_hold_does_not_end_before_its_time():
    for early in (NOW, NOW + HOLD - timedelta(milliseconds=1)):
        with pytest.raises(NotYetError):
            models.expire(CREATED, early)
    assert issubclass(NotYetError, UnavailableError)  # so it is asked again later


@pytest.mark.parametrize("order", [*ENDED.values(), REFUNDED], ids=[*ENDED, "refunded"])
def test_what_is_cancelled_is_not_cancelled_again(order):
    assert models.cancel(order) is None
    assert models.expire(order, NOW + 2 * HOLD) is None
    assert models.fail(order) is None


def test_what_is_complete_is_not_cancelled():
    with pytest.raises(BadRequestError, match="Cannot cancel a complete order"):
        models.cancel(COMPLETE)
    assert models.expire(COMPLETE, NOW + 2 * HOLD) is None
    assert models.fail(COMPLETE) is None
    assert models.complete(COMPLETE, PRICE) is None


@pytest.mark.parametrize("order", [EXPIRED, FAILED])
def test_a_payment_that_comes_late_takes_the_ticket_again(order):
    change = models.complete(order, PRICE)
    assert (change.state.status, change.state.reason) == (Status.COMPLETE, None)
    assert change.state.holds
    assert change.event.data["version"] == 2


@pytest.mark.parametrize("order", [GIVEN_UP, REFUNDED])
def test_an_order_that_was_given_up_or_refunded_stays_so(order):
    with pytest.raises(TooLateError):
        models.complete(order, PRICE)


@pytest.mark.parametrize("order", [CREATED, COMPLETE, EXPIRED, GIVEN_UP])
@pytest.mark.parametrize("amount", [PRICE - 1, PRICE + 1, 0, -PRICE])
def test_another_amount_completes_nothing(order, amount):
    with pytest.raises(HopelessError, match="cents were paid"):
        models.complete(order, amount)


def test_money_that_went_back_takes_the_ticket_with_it():
    change = models.refund(COMPLETE)
    assert (change.state.status, change.state.reason) == (
        Status.CANCELLED,
        Reason.REFUNDED,
    )
    assert change.event.data["reason"] == "refunded"


@pytest.mark.parametrize("order", [CREATED, EXPIRED, FAILED])
def test_a_refund_may_be_heard_of_before_its_payment(order):
    """The payment is then too late for good."""
    refunded = models.refund(order).state
    assert (refunded.status, refunded.reason) == (Status.CANCELLED, Reason.REFUNDED)
    with pytest.raises(TooLateError):
        models.complete(refunded, PRICE)


@pytest.mark.parametrize("order", [GIVEN_UP, REFUNDED])
def test_a_refund_takes_nothing_from_who_gave_up_or_was_refunded(order):
    assert models.refund(order) is None


def test_the_first_answer_can_be_given_again():
    keyed = replace(CREATED, request_key=RequestKey("k", "f"))
    later = models.cancel(keyed).state
    assert models.as_created(later) == keyed
    assert models.as_created(models.complete(keyed, PRICE).state) == keyed


def test_an_order_that_awaits_its_payment_can_still_end():
    waiting = replace(CREATED, status=Status.AWAITING_PAYMENT)
    assert waiting.holds
    assert models.cancel(waiting).state.status is Status.CANCELLED
    assert models.expire(waiting, NOW + HOLD).state.status is Status.CANCELLED
    assert models.complete(waiting, PRICE).state.status is Status.COMPLETE
