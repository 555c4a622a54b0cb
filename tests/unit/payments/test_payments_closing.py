"""When an order ends its payment is closed, and nothing is charged after that."""

from datetime import timedelta

import pytest
from unit_doubles import BOB, NO_IDS, NOWHERE, ORDER, TICKET

from payments.asking import ABANDONED_AFTER, KEY_KEPT, NOT_MADE
from payments.intents import IntentStatus, KeySpentError, Sum
from payments.models import Status
from ticketing.contract import OrderCancelled, TicketRef
from ticketing.errors import BadRequestError, NotFoundError, UnavailableError
from ticketing.messages import Delivery

SUM = Sum(ORDER, 1950, "usd")


def payment(cash):
    return cash.payments.find_by_order(ORDER)


def intents(cash):
    return list(cash.gateway.intents_by_id.values())


def told(cash):
    return [event.subject for event in cash.payments.events]


def pay(cash, token="tok_visa"):
    return cash.rpc.pay(ORDER, BOB, token)


def lose(cash, call):
    """The call comes to Stripe, its answer does not come back."""
    cash.gateway.away = True
    with pytest.raises(UnavailableError):
        call()
    cash.gateway.away = False


def never_arrives(cash, monkeypatch, call):
    """The call does not even come to Stripe."""
    for name in ("open", "charge", "confirm", "cancel"):
        monkeypatch.setattr(cash.gateway, name, _lost)
    with pytest.raises(UnavailableError):
        call()
    monkeypatch.undo()


def _lost(*_):
    raise UnavailableError


def closed(cash):
    told = cash.rpc.close(ORDER)
    assert told == payment(cash).json_dict()
    return told["status"]


def test_nobody_began_to_pay(cash):
    assert cash.rpc.close(ORDER) is None
    assert cash.rpc.close(NOWHERE) is None
    for order_id in NO_IDS:
        with pytest.raises(NotFoundError):
            cash.rpc.close(order_id)


def test_an_open_intent_is_cancelled_at_stripe(cash):
    cash.rpc._open(ORDER, BOB)
    for _ in range(2):
        assert closed(cash) == "cancelled"
    assert [each.status for each in intents(cash)] == [IntentStatus.CANCELED]
    assert told(cash) == []
    with pytest.raises(BadRequestError, match="cancelled order"):
        pay(cash)
    with pytest.raises(BadRequestError, match="cancelled order"):
        cash.rpc._open(ORDER, BOB)


@pytest.mark.parametrize("token", ["tok_chargeDeclined", "tok_threeDSecure2Required"])
def test_an_intent_that_waits_for_its_buyer_is_cancelled(cash, token):
    if token == "tok_chargeDeclined":
        with pytest.raises(BadRequestError):
            pay(cash, token)
    else:
        assert pay(cash, token)["status"] == "action"
    assert closed(cash) == "cancelled"
    assert intents(cash)[0].status is IntentStatus.CANCELED


def test_what_was_paid_at_stripe_a_moment_ago_is_paid(cash):
    cash.rpc._open(ORDER, BOB)
    cash.gateway.becomes(payment(cash).stripe_id, IntentStatus.SUCCEEDED)
    assert closed(cash) == "paid"
    assert told(cash) == ["payment.created"]
    assert closed(cash) == "paid"


def test_what_the_bank_thinks_about_is_asked_for_at_each_time(cash):
    cash.gateway.slow = True
    assert pay(cash)["status"] == "processing"
    for _ in range(2):
        assert closed(cash) == "processing"
    cash.gateway.becomes(payment(cash).stripe_id, IntentStatus.SUCCEEDED)
    assert closed(cash) == "paid"


def test_what_the_bank_refuses_after_the_end_is_cancelled_and_told_to_nobody(cash):
    cash.gateway.slow = True
    pay(cash)
    closed(cash)
    cash.gateway.declines(payment(cash).stripe_id, "No.")
    assert cash.rpc.look(ORDER)["status"] == "closing"
    assert closed(cash) == "cancelled"
    assert (told(cash), intents(cash)[0].status) == ([], IntentStatus.CANCELED)


