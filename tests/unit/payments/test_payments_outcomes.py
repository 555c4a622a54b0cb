"""What Stripe has is what has happened, whoever did it and whenever one looks."""

from dataclasses import replace

import pytest
from payments_samples import (
    ACTION,
    ACTION_INTENT,
    AMOUNT,
    CANCELED,
    CANCELLED,
    CLOSING,
    DECLINED,
    FAILED,
    OPEN,
    OPENING,
    PAID,
    PENDING,
    PROCESSING,
    PROCESSING_INTENT,
    SECOND,
    SUCCEEDED,
    URL,
    WAITING,
    but,
    closed,
    declined,
    intent,
    observe,
    of,
    seen,
)
from unit_doubles import NOW, ORDER, OTHER_ORDER, PAYMENT

from payments import outcomes
from payments.intents import Sum
from payments.models import TAKEN, Status

EXTERNAL = [WAITING, ACTION_INTENT, PROCESSING_INTENT, SUCCEEDED, CANCELED, declined()]


@pytest.mark.parametrize("payment", but(*TAKEN))
def test_a_charge_pays_whatever_was_thought_before_and_is_told(payment):
    change = observe(payment, SUCCEEDED)
    assert (change.state.status, change.state.stripe_id) == (Status.PAID, "pi_1")
    assert change.state.waiting_since is None
    assert change.event.subject == "payment.created"
    assert change.event.data == {
        "id": PAYMENT,
        "version": payment.version + 1,
        "orderId": ORDER,
        "stripeId": "pi_1",
        "amount": AMOUNT,
        "currency": "usd",
    }


@pytest.mark.parametrize("payment", of(*TAKEN))
@pytest.mark.parametrize("later", EXTERNAL)
def test_what_is_paid_stays_paid(payment, later):
    """What is seen may be from before."""
    assert observe(payment, later) is None


@pytest.mark.parametrize("payment", but(*TAKEN))
@pytest.mark.parametrize("shown", EXTERNAL)
def test_what_was_seen_once_is_no_news(payment, shown):
    known = seen(payment, shown)
    assert seen(known, shown, shown).version == known.version


WRONG = [
    {"sum": Sum(ORDER, AMOUNT - 1, "usd")},
    {"sum": Sum(ORDER, AMOUNT, "eur")},
    {"sum": Sum(OTHER_ORDER, AMOUNT, "usd")},
    {"id": "pi_2"},
]


@pytest.mark.parametrize("payment", [OPEN, SECOND, PROCESSING, CLOSING])
@pytest.mark.parametrize("shown", EXTERNAL)
@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_fit_is_not_taken_over(payment, shown, wrong):
    with pytest.raises(outcomes.MismatchError):
        observe(payment, replace(shown, **wrong))


def test_a_decline_is_kept_with_its_words_and_told_to_nobody():
    change = observe(PENDING, declined())
    (attempt,) = change.state.attempts
    assert (attempt.message, attempt.code) == (
        "Your card was declined.",
        "card_declined",
    )
    assert change.event is None


def test_a_decline_that_was_known_before_is_not_that_of_the_next_attempt():
    assert seen(SECOND, declined("ch_1")).status is Status.PENDING
    assert seen(SECOND, declined("ch_2")).status is Status.DECLINED


def test_the_last_decline_allowed_fails_the_payment():
    third = replace(FAILED, status=Status.PENDING, reason=None, version=5)
    third = replace(third, attempts=(*FAILED.attempts[:2], PENDING.attempts[0]))
    change = observe(third, declined("ch_3"))
    assert change.state.status is Status.FAILED
    assert change.event.subject == "payment.failed"
    assert change.event.data == {
        "id": PAYMENT,
        "version": 6,
        "orderId": ORDER,
        "reason": "Your card was declined.",
    }


def test_what_a_browser_tried_at_stripe_counts_as_well():
    once = seen(OPEN, declined("ch_1"))
    assert [attempt.token for attempt in once.attempts] == [""]
    twice = seen(once, declined("ch_2"))
    change = observe(twice, declined("ch_3"))
    assert change.event.subject == "payment.failed"
    assert seen(change.state, SUCCEEDED).status is Status.PAID


def test_a_failure_is_told_once():
    assert observe(FAILED, declined("ch_4")).event is None
    assert observe(FAILED, CANCELED).event is None


def test_the_buyer_is_sent_to_the_bank_and_back():
    assert (ACTION.status, ACTION.redirect_url) == (Status.ACTION, URL)
    for shown in (SUCCEEDED, PROCESSING_INTENT, declined("ch_9"), CANCELED):
        assert seen(ACTION, shown).redirect_url is None
    (attempt,) = seen(ACTION, declined("ch_9")).attempts
    assert attempt.message == "Your card was declined."


def test_a_slow_payment_succeeds_or_fails_later():
    assert seen(PROCESSING, SUCCEEDED).status is Status.PAID
    assert seen(PROCESSING, declined()).status is Status.DECLINED


def test_an_intent_that_somebody_cancelled_at_stripe_ends_the_order():
    change = observe(OPEN, CANCELED)
    assert change.state.status is Status.CANCELLED
    assert change.event.subject == "payment.failed"
    assert observe(CLOSING, CANCELED).event is None


@pytest.mark.parametrize("payment", [OPENING, PENDING, SECOND])
def test_what_stripe_shows_of_before_an_attempt_says_nothing_of_it(payment):
    assert not outcomes.shows_news(payment, WAITING)
    for shown in (SUCCEEDED, ACTION_INTENT, PROCESSING_INTENT, CANCELED):
        assert outcomes.shows_news(payment, shown)
    assert not outcomes.shows_news(SECOND, declined("ch_1"))
    assert outcomes.shows_news(SECOND, declined("ch_2"))


@pytest.mark.parametrize("payment", but(Status.CANCELLED, Status.CLOSING, *TAKEN))
def test_when_the_order_ends_nothing_may_be_charged_any_more(payment):
    after = closed(payment)
    assert (after.status, after.ended) == (Status.CLOSING, True)
    assert after.waiting_since == payment.waiting_since or NOW
    assert outcomes.close(after, NOW) is None


@pytest.mark.parametrize("payment", of(Status.CANCELLED, Status.CLOSING, *TAKEN))
def test_what_is_over_is_not_closed(payment):
    assert outcomes.close(payment, NOW) is None


def test_what_stripe_has_never_seen_is_closed_at_once():
    refused = outcomes.refuse(OPENING, 0, "Too little", NOW).state
    assert closed(refused).status is Status.CANCELLED


@pytest.mark.parametrize("shown", [WAITING, ACTION_INTENT, declined("ch_9")])
def test_what_is_open_when_the_order_is_over_is_closed(shown):
    """A slow payment that failed, or a first call whose answer came late."""
    for ended in (closed(PROCESSING), replace(PROCESSING, ended=True)):
        after = seen(ended, shown)
        assert (after.status, after.waiting_since is None) == (Status.CLOSING, False)


def test_what_the_bank_thinks_about_cannot_be_closed():
    after = seen(closed(PROCESSING), PROCESSING_INTENT)
    assert (after.status, after.ended) == (Status.PROCESSING, True)
    assert after.waiting_since is None


def test_a_cancellation_takes_the_payment_away_for_good():
    assert CANCELLED.status is Status.CANCELLED
    assert seen(CANCELLED, intent("succeeded")).status is Status.PAID
    assert seen(DECLINED, CANCELED).reason is not None
    assert PAID.ended is False
