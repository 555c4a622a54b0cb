"""The payments service as other services and its own timer call it."""

from datetime import timedelta

import pytest
from unit_doubles import BOB, EVE, NO_IDS, NOWHERE, ORDER, OTHER_ORDER

from payments.asking import ABANDONED_AFTER
from payments.models import Status
from ticketing.errors import (
    BadRequestError,
    InvalidInputError,
    NotFoundError,
    NotOwnerError,
    UnavailableError,
)


@pytest.fixture
def paid(cash):
    return cash.rpc.pay(ORDER, BOB, "tok_visa")["id"]


def payment(cash, order_id=ORDER):
    return cash.payments.find_by_order(order_id)


def test_an_order_is_paid_by_its_buyer_alone(cash):
    with pytest.raises(NotOwnerError):
        cash.rpc.pay(ORDER, EVE, "tok_visa")
    assert cash.rpc.pay(ORDER, BOB, "tok_visa") == {
        "id": payment(cash).id,
        "status": "paid",
        "clientSecret": "pi_1_secret",
        "redirectUrl": None,
    }


def test_inputs_are_checked_as_over_http(cash):
    with pytest.raises(InvalidInputError) as refused:
        cash.rpc.pay(None, BOB, "")
    assert {error["field"] for error in refused.value.errors} == {"orderId", "token"}


def test_a_decline_is_raised_with_its_words(cash):
    with pytest.raises(BadRequestError, match="Your card was declined"):
        cash.rpc.pay(ORDER, BOB, "tok_chargeDeclined")


def test_a_payment_is_shown_by_its_order(cash, paid):
    shown = cash.rpc.get_payment(ORDER)
    assert (shown["id"], shown["status"], shown["amount"]) == (paid, "paid", 1950)


@pytest.mark.parametrize("order_id", [NOWHERE, *NO_IDS])
def test_a_payment_that_is_not_there_is_not_found(cash, order_id):
    with pytest.raises(NotFoundError):
        cash.rpc.get_payment(order_id)


@pytest.fixture
def lost(cash):
    """A charge whose reply was lost."""
    cash.gateway.away = True
    with pytest.raises(UnavailableError):
        cash.rpc.pay(ORDER, BOB, "tok_visa")
    cash.gateway.away = False


def test_a_charge_whose_reply_was_lost_is_finished_by_the_timer(cash, lost):
    cash.clock.now += ABANDONED_AFTER + timedelta(milliseconds=1)
    cash.rpc.resume()
    assert payment(cash).status is Status.PAID
    assert len(cash.gateway.intents_by_id) == 1


def test_a_charge_that_somebody_still_waits_for_is_left_alone(cash, lost):
    cash.clock.now += ABANDONED_AFTER
    cash.rpc.resume()
    assert payment(cash).status is Status.PENDING


def test_one_charge_that_cannot_be_finished_does_not_hold_up_the_others(cash, lost):
    cash.orders.orders[OTHER_ORDER] = cash.order_of(OTHER_ORDER)
    cash.gateway.away = True
    with pytest.raises(UnavailableError):
        cash.rpc.pay(OTHER_ORDER, BOB, "tok_visa")
    cash.gateway.away = False
    stuck, charge = ORDER, cash.gateway.charge

    def sometimes(wanted, *arguments):
        if wanted.order_id == stuck:
            raise UnavailableError
        return charge(wanted, *arguments)

    cash.gateway.charge = sometimes
    cash.clock.advance(minutes=1)
    cash.rpc.resume()
    assert payment(cash, ORDER).status is Status.PENDING
    assert payment(cash, OTHER_ORDER).status is Status.PAID
    stuck = None
    cash.rpc.resume()
    assert payment(cash, ORDER).status is Status.PAID
