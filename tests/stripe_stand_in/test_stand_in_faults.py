"""What goes wrong on purpose, and how far it goes."""

import json
import subprocess
import sys

import httpx
import pytest

from stripe_stand_in import faults, front
from stripe_stand_in.faults import Fate, Faults
from stripe_stand_in.router import Request
from stripe_stand_in.webhooks import Queue, deliver

INTENTS = "/v1/payment_intents"
USD = {"amount": "1500", "currency": "usd"}
BODY = b"amount=1500&currency=usd"
PAY = {
    "amount": 1500,
    "currency": "usd",
    "confirm": True,
    "payment_method": "pm_card_visa",
    "allowed_payment_method_types": ["card"],
}


def ask(in_process, key=None, path=INTENTS):
    """Through the front, as a request over the network would go."""
    headers = {"authorization": "Bearer sk_test_a"}
    headers |= {"idempotency-key": key} if key else {}
    return in_process.front.answer(Request("req_1", "POST", path, b"", headers, BODY))


def made(in_process):
    return len(in_process.get(INTENTS)["data"])


def test_a_swallowed_answer_is_no_answer(start):
    """The work is done; the retry of the library gets the true result."""
    stand_in = start("--faults", '{"swallow": 1}')
    with stand_in.raw() as raw:
        key = {"Idempotency-Key": "swallowed"}
        with pytest.raises(httpx.RemoteProtocolError):
            raw.post(INTENTS, data=USD, headers=key)
        assert raw.delete("/stand-in/faults").status_code == 200
        again = raw.post(INTENTS, data=USD, headers=key)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert len(raw.get(INTENTS).json()["data"]) == 1


def test_a_500_that_comes_too_late_hides_the_true_result(in_process):
    """Under the same key the result shows; without one the work is done again."""
    in_process.fate.set(Faults(fail_after=1.0))
    assert ask(in_process, "late").status == 500
    assert made(in_process) == 1
    in_process.fate.set(Faults())
    again = ask(in_process, "late")
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert made(in_process) == 1


def test_a_500_before_the_work_has_no_effect(in_process):
    """And leaves the key free."""
    in_process.fate.set(Faults(fail_before=1.0))
    refused = ask(in_process, "early")
    assert refused.status == 500
    assert json.loads(refused.body)["error"]["type"] == "api_error"
    assert made(in_process) == 0
    in_process.fate.set(Faults())
    again = ask(in_process, "early")
    assert again.status == 200
    assert "Idempotent-Replayed" not in again.headers


def test_a_request_is_delayed(in_process, monkeypatch):
    """By some time between the least and the most."""
    slept = []
    monkeypatch.setattr(front.time, "sleep", slept.append)
    in_process.fate.set(Faults(delay=(0.2, 0.3)))
    for _ in range(20):
        assert ask(in_process).status == 200
    assert len(set(slept)) == 20
    assert all(0.2 <= seconds <= 0.3 for seconds in slept)


def test_a_seed_repeats_a_run(in_process):
    """Another seed has another run; chances come true about as often as they say."""

    def run(seed):
        fate = Fate(Faults(seed=seed, swallow=0.2, fail_before=0.1))
        return [fate.mishap(INTENTS) for _ in range(1000)]

    assert run(7) == run(7) != run(8)
    swallowed = sum(mishap.swallow for mishap in run(7))
    failed = sum(mishap.fail_before for mishap in run(7))
    assert 150 < swallowed < 250
    assert 60 < failed < 140
    assert not any(mishap.fail_after for mishap in run(7))


def test_faults_keep_to_their_paths(in_process):
    """And never touch what is not the API."""
    in_process.fate.set(Faults(fail_before=1.0, paths=("/v1/refunds",)))
    assert ask(in_process).status == 200
    assert ask(in_process, path="/v1/refunds").status == 500
    in_process.fate.set(Faults(fail_before=1.0))
    assert ask(in_process).status == 500
    for beside in ("/stand-in/nothing", "/nothing"):
        assert ask(in_process, path=beside).status == 404


def test_faults_are_set_shown_and_taken_away_while_it_runs(start):
    """All of them at once; what is left out is well."""
    with start().raw() as raw:
        said = {"seed": 7, "processing": 60, "webhooks": {"copies": 3}}
        shown = raw.put("/stand-in/faults", json=said).json()
        assert (shown["seed"], shown["processing"], shown["swallow"]) == (7, 60, 0)
        assert shown["webhooks"]["copies"] == 3
        assert raw.get("/stand-in/faults").json() == shown
        data = USD | {
            "confirm": "true",
            "payment_method": "pm_card_visa",
            "return_url": "https://shop.example/",
        }
        assert raw.post(INTENTS, data=data).json()["status"] == "processing"
        well = raw.delete("/stand-in/faults").json()
        assert (well["processing"], well["webhooks"]["copies"]) == (0, 1)
        assert raw.post(INTENTS, data=data).json()["status"] == "succeeded"


