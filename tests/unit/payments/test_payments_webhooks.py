"""Stripe's webhooks over HTTP: kept at once, and a word of where to look, no more."""

import pytest
from unit_doubles import BOB, NOWHERE, ORDER

from payments import service, webhooks
from payments.books.findings import Kind
from payments.inbox import Outcome
from payments.intents import Decline, IntentStatus, Sum
from payments.models import Status
from ticketing.errors import UnavailableError


def pay(cash, token="tok_visa"):
    body = {"orderId": ORDER, "token": token}
    return cash.site.post("/api/payments", body, user=BOB)


def payment(cash):
    return cash.payments.find_by_order(ORDER)


EVENT = {
    "id": "evt_1",
    "type": "payment_intent.succeeded",
    "intent_id": "pi_1",
    "order_id": ORDER,
}


def hook(cash, event=EVENT, signature="signed", **headers):
    return cash.site.post(
        "/api/payments/webhook", event, Stripe_Signature=signature, **headers
    )


def heed(cash, event=EVENT):
    """Let a webhook come and be heeded; return what became of it."""
    assert hook(cash, event).status == 200
    cash.rpc.heed_webhooks()
    return cash.payments.inbox.outcomes[event["id"]]


def findings(cash):
    return [(finding.kind, finding.ref) for finding in cash.payments.findings.all()]


def told(cash):
    return [event.subject for event in cash.payments.events]


@pytest.fixture
def open_intent(cash):
    cash.rpc._open(ORDER, BOB)
    return cash


def test_a_webhook_is_kept_and_answered_before_anybody_looks(cash, monkeypatch):
    rung = []
    monkeypatch.setattr(service.BELL, "ring", lambda: rung.append(1))
    cash.gateway.away = True
    answer = hook(cash, Sec_Fetch_Site="cross-site")
    assert (answer.status, answer.json) == (200, {})
    assert [notice.id for notice in cash.payments.inbox.waiting(5)] == ["evt_1"]
    assert rung == [1]


def test_a_webhook_makes_us_look_and_finish(cash):
    cash.gateway.away = True
    pay(cash)
    cash.gateway.away = False
    assert heed(cash) is Outcome.HEEDED
    assert payment(cash).status is Status.PAID


def test_what_a_browser_did_at_stripe_becomes_known_by_a_webhook(open_intent):
    open_intent.gateway.becomes("pi_1", IntentStatus.PROCESSING)
    heed(open_intent, EVENT | {"type": "payment_intent.processing"})
    assert payment(open_intent).status is Status.PROCESSING
    open_intent.gateway.becomes("pi_1", IntentStatus.SUCCEEDED)
    heed(open_intent, EVENT | {"id": "evt_2"})
    assert payment(open_intent).status is Status.PAID
    assert told(open_intent) == ["payment.created"]


def test_what_a_webhook_says_itself_is_not_believed(cash):
    pay(cash, "tok_chargeDeclined")
    assert heed(cash) is Outcome.HEEDED
    assert payment(cash).status is Status.DECLINED


def test_a_webhook_that_comes_again_is_kept_once_and_has_no_effect(open_intent):
    cash = open_intent
    cash.gateway.becomes("pi_1", IntentStatus.SUCCEEDED)
    heed(cash)
    for _ in range(2):
        hook(cash)
        assert cash.payments.inbox.waiting(5) == []
    assert told(cash) == ["payment.created"]


def test_a_webhook_of_what_is_known_asks_stripe_nothing(cash):
    pay(cash)
    cash.gateway.away = True
    assert heed(cash) is Outcome.HEEDED


def test_webhooks_in_the_wrong_order_end_where_stripe_is(open_intent):
    cash = open_intent
    decline = Decline("ch_1", "No.")
    cash.gateway.becomes("pi_1", IntentStatus.REQUIRES_PAYMENT_METHOD, decline)
    cash.gateway.becomes("pi_1", IntentStatus.SUCCEEDED)
    heed(cash)
    heed(cash, EVENT | {"id": "evt_0", "type": "payment_intent.payment_failed"})
    assert (payment(cash).status, told(cash)) == (Status.PAID, ["payment.created"])


def test_a_webhook_that_cannot_be_heeded_now_is_heeded_later(cash):
    cash.gateway.away = True
    pay(cash)
    assert heed(cash) is Outcome.WAITING
    cash.gateway.away = False
    assert heed(cash) is Outcome.HEEDED
    assert payment(cash).status is Status.PAID


@pytest.mark.parametrize("signature", ["forged", ""])
def test_a_webhook_that_stripe_did_not_sign_is_refused_and_not_kept(cash, signature):
    answer = hook(cash, EVENT, signature)
    assert (answer.status, answer.messages) == (400, ["The signature does not fit"])
    assert cash.payments.inbox.waiting(5) == []


@pytest.mark.parametrize(
    "other", [{"order_id": None}, {"type": "balance.available"}, {"type": "x"}]
)
def test_a_webhook_about_something_else_is_ignored(cash, other):
    assert heed(cash, EVENT | other) is Outcome.IGNORED
    assert findings(cash) == []


