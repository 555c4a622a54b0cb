"""Payments: one for an order, and one request for a key.

Kept by MongoDB's unique indexes and by the double.
"""

from datetime import timedelta

import pytest
from contract_payments import (
    ACTION,
    BOB,
    CANCELED,
    DECLINED,
    EVE,
    LAST,
    LATER,
    NOW,
    OPEN,
    ORDER,
    PAID,
    PROCESSING,
    UNITS,
    again,
    begin,
    close,
    declines,
    finish,
    payment,
    refuse,
)
from contract_tools import store_of
from eventlet.greenpool import GreenPool

from payments import commands
from payments.asking import Till
from payments.commands import Wanted
from payments.fake_stripe import MemoryGateway
from payments.fakes import MemoryPayments
from payments.intents import Sum
from payments.models import Attempt, Status
from payments.repository import PaymentDatabase
from ticketing.clock import iso
from ticketing.errors import BadRequestError, DuplicateError
from ticketing.ids import new_id

FAILED = [DECLINED, again(None), declines("ch_2"), again(None), declines("ch_3")]


class PaymentsContract:
    def test_a_payment_survives_being_kept_step_by_step(self, payments):
        kept = payments.add(payment(key="k1"))
        steps = [DECLINED, again("k2"), refuse, again(None), ACTION, PROCESSING, PAID]
        steps += [begin("Box"), begin(), finish(2), finish(1)]
        for step in steps:
            kept = payments.change(kept.id, step)
            assert payments.get(kept.id) == kept
        assert (kept.status, kept.version) == (Status.REFUNDED, 11)

    @pytest.mark.parametrize("steps", [[close, OPEN, CANCELED], [CANCELED], FAILED])
    def test_a_payment_that_comes_to_nothing_survives_being_kept(self, payments, steps):
        kept = payments.add(payment())
        for step in steps:
            kept = payments.change(kept.id, step)
            assert payments.get(kept.id) == kept
        assert kept.version == len(steps)

    def test_a_payment_is_found_by_its_order(self, payments):
        added = payments.add(payment())
        payments.add(payment())
        assert payments.find_by_order(added.order_id) == added
        assert payments.find_by_order(new_id()) is None

    def test_an_order_has_one_payment(self, payments):
        first = payments.add(payment())
        with pytest.raises(DuplicateError) as refused:
            payments.add(payment(first.order_id, EVE))
        assert refused.value.fields == ("orderId",)
        assert payments.find_by_order(first.order_id) == first

    def test_a_key_is_of_one_payment_of_a_user(self, payments):
        payments.add(payment(key="k1"))
        payments.add(payment(user=EVE, key="k1"))
        with pytest.raises(DuplicateError) as refused:
            payments.add(payment(key="k1"))
        assert refused.value.fields == ("userId", "requestKeys")

    @pytest.mark.parametrize("key", ["k1", None])
    def test_of_many_equal_requests_at_once_one_charge_is_made(self, payments, key):
        order = {"userId": BOB, "status": "created", "price": 1999, "total": 5997}
        order |= {"units": list(UNITS), "expiresAt": iso(NOW + timedelta(minutes=15))}
        payments.orders.put(ORDER, 0, order)
        till = Till(payments, gateway := MemoryGateway(), 3, NOW)
        attempt = Attempt("tok_visa", key, "print" if key else None)

        def pay(_):
            try:
                wanted = Wanted(BOB, ORDER, attempt)
                return commands.pay(till, wanted, None).status
            except BadRequestError as error:
                return str(error)  # without a key, who comes later sees it paid

        answers = set(GreenPool(20).imap(pay, range(40)))
        assert len(gateway.intents_by_id) == 1
        assert len(payments.find_by_order(ORDER).attempts) == 1
        assert answers - {"This order is already paid"} == {Status.PAID}
        assert len(answers) == 1 or not key

    @pytest.mark.parametrize("asked", [UNITS, UNITS * 2, [None, *UNITS], [None] * 4])
    def test_of_refunds_at_once_each_unit_goes_back_once(self, payments, asked):
        till = Till(payments, gateway := MemoryGateway(), 3, NOW)
        charged = gateway.charge(Sum(ORDER, 5997, "usd"), "tok_visa", "key")
        paid = payments.change(payments.add(payment(ORDER)).id, PAID)
        payments.orders.put(ORDER, 0, {"status": "complete"})

        def refund(unit):
            units = [unit] if unit else None
            return commands.refund(till, ORDER, units, "why", None).status

        list(GreenPool(6).imap(refund, asked))
        after = payments.get(paid.id)
        gone = [unit for part in after.refunds for unit in part.units]
        assert (after.status, sorted(gone)) == (Status.REFUNDED, list(UNITS))
        assert gateway.kept == {charged.id: 0}
        assert len(gateway.returned[charged.id]) == len(after.refunds)

    def test_a_later_attempt_does_not_take_anothers_key(self, payments):
        payments.add(payment(key="k1"))
        second = payments.add(payment(key="k2"))
        declined = payments.change(second.id, DECLINED)
        with pytest.raises(DuplicateError) as refused:
            payments.change(second.id, again("k1"))
        assert refused.value.fields == ("userId", "requestKeys")
        assert payments.get(second.id) == declined

    def test_payments_without_a_key_are_many(self, payments):
        for _ in range(3):
            payments.add(payment())
        declined = payments.change(payments.add(payment()).id, DECLINED)
        assert payments.change(declined.id, again(None)).request_keys == ()

    def test_who_has_waited_for_stripe_is_found(self, payments):
        waiting = payments.add(payment())
        assert payments.waiting_since(NOW, 10) == []
        assert payments.waiting_since(LATER, 10) == [waiting]

    def test_who_does_not_wait_is_not_found(self, payments):
        for outcome in (PAID, DECLINED):
            payments.change(payments.add(payment()).id, outcome)
        assert payments.waiting_since(LATER, 10) == []

    def test_who_waits_for_a_refund_is_found(self, payments):
        paid = payments.change(payments.add(payment()).id, PAID)
        for step in (begin("A-1"), begin("A-2"), finish(1)):
            payments.change(paid.id, step)
            assert len(payments.waiting_since(LATER, 10)) == 1
        payments.change(paid.id, finish(2))
        assert payments.waiting_since(LATER, 10) == []

    def test_no_more_are_found_than_asked_for(self, payments):
        for _ in range(3):
            payments.add(payment())
        assert len(payments.waiting_since(LATER, 2)) == 2

    def test_who_may_change_without_our_asking_is_found(self, payments):
        steps = [OPEN, ACTION, PROCESSING, DECLINED, PAID, CANCELED, close]
        made = [payments.add(payment()) for _ in steps]
        for each, step in zip(made, steps, strict=True):
            payments.change(each.id, step)

        def found(before=LAST, limit=10):
            ids = [each.id for each in made]
            unsettled = payments.unsettled(before, limit)
            return sorted(ids.index(each.id) for each in unsettled)

        assert found() == [1, 2, 3]  # OPEN says nothing of an attempt
        assert found(before=made[3].id) == [1, 2]
        assert len(found(limit=2)) == 2
        payments.change(made[2].id, PAID)
        assert found() == [1, 3]

    def test_orders_are_remembered_beside_the_payments(self, payments):
        payments.orders.put("o", 0, {"status": "created"})
        assert payments.orders.find("o")["status"] == "created"


class TestMemoryPayments(PaymentsContract):
    @pytest.fixture
    def payments(self):
        return MemoryPayments()


class TestMongoPayments(PaymentsContract):
    @pytest.fixture
    def payments(self, config):
        return store_of(PaymentDatabase(), config, "payments")

    def test_a_payment_from_before_units_were_known_is_refunded_whole(self, payments):
        paid = payments.change(payments.add(payment()).id, PAID)
        unknown = dict.fromkeys(("units", "price", "refunds"), "")
        payments.collection.update_one({"_id": paid.id}, {"$unset": unknown})
        for step in (begin(), finish(1)):
            payments.change(paid.id, step)
        kept = payments.get(paid.id)
        assert (kept.status, kept.refunded) == (Status.REFUNDED, 5997)
