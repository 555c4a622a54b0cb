"""The payments service as other services, events and its own timer call it."""

from datetime import timedelta

import pytest
from unit_doubles import BOB, EVE, NO_IDS, NOWHERE, ORDER, OTHER_ORDER, TICKET

from payments.commands import ABANDONED_AFTER
from payments.models import Status
from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    ReservedTicket,
    TicketRef,
)
from ticketing.errors import (
    BadRequestError,
    InvalidInputError,
    NotFoundError,
    NotOwnerError,
    UnavailableError,
    VersionGapError,
)
from ticketing.messages import Delivery
from ticketing.replicas import PATIENCE


@pytest.fixture
def paid(cash):
    return cash.rpc.pay(ORDER, BOB, "tok_visa")["id"]


def payment(cash, order_id=ORDER):
    return cash.payments.find_by_order(order_id)


def test_an_order_is_paid_by_its_buyer_alone(cash):
    with pytest.raises(NotOwnerError):
        cash.rpc.pay(ORDER, EVE, "tok_visa")
    assert cash.rpc.pay(ORDER, BOB, "tok_visa") == {"id": payment(cash).id}


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
    with pytest.raises(NotFoundError):
        cash.rpc.refund(order_id, "why")


def test_money_goes_back_once_however_often_it_is_asked_for(cash, paid):
    for _ in range(3):
        assert cash.rpc.refund(ORDER, "asked for")["status"] == "refunded"
    assert list(cash.gateway.refunds.values()) == [1950]
    told = [event.subject for event in cash.payments.events]
    assert told == ["payment.created", "payment.refunded"]


def test_money_that_was_not_taken_does_not_go_back(cash):
    with pytest.raises(BadRequestError):
        cash.rpc.pay(ORDER, BOB, "tok_chargeDeclined")
    with pytest.raises(BadRequestError, match="nothing to refund"):
        cash.rpc.refund(ORDER, "asked for")


def test_a_refund_whose_reply_is_lost_is_finished_with_the_same_key(cash, paid):
    cash.gateway.away = True
    with pytest.raises(UnavailableError):
        cash.rpc.refund(ORDER, "asked for")
    assert payment(cash).status is Status.REFUNDING
    cash.gateway.away = False
    assert cash.rpc.refund(ORDER, "asked for again")["reason"] == "asked for"
    assert len(cash.gateway.refunds) == 1


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
    assert len(cash.gateway.charges) == 1


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

    def sometimes(order_id, *arguments):
        if order_id == stuck:
            raise UnavailableError
        return charge(order_id, *arguments)

    cash.gateway.charge = sometimes
    cash.clock.advance(minutes=1)
    cash.rpc.resume()
    assert payment(cash, ORDER).status is Status.PENDING
    assert payment(cash, OTHER_ORDER).status is Status.PAID
    stuck = None
    cash.rpc.resume()
    assert payment(cash, ORDER).status is Status.PAID


def created(version=0, attempt=1):
    ticket = ReservedTicket(id=TICKET, title="Row 3", price=19.5)
    payload = OrderCreated(
        id=ORDER,
        version=version,
        status="created",
        user_id=BOB,
        expires_at="2026-01-31T12:15:00.000Z",
        ticket=ticket,
    )
    return Delivery(payload, "", attempt)


def cancelled(version=1, attempt=1):
    ref = TicketRef(id=TICKET)
    payload = OrderCancelled(id=ORDER, version=version, reason="expired", ticket=ref)
    return Delivery(payload, "", attempt)


def completed(version=1):
    payload = OrderCompleted(id=ORDER, version=version, ticket=TicketRef(id=TICKET))
    return Delivery(payload, "")


def copy(cash):
    return cash.payments.orders.find(ORDER)


def test_an_order_is_followed_version_by_version(cash):
    cash.rpc.on_order_created(created())
    whole = {"_id": ORDER, "userId": BOB, "price": 1950}
    assert copy(cash) == whole | {"status": "created", "version": 0}
    cash.rpc.on_order_cancelled(cancelled())
    cash.rpc.on_order_created(created())
    assert copy(cash) == whole | {"status": "cancelled", "version": 1}
    cash.rpc.on_order_completed(completed(2))
    assert copy(cash) == whole | {"status": "complete", "version": 2}


def test_an_order_that_was_heard_of_is_not_asked_for(cash):
    cash.rpc.on_order_created(created())
    cash.rpc.pay(ORDER, BOB, "tok_visa")
    assert cash.orders.asked == []


def test_an_order_that_was_heard_to_be_cancelled_is_not_paid(cash):
    cash.rpc.on_order_created(created())
    cash.rpc.on_order_cancelled(cancelled())
    with pytest.raises(BadRequestError, match="cancelled order"):
        cash.rpc.pay(ORDER, BOB, "tok_visa")


def test_a_gap_in_an_orders_life_is_waited_for_and_then_asked_about(cash):
    with pytest.raises(VersionGapError):
        cash.rpc.on_order_cancelled(cancelled(2, PATIENCE - 1))
    cash.orders.orders[ORDER] = cash.order_of(status="complete", version=3)
    cash.rpc.on_order_cancelled(cancelled(2, PATIENCE))
    assert (copy(cash)["status"], copy(cash)["version"]) == ("complete", 3)


def test_an_order_asked_for_and_then_heard_of_is_one_copy(cash):
    cash.rpc.pay(ORDER, BOB, "tok_visa")
    cash.rpc.on_order_created(created())
    cash.rpc.on_order_completed(completed())
    assert copy(cash)["version"] == 1
