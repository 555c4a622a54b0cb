"""What is counted of Stripe and of banks."""

from dataclasses import replace

import pytest
from prometheus_client import REGISTRY

from payments.counts import count_declines
from payments.models import Attempt, Payment, Status
from payments.stripe_calls import operation_of, outcome_of

API = "https://api.stripe.com/v1"


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("post", "/payment_intents", "open"),
        ("get", "/payment_intents?limit=100", "list"),
        ("get", "/payment_intents/search?query=x", "search"),
        ("get", "/payment_intents/pi_3Qx?expand[0]=latest_charge", "find"),
        ("post", "/payment_intents/pi_3Qx/confirm", "confirm"),
        ("post", "/payment_intents/pi_3Qx/cancel", "cancel"),
        ("post", "/refunds", "refund"),
        ("get", "/refunds?payment_intent=pi_3Qx", "refunds"),
        ("delete", "/payment_intents/pi_3Qx", "other"),
        ("get", "/payment_intents/pi_3Qx/x/y", "other"),
        ("get", "/customers/cus_1", "other"),
    ],
)
def test_a_call_is_known_by_its_operation_and_never_by_an_id(method, path, operation):
    assert operation_of(method, f"{API}{path}") == operation


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "done"),
        (402, "declined"),
        (400, "refused"),
        (404, "refused"),
        (429, "trouble"),
        (500, "trouble"),
    ],
)
def test_an_answer_is_known_by_whose_no_it_is(status, outcome):
    assert outcome_of(status) == outcome


def test_a_decline_is_counted_once():
    """However often the payment is saved again with it."""
    before = Payment("p", "o", "u", 100, Status.PENDING, (Attempt("tok"),))
    declined = Attempt("tok", message="No", code="lost_card", ref="ch_1")
    after = replace(before, attempts=(declined,))
    labels = {"code": "lost_card"}
    known = REGISTRY.get_sample_value("ticketing_declines_total", labels) or 0
    count_declines(before, after)
    count_declines(after, after)
    assert REGISTRY.get_sample_value("ticketing_declines_total", labels) == known + 1