def test_money_for_an_order_that_is_not_ours_is_for_people(cash):
    assert heed(cash, EVENT | {"order_id": NOWHERE}) is Outcome.ASIDE
    assert findings(cash) == [(Kind.UNKNOWN_ORDER, "pi_1")]


def test_a_webhook_of_an_intent_that_stripe_does_not_know_is_for_people(cash):
    pay(cash)
    assert heed(cash, EVENT | {"intent_id": "pi_9"}) is Outcome.ASIDE
    assert findings(cash) == [(Kind.DOES_NOT_FIT, "pi_9")]


def test_a_second_intent_that_is_paid_for_an_order_is_for_people(cash):
    pay(cash)
    second = cash.gateway.charge(Sum(ORDER, 1950, "usd"), "tok_visa", "by hand")
    assert heed(cash, EVENT | {"intent_id": second.id}) is Outcome.ASIDE
    assert findings(cash) == [(Kind.PAID_TWICE, second.id)]
    assert payment(cash).stripe_id == "pi_1"


@pytest.mark.parametrize("wrong", [(1949, "usd"), (1950, "eur")])
def test_an_intent_with_another_sum_is_for_people(open_intent, wrong):
    cash = open_intent
    charged = cash.gateway.charge(Sum(ORDER, *wrong), "tok_visa", "by hand")
    assert heed(cash, EVENT | {"intent_id": charged.id}) is Outcome.ASIDE
    assert findings(cash) == [(Kind.DOES_NOT_FIT, charged.id)]
    assert payment(cash).status is Status.OPEN


@pytest.mark.parametrize(
    ("kind", "finding"),
    [
        ("charge.dispute.created", Kind.DISPUTED),
        ("refund.failed", Kind.REFUND_FAILED),
    ],
)
def test_what_only_people_can_deal_with_is_for_people_once(cash, kind, finding):
    pay(cash)
    for number in range(2):
        event = EVENT | {"id": f"evt_{number}", "type": kind, "order_id": None}
        assert heed(cash, event) is Outcome.ASIDE
    assert findings(cash) == [(finding, "pi_1")]


def test_a_refund_that_somebody_made_at_stripe_is_told_once(cash):
    pay(cash)
    cash.gateway.give_back("pi_1", 1950, "by hand")
    for number in range(3):
        refunded = EVENT | {"id": f"evt_{number}", "type": "charge.refunded"}
        assert heed(cash, refunded) is Outcome.HEEDED
    assert payment(cash).status is Status.REFUNDED
    assert told(cash) == ["payment.created", "payment.refunded"]


def test_a_part_that_somebody_sent_back_at_stripe_is_for_people(cash):
    pay(cash)
    cash.gateway.give_back("pi_1", 500, "by hand")
    event = EVENT | {"type": "charge.refunded"}
    assert heed(cash, event) is Outcome.ASIDE
    assert findings(cash) == [(Kind.REFUNDED_ELSEWHERE, ORDER)]


def test_a_webhook_that_cannot_be_heeded_does_not_stop_the_others(cash, monkeypatch):
    pay(cash)
    cash.gateway.give_back("pi_1", 1950, "by hand")
    find = cash.gateway.find

    def sometimes(intent_id):
        if intent_id != "pi_1":
            cash.gateway.away = True
        try:
            return find(intent_id)
        finally:
            cash.gateway.away = False

    monkeypatch.setattr(cash.gateway, "find", sometimes)
    for number in range(webhooks.PATIENCE):
        hook(cash, EVENT | {"id": f"evt_{number}", "intent_id": "pi_9"})
    assert heed(cash, EVENT | {"id": "evt_9", "type": "charge.refunded"}) is (
        Outcome.HEEDED
    )
    waiting = cash.payments.inbox.waiting(50)
    assert len(waiting) == webhooks.PATIENCE


@pytest.mark.parametrize("kind", ["payment_failed", "canceled", "requires_action"])
def test_what_has_no_money_in_it_is_no_finding_for_an_order_of_others(cash, kind):
    event = EVENT | {"type": f"payment_intent.{kind}", "order_id": NOWHERE}
    assert heed(cash, event) is Outcome.IGNORED
    assert findings(cash) == []


def test_webhooks_that_cannot_be_heeded_do_not_starve_the_others(cash, monkeypatch):
    find, stuck = cash.gateway.find, 3 * webhooks.PATIENCE

    def sometimes(intent_id):
        if intent_id.startswith("pi_stuck"):
            raise UnavailableError
        return find(intent_id)

    monkeypatch.setattr(cash.gateway, "find", sometimes)
    cash.rpc._open(ORDER, BOB)
    for number in range(stuck):
        bad = {"id": f"evt_bad{number}", "intent_id": f"pi_stuck{number}"}
        assert hook(cash, EVENT | bad).status == 200
    cash.gateway.becomes("pi_1", IntentStatus.SUCCEEDED)
    assert hook(cash, EVENT).status == 200
    for _ in range(200):
        cash.rpc.heed_webhooks()
    assert payment(cash).status is Status.PAID
