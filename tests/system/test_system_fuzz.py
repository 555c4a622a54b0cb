"""Machine-made requests and messages: nothing answers 5xx, breaks its word, or dies.

``FUZZ_EXAMPLES`` says how many of each kind; scripts/fuzz asks for many.
"""

import json
import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from system_bus import Bus
from system_control import eventually
from system_people import Member, Person, new_token

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "3"))
SEARCH = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ID = "5f0000000000000000000000"


@pytest.fixture(scope="module")
def system(systems):
    """One of its own: what is left over here must not be in the way of others."""
    every = ("auth", "tickets", "orders", "payments", "expiration", "web")
    return systems(every).up()


@pytest.fixture(scope="module")
def people(system):
    with Member(system) as seller, Member(system) as buyer:
        yield seller, buyer


@pytest.fixture(scope="module")
def known(people):
    """Things that are there, owned by the one who asks."""
    seller, buyer = people
    order = buyer.buy(seller.sell(quantity=5), quantity=2)
    own = buyer.sell(seats=["A-1"])
    return {
        "ticket_id": own["id"],
        "order_id": order["id"],
        "pass_id": buyer.passes(order)[0]["id"],
    }


def operations(system):
    with system.client() as client:
        api = client.get("/api/openapi.json").json()
    schema = schemathesis.openapi.from_dict(api)
    return [result.ok() for result in schema.get_all_operations()]


def is_away(response):
    return response.status_code == 503 and "Retry-After" in response.headers


def test_no_request_is_answered_with_an_error_of_ours(system, people, known):
    """Whatever is sent, each answer is one of those that the document has."""
    _, buyer = people

    def check(operation):
        @SEARCH
        @given(operation.as_strategy(), st.booleans())
        def ask(case, is_there):
            values = case.path_parameters or {}
            if is_there:
                values.update({n: v for n, v in known.items() if n in values})
            session = {"session": new_token(system, buyer.id, buyer.email)}
            response = case.call(base_url=system.url, cookies=session, timeout=15)
            if not is_away(response):
                assert response.status_code < 500, case.as_curl_command()
                case.validate_response(response, checks=CHECKS)

        ask()

    found = operations(system)
    for operation in found:
        check(operation)
    assert len(found) > 20
    assert system.processes["auth"].probe("/livez").status_code == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
TICKET = {"id": ID, "version": 0, "title": "x", "price": 1.5, "userId": ID}
ORDER = {"id": ID, "version": 0, "ticket": {"id": ID}, "units": ["1"]}
PAYMENT = {"id": ID, "version": 0, "orderId": ID, "stripeId": "pi_1", "amount": 1}
CREATED = ORDER | {
    "status": "created",
    "userId": ID,
    "expiresAt": "2026-01-01T00:00:00.000Z",
    "ticket": {"id": ID, "title": "x", "price": 1.5},
    "total": 1.5,
}
PAYLOADS = {
    "ticket.created": TICKET,
    "ticket.updated": TICKET,
    "order.created": CREATED,
    "order.cancelled": ORDER | {"reason": "x"},
    "order.completed": ORDER,
    "order.reduced": ORDER,
    "order.extended": ORDER | {"expiresAt": "2026-01-01T00:00:00.000Z"},
    "expiration.complete": {"orderId": ID},
    "payment.created": PAYMENT,
    "payment.failed": PAYMENT | {"reason": "x"},
    "payment.refunded": PAYMENT | {"reason": "x", "units": []},
    "session.revoked": {"id": ID, "version": 0, "jti": "x", "before": 1.0},
}


def mutated(payload):
    """Like an event, but for one of its fields."""
    field = st.sampled_from(sorted(payload))
    return st.tuples(field, JSON).map(
        lambda change: json.dumps(payload | dict([change])).encode()
    )


def cut(payload):
    body = json.dumps(payload).encode()
    return st.integers(0, len(body)).map(lambda end: body[:end])


HEADERS = st.dictionaries(
    st.sampled_from(["traceparent", "ce-id", "ce-type", "content-type"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1),
)


@pytest.mark.parametrize("subject", PAYLOADS)
def test_no_message_stops_a_service(system, subject):
    """Odd ones are ignored or put aside; what comes after them is handled."""
    payload = PAYLOADS[subject]
    sent = []

    @SEARCH
    @given(st.binary() | mutated(payload) | cut(payload), HEADERS)
    def gather(body, headers):
        sent.append((body, headers))

    gather()
    Bus(system).publish_all(subject, sent)
    with Person(system) as seller, Person(system) as buyer:
        buyer.buy(seller.sell())
    assert system.processes["auth"].probe("/livez").status_code == 200


def test_all_were_taken_and_nothing_was_unforeseen(system):
    """No message is left that nobody has looked at."""
    consumers = Bus(system).consumers
    eventually(lambda: not any(each.num_pending for each in consumers().values()))
    lines = system.processes["auth"].log().splitlines()
    assert not [line for line in lines if '"action": "unforeseen"' in line]
    assert not [line for line in lines if "Traceback" in line and "events" in line]
