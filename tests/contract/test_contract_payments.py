"""Payments: one for an order, and one request for a key.

Kept by MongoDB's unique indexes and by the double.
"""

from datetime import UTC, datetime, timedelta

import pytest
from contract_tools import store_of
from eventlet.greenpool import GreenPool

from payments import commands, models
from payments.commands import Till, Wanted
from payments.fakes import MemoryGateway, MemoryPayments
from payments.models import Attempt, Charged, Declined, Payment, Status
from payments.repository import PaymentDatabase
from ticketing.errors import BadRequestError, DuplicateError
from ticketing.ids import new_id

BOB, EVE, ORDER = new_id(), new_id(), new_id()
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
LATER = NOW + timedelta(milliseconds=1)


def payment(order=None, user=BOB, key=None, since=NOW):
    return models.begin(
        Payment(
            id=new_id(),
            order_id=order or new_id(),
            user_id=user,
            amount=1950,
            status=Status.PENDING,
            attempts=(Attempt("tok_visa", key, f"print of {key}" if key else None),),
            waiting_since=since,
        )
    )


def settle(outcome):
    return lambda known: models.settle(known, len(known.attempts), outcome, 3)


def again(key):
    return lambda known: models.try_again(known, Attempt("tok_2", key, "p"), NOW)


PAID, DECLINED = settle(Charged("pi_1")), settle(Declined("No."))


class PaymentsContract:
    def test_a_payment_survives_being_kept_step_by_step(self, payments):
        kept = payments.add(payment(key="k1"))
        steps = [DECLINED, again("k2"), settle(Declined("No such card", counts=False))]
        steps += [again(None), PAID]
        steps += [lambda known: models.begin_refund(known, "why", NOW)]
        for step in [*steps, models.finish_refund]:
            kept = payments.change(kept.id, step)
            assert payments.get(kept.id) == kept
        assert (kept.status, kept.version) == (Status.REFUNDED, 7)

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
        order = {"userId": BOB, "status": "created", "price": 1950}
        payments.orders.put(ORDER, 0, order)
        till = Till(payments, gateway := MemoryGateway(), 3)
        attempt = Attempt("tok_visa", key, "print" if key else None)

        def pay(_):
            try:
                wanted = Wanted(BOB, ORDER, attempt)
                return commands.pay(till, wanted, None, NOW).status
            except BadRequestError as error:
                return str(error)  # without a key, who comes later sees it paid

        answers = set(GreenPool(20).imap(pay, range(40)))
        assert len(gateway.charges) == 1
        assert len(payments.find_by_order(ORDER).attempts) == 1
        assert answers - {"This order is already paid"} == {Status.PAID}
        assert len(answers) == 1 or not key

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
        payments.change(paid.id, lambda p: models.begin_refund(p, "why", NOW))
        assert len(payments.waiting_since(LATER, 10)) == 1
        payments.change(paid.id, models.finish_refund)
        assert payments.waiting_since(LATER, 10) == []

    def test_no_more_are_found_than_asked_for(self, payments):
        for _ in range(3):
            payments.add(payment())
        assert len(payments.waiting_since(LATER, 2)) == 2

    def test_a_webhook_is_new_once(self, payments):
        event = {"id": "evt_1", "type": "t", "orderId": None}
        assert payments.keep_webhook({"_id": "evt_1", **event})
        assert not payments.keep_webhook({"_id": "evt_1", **event})
        assert payments.keep_webhook({"_id": "evt_2", **event})

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