WRONG = [
    ("{", None),
    ("[]", "faults"),
    ('{"colour": 1}', "colour"),
    ('{"swallow": 1.1}', "swallow"),
    ('{"swallow": -0.1}', "swallow"),
    ('{"fail_after": true}', "fail_after"),
    ('{"fail_before": "1"}', "fail_before"),
    ('{"swallow": NaN}', "swallow"),
    ('{"seed": 1.5}', "seed"),
    ('{"delay": 1}', "delay"),
    ('{"delay": [2, 1]}', "delay"),
    ('{"delay": [0, 1, 2]}', "delay"),
    ('{"processing": 1e9}', "processing"),
    ('{"paths": "/v1/refunds"}', "paths"),
    ('{"paths": ["/livez"]}', "paths"),
    ('{"webhooks": 1}', "webhooks"),
    ('{"webhooks": {"copies": 0}}', "copies"),
    ('{"webhooks": {"copies": true}}', "copies"),
    ('{"webhooks": {"shuffle": 1}}', "shuffle"),
    ('{"webhooks": {"drop": 2}}', "drop"),
    ('{"webhooks": {"swallow": 1}}', "swallow"),
]


@pytest.mark.parametrize(("said", "param"), WRONG)
def test_wrong_faults_are_refused(raw, said, param):
    """400 with the name, and the ones in force stay."""
    refused = raw.put("/stand-in/faults", content=said)
    error = refused.json()["error"]
    assert (refused.status_code, error.get("param")) == (400, param)
    assert raw.get("/stand-in/faults").json()["swallow"] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--faults", '{"swallow": 2}'),
        ("--faults", "nonsense"),
        ("--settle-seconds", "-1"),
        ("--settle-seconds", "nan"),
        ("--settle-seconds", "soon"),
    ],
)
def test_wrong_options_are_refused(tmp_path, arguments):
    """At the start, with their name."""
    command = [sys.executable, "-m", "stripe_stand_in", "--data", str(tmp_path)]
    result = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, timeout=15, check=False
    )
    assert result.returncode == 2
    assert arguments[0] in result.stderr.splitlines()[-1]


def test_webhooks_come_several_times(with_hook, hook):
    """Each copy is the same event."""
    options = '{"webhooks": {"copies": 3}}'
    stand_in = with_hook(
        "--faults", options, "--webhook-events", "payment_intent.created"
    )
    stand_in.client().v1.payment_intents.create(PAY)
    hook.wait_for(lambda received: len(received) >= 3)
    assert len({event.id for event, *_ in hook.received}) == 1


def test_a_dropped_webhook_is_lost_for_good(in_process, hook):
    """It counts as delivered and is not tried again; a retry is never dropped."""
    endpoint = in_process.hook(hook.url)
    ask(in_process)
    fate = Fate(faults.parse('{"webhooks": {"drop": 1}}'))
    queue = Queue(in_process.store, endpoint, fate)
    assert deliver(in_process.store, queue, fate)
    event = in_process.get("/v1/events")["data"][0]
    assert event["pending_webhooks"] == 0
    in_process.clock.now += 3600
    assert not deliver(in_process.store, queue, fate)
    assert hook.received == []
    assert (fate.copies(first=True), fate.copies(first=False)) == (0, 1)


def test_webhooks_are_held_back(in_process):
    """Until some time between the least and the most has passed."""
    endpoint = in_process.hook("http://127.0.0.1:1/")
    in_process.fate.set(faults.parse('{"webhooks": {"delay": [5, 9]}}'))
    ask(in_process)
    queue = Queue(in_process.store, endpoint, in_process.fate)
    in_process.clock.now += 4.9
    assert queue.take()[1] == []
    in_process.clock.now += 4.1
    assert len(queue.take()[1]) == 1


def test_webhooks_come_in_any_order(in_process):
    """In another than they happened, that is, and none is missing."""
    endpoint = in_process.hook("http://127.0.0.1:1/")
    for _ in range(12):
        ask(in_process)

    def order(fate):
        queue = Queue(in_process.store, endpoint, fate)
        return [delivery.event for delivery in queue.take()[1]]

    happened = order(Fate())
    shuffled = order(Fate(faults.parse('{"seed": 1, "webhooks": {"shuffle": true}}')))
    assert happened != shuffled
    assert sorted(happened) == sorted(shuffled)
    assert len(happened) == 12
