"""Every state of a payment beside every state of its order, and what may be said."""

import pytest
from web_fakes import HOLD, NOW
from web_markup import told

from payments.models import Status
from ticketing.clock import iso
from web.states import Payment, Stage, payment_state, stage_of

# The order: held, its hold over, complete, ended without it, refunded.
STAGES = {
    Payment.NONE: "open ending complete cancelled refunded",
    Payment.UNKNOWN: "unreachable ending complete cancelled refunded",
    Payment.OPENING: "open ending complete cancelled refunded",
    Payment.OPEN: "open ending complete cancelled refunded",
    Payment.PENDING: "processing processing complete late refunded",
    Payment.ACTION: "action ending complete cancelled refunded",
    Payment.PROCESSING: "processing processing complete late refunded",
    Payment.DECLINED: "open ending complete cancelled refunded",
    Payment.FAILED: "ending ending complete cancelled refunded",
    Payment.CLOSING: "ending ending complete cancelled refunded",
    Payment.CANCELLED: "ending ending complete cancelled refunded",
    Payment.PAID: "confirming confirming complete late refunded",
    Payment.REFUNDING: "refunding refunding refunding refunding refunding",
    Payment.REFUNDED: "refunded refunded refunded refunded refunded",
}
ENDS = ("expired", "payment failed", "cancelled by the buyer", "listing cancelled")
BANK = "https://bank.test/3ds"
# No payment was begun, or its intent is cancelled at Stripe.
SURE = {Payment.NONE, Payment.CANCELLED}


def orders():
    held = {"status": "created", "expiresAt": iso(NOW + HOLD)}
    ended = held | {"status": "cancelled"}
    return (
        held,
        held | {"expiresAt": iso(NOW)},
        held | {"status": "complete"},
        ended | {"reason": "expired"},
        ended | {"reason": "refunded"},
    )


def test_the_pages_know_every_state_of_a_payment():
    """And two more: that none was begun, and that it cannot be known."""
    known = {state.value for state in Payment}
    assert known == {status.value for status in Status} | {"none", "unknown"}
    assert set(STAGES) == set(Payment)


@pytest.mark.parametrize("payment", Payment)
def test_the_stage_of_every_pair(payment):
    found = [stage_of(order, payment, NOW).value for order in orders()]
    assert " ".join(found) == STAGES[payment]


def test_what_has_to_be_confirmed_elsewhere_leads_there_or_is_open():
    """Without an address it can only be gone on with where it was begun."""
    payment = {"status": "action", "redirectUrl": BANK}
    assert payment_state(payment) is Payment.ACTION
    for nothing in ({"redirectUrl": None}, {"redirectUrl": ""}):
        assert payment_state(payment | nothing) is Payment.OPEN
    assert payment_state({"status": "action"}) is Payment.OPEN


def test_stages_in_which_one_can_do_something_stay():
    stay = {stage for stage in Stage if not stage.passes}
    assert stay == {"open", "action", "complete", "cancelled", "refunded"}


def put(world, order, payment):
    world.payments.away = payment is Payment.UNKNOWN
    if payment not in {Payment.NONE, Payment.UNKNOWN}:
        world.payments.put(order["id"], payment.value, redirect_url=BANK)


def claims(world, buyer, order):
    words = told(buyer.get(f"/orders/{order['id']}"))
    return "othing was charged" in words


@pytest.mark.parametrize("reason", ENDS)
@pytest.mark.parametrize("payment", Payment)
def test_of_an_order_that_ended_it_is_said_when_it_is_sure(
    world, buyer, order, payment, reason
):
    """In every other state a browser, or the bank, may still be at it."""
    put(world, order, payment)
    world.orders.end(order["id"], reason)
    assert claims(world, buyer, order) == (payment in SURE)


@pytest.mark.parametrize("payment", Payment)
def test_while_an_order_is_ending_no_more_is_said(world, buyer, order, payment):
    put(world, order, payment)
    assert claims(world, buyer, order) == (payment is Payment.CANCELLED)
    world.now += HOLD
    assert claims(world, buyer, order) == (payment in SURE)


@pytest.mark.parametrize("payment", [Payment.PENDING, Payment.PROCESSING])
def test_who_waits_for_the_bank_is_asked_not_to_pay_again(world, buyer, order, payment):
    put(world, order, payment)
    words = told(buyer.get(f"/orders/{order['id']}"))
    assert "Your payment is being made" in words
    assert "Please do not pay again" in words


def test_after_the_last_try_it_is_told_what_happens(world, buyer, order):
    world.payments.put(order["id"], "failed", message="Your card was declined.")
    words = told(buyer.get(f"/orders/{order['id']}"))
    assert "That was the last try to pay for this reservation" in words
    world.orders.end(order["id"], "payment failed")
    world.payments.put(order["id"], "cancelled", message="Your card was declined.")
    words = told(buyer.get(f"/orders/{order['id']}"))
    assert "went back on sale. Nothing was charged. You may reserve it again" in words
