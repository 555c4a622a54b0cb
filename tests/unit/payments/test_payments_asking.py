"""Calls whose answers were lost, and keys that Stripe may have forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest
from unit_doubles import BOB, ORDER

from payments import asking
from payments.asking import KEY_KEPT, NOT_MADE, SEARCHABLE_AFTER
from payments.intents import TroubleError
from payments.models import Status
from ticketing.errors import BadRequestError, UnavailableError

MOMENT = timedelta(milliseconds=1)
UNITS = ["1", "2", "3"]


@pytest.fixture
def shop(cash):
    cash.orders.orders[ORDER] = cash.order_of(units=UNITS, status="complete")
    return cash


def payment(cash):
    return cash.payments.find_by_order(ORDER)


def lost(cash, call):
    cash.gateway.away = True
    with pytest.raises(UnavailableError):
        call()
    cash.gateway.away = False


def forget(cash, after=KEY_KEPT):
    """Stripe has forgotten its keys, which may be after so long."""
    cash.clock.now += after + MOMENT
    cash.gateway._answers.clear()


def pay(cash, token="tok_visa"):
    return cash.rpc.pay(ORDER, BOB, token)


def test_a_charge_whose_key_is_forgotten_is_looked_for_not_made_again(shop):
    lost(shop, lambda: pay(shop))
    forget(shop)
    shop.rpc.resume()
    assert payment(shop).status is Status.PAID
    assert len(shop.gateway.intents_by_id) == 1


def test_a_confirmation_whose_key_is_forgotten_is_looked_for(shop):
    shop.rpc._open(ORDER, BOB)
    lost(shop, lambda: pay(shop))
    forget(shop)
    shop.gateway.confirm = None
    shop.rpc.resume()
    assert payment(shop).status is Status.PAID


@pytest.mark.parametrize("opened", [True, False])
def test_what_made_nothing_a_day_ago_may_be_tried_again(shop, opened, monkeypatch):
    if opened:
        shop.rpc._open(ORDER, BOB)
    with monkeypatch.context() as patched:
        for name in ("charge", "confirm"):
            patched.setattr(shop.gateway, name, _never)
        with pytest.raises(UnavailableError):
            pay(shop)
    forget(shop)
    shop.rpc.resume()
    assert payment(shop).status is Status.DECLINED
    assert payment(shop).attempts[0].message == NOT_MADE
    assert not payment(shop).attempts[0].counts
    assert pay(shop, "tok_mastercard")["status"] == "paid"


def _never(*_):
    raise UnavailableError


def test_a_key_that_stripe_has_trouble_with_is_looked_behind(shop, monkeypatch):
    """It answers the same trouble to the key from then on."""
    charge = shop.gateway.charge

    def trouble(*asked):
        charge(*asked)
        raise TroubleError

    monkeypatch.setattr(shop.gateway, "charge", trouble)
    with pytest.raises(UnavailableError):
        pay(shop)
    shop.clock.now += SEARCHABLE_AFTER
    shop.rpc.resume()
    assert payment(shop).status is Status.PENDING  # its search may not know it yet
    shop.clock.now += MOMENT
    shop.rpc.resume()
    assert payment(shop).status is Status.PAID


def test_a_payment_has_one_intent_that_every_attempt_confirms(shop):
    for token in ("tok_chargeDeclined", "tok_no"):
        with pytest.raises(BadRequestError):
            pay(shop, token)
    shop.rpc._open(ORDER, BOB)
    assert pay(shop, "tok_threeDSecure2Required")["status"] == "action"
    assert pay(shop)["status"] == "paid"
    assert list(shop.gateway.intents_by_id) == [payment(shop).stripe_id]


def test_what_two_processes_ask_for_at_once_is_asked_once(shop, monkeypatch):
    """Each of the calls is made twice, with the same key."""
    for name in ("open", "charge", "confirm", "refund"):
        method = getattr(shop.gateway, name)
        monkeypatch.setattr(shop.gateway, name, _twice(method))
    shop.rpc._open(ORDER, BOB)
    with pytest.raises(BadRequestError):
        pay(shop, "tok_chargeDeclined")
    pay(shop)
    shop.rpc.refund(ORDER, "why", ["1"])
    shop.rpc.refund(ORDER, "why", ["2"])
    assert len(payment(shop).attempts) == 2
    assert list(shop.gateway.kept.values()) == [1950]


def _twice(method):
    def call(*asked):
        method(*asked)
        return method(*asked)

    return call


@pytest.fixture
def refunding(shop):
    """Two of three refunds were lost on their way back, the third on its way there."""
    pay(shop)
    for unit in ("1", "2"):
        lost(shop, lambda unit=unit: shop.rpc.refund(ORDER, "why", [unit]))
    refund, shop.gateway.refund = shop.gateway.refund, _never
    with pytest.raises(UnavailableError):
        shop.rpc.refund(ORDER, "why", ["3"])
    shop.gateway.refund = refund
    return shop


def test_refunds_whose_keys_are_forgotten_are_looked_for(refunding):
    forget(refunding)
    refunding.rpc.resume()
    assert payment(refunding).status is Status.REFUNDED
    assert list(refunding.gateway.kept.values()) == [0]
    returned = refunding.gateway.refunds(payment(refunding).stripe_id)
    assert [each.number for each in returned] == [1, 2, 3]


def test_a_refund_that_is_begun_later_makes_the_others_no_younger(shop):
    pay(shop)
    lost(shop, lambda: shop.rpc.refund(ORDER, "why", ["1"]))
    forget(shop)
    shop.rpc.refund(ORDER, "why", ["2"])
    assert list(shop.gateway.kept.values()) == [1950]


def test_a_refund_that_failed_at_the_bank_was_not_made(refunding, monkeypatch):
    refunds = refunding.gateway.refunds

    def failed(intent_id):
        return [replace(each, failed=True) for each in refunds(intent_id)]

    forget(refunding)
    monkeypatch.setattr(refunding.gateway, "refunds", failed)
    assert asking._made_before(refunding.rpc._till, payment(refunding)) == set()


def test_what_the_page_needs_is_told_again_and_again(cash):
    told = [cash.rpc._open(ORDER, BOB).told_buyer() for _ in range(2)]
    assert told[0] == told[1]
    assert told[0]["clientSecret"] == "pi_1_secret"
    assert len(cash.gateway.intents_by_id) == 1


def test_a_card_is_tried_with_the_intent_whose_opening_was_lost(cash):
    lost(cash, lambda: cash.rpc._open(ORDER, BOB))
    assert pay(cash)["status"] == "paid"
    assert len(cash.gateway.intents_by_id) == 1


def test_an_intent_whose_opening_was_lost_is_opened_with_the_same_key(cash):
    lost(cash, lambda: cash.rpc._open(ORDER, BOB))
    assert cash.rpc._open(ORDER, BOB).stripe_id == "pi_1"
    assert len(cash.gateway.intents_by_id) == 1