def test_an_answer_that_was_lost_when_it_was_paid_is_found(cash):
    lose(cash, lambda: pay(cash))
    assert closed(cash) == "paid"
    assert len(intents(cash)) == 1


def test_an_intent_whose_opening_was_lost_is_found_and_cancelled(cash):
    lose(cash, lambda: cash.rpc._open(ORDER, BOB))
    assert closed(cash) == "cancelled"
    assert [each.status for each in intents(cash)] == [IntentStatus.CANCELED]


def test_a_first_call_that_never_arrived_cannot_be_made_any_more(cash, monkeypatch):
    """Its key is used up, so that not even the network can deliver it later."""
    never_arrives(cash, monkeypatch, lambda: pay(cash))
    assert closed(cash) == "cancelled"
    with pytest.raises(KeySpentError):
        cash.gateway.charge(SUM, "tok_visa", f"{ORDER}:charge:1")
    assert cash.gateway.paid == []


def test_a_first_call_that_stripe_would_not_take_is_over(cash, monkeypatch):
    cash.orders.orders[ORDER] |= {"total": 0.3, "ticket": {"id": TICKET, "price": 0.3}}
    never_arrives(cash, monkeypatch, lambda: pay(cash))
    assert closed(cash) == "cancelled"


def test_a_confirmation_that_never_arrived_cannot_be_made_any_more(cash, monkeypatch):
    cash.rpc._open(ORDER, BOB)
    never_arrives(cash, monkeypatch, lambda: pay(cash))
    assert closed(cash) == "cancelled"
    late = cash.gateway.confirm(
        intents(cash)[0].id, ORDER, "tok_visa", f"{ORDER}:charge:1"
    )
    assert late.status is IntentStatus.CANCELED


@pytest.mark.parametrize("arrived", [True, False])
def test_while_stripe_is_away_nobody_knows_and_the_timer_closes_it(cash, arrived):
    cash.rpc._open(ORDER, BOB)
    cash.gateway.away = True
    cancel = cash.gateway.cancel
    if not arrived:
        cash.gateway.cancel = _lost
    with pytest.raises(UnavailableError):
        cash.rpc.close(ORDER)
    cash.gateway.cancel, cash.gateway.away = cancel, False
    assert payment(cash).status is Status.CLOSING
    cash.clock.now += ABANDONED_AFTER + timedelta(milliseconds=1)
    cash.rpc.resume()
    assert payment(cash).status is Status.CANCELLED
    assert intents(cash)[0].status is IntentStatus.CANCELED


def test_an_order_that_is_told_to_be_cancelled_closes_its_payment(cash):
    cash.rpc._open(ORDER, BOB)
    ref = TicketRef(id=TICKET)
    event = OrderCancelled(id=ORDER, version=1, reason="x", ticket=ref, units=[])
    for _ in range(2):
        cash.rpc.on_order_cancelled(Delivery(event, ""))
    assert payment(cash).status is Status.CANCELLED


def test_after_a_day_one_looks_instead_of_asking_with_a_forgotten_key(cash):
    lose(cash, lambda: pay(cash))
    cash.gateway._answers.clear()
    cash.clock.now += KEY_KEPT + timedelta(milliseconds=1)
    assert closed(cash) == "paid"
    assert len(intents(cash)) == 1


def test_after_a_day_a_call_that_made_nothing_is_over(cash, monkeypatch):
    never_arrives(cash, monkeypatch, lambda: pay(cash))
    cash.clock.now += KEY_KEPT + timedelta(milliseconds=1)
    assert closed(cash) == "cancelled"
    assert payment(cash).attempts[0].message == NOT_MADE
    assert intents(cash) == []
