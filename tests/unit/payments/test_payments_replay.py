"""A payment is what its events make of it; one without an event is found at Stripe."""

from dataclasses import replace

import pytest
from payments_books import AMOUNT as MINUTE_AMOUNT
from payments_books import ORDER, findings, payment, round_
from payments_samples import (
    AMOUNT,
    FAILED,
    PAID,
    PAYMENT,
    PENDING,
    PRICE,
    SECOND,
    SUCCEEDED,
    UNITS,
    observe,
)
from unit_doubles import BOB, NOW
from unit_doubles import ORDER as ORDER_ID

from payments import refunds
from payments.intents import Sum
from payments.models import Status
from payments.replay import EVENTS, replay
from ticketing.messages import body_of, parse

SHAPES = {shape.subject: shape for shape in EVENTS}
ORDER_TOLD = {
    "id": ORDER_ID,
    "userId": BOB,
    "ticket": {"price": PRICE / 100},
    "units": list(UNITS),
    "currency": "usd",
}


def event_of(change):
    return parse(SHAPES[change.event.subject], body_of(change.event))


def sent_back(payment, units):
    """The refund, begun and made; its event."""
    begun = refunds.begin(payment, units, "why", NOW).state
    change = refunds.finish(begun, len(begun.refunds))
    return change.state, event_of(change)


def same(payment):
    """What matters when its attempts are forgotten."""
    told = payment.json_dict()
    for name in ("attempts", "message", "code"):
        del told[name]
    return told, payment.version


PAID_EVENT = event_of(observe(PENDING, SUCCEEDED))


def test_a_payment_that_was_taken_is_known_from_its_event():
    made = replay(None, PAID_EVENT, ORDER_TOLD)
    assert same(made) == same(PAID)
    assert (made.units, made.price, made.user_id) == (UNITS, PRICE, BOB)


def test_what_went_back_is_known_unit_by_unit():
    half, first = sent_back(PAID, UNITS[:2])
    whole, second = sent_back(half, None)
    told = ORDER_TOLD | {"units": [UNITS[2]], "refunded": list(UNITS[:2])}
    payment = replay(None, PAID_EVENT, told)
    assert (payment.amount, payment.units) == (AMOUNT, (UNITS[2], *UNITS[:2]))
    payment = replay(payment, first, told)
    assert same(payment) == same(half)
    payment = replay(payment, second, told)
    assert payment.status is Status.REFUNDED
    assert payment.refunded == whole.refunded
    assert replay(payment, first, told) == payment


def test_a_refund_that_was_under_way_is_not_made_twice():
    begun = refunds.begin(PAID, UNITS[:1], "why", NOW).state
    change = refunds.finish(begun, 1)
    assert replay(begun, event_of(change), ORDER_TOLD) == change.state


def test_one_of_several_leaves_the_others_under_way():
    first = refunds.begin(PAID, UNITS[:1], "why", NOW).state
    both = refunds.begin(first, UNITS[1:2], "too", NOW).state
    change = refunds.finish(both, 2)
    after = replay(both, event_of(change), ORDER_TOLD)
    assert after.status is Status.REFUNDING
    assert [each.done for each in after.refunds] == [False, True]


def test_the_last_decline_is_known():
    event = SHAPES["payment.failed"](
        id=PAYMENT, version=FAILED.version, order_id=ORDER_ID, reason="declined"
    )
    for known in (None, SECOND):
        after = replay(known, event, ORDER_TOLD)
        assert (after.status, after.reason) == (Status.FAILED, "declined")


@pytest.mark.parametrize("known", [PENDING, PAID])
def test_what_is_known_already_stays(known):
    assert replay(replace(known, version=9), PAID_EVENT, ORDER_TOLD).version == 9


def test_money_for_an_order_whose_payment_was_lost_is_taken_over(shop):
    """The order is here, so that what was paid for it is delivered."""
    paid = shop.gateway.charge(Sum(ORDER, MINUTE_AMOUNT, "usd"), "tok_visa", "k")
    round_(shop)
    found = payment(shop)
    assert (found.status, found.stripe_id) == (Status.PAID, paid.id)
    assert findings(shop) == []
    assert [event.subject for event in shop.payments.events] == ["payment.created"]
    round_(shop)
    assert len(shop.payments.events) == 1
