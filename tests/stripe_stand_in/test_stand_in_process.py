"""The stand-in as a process: it keeps what it knows, and ends with one sentence."""

import signal
import socket
import subprocess
import sys
from time import monotonic

import pytest
import stripe

PAY = {
    "amount": 1500,
    "currency": "usd",
    "confirm": True,
    "payment_method": "pm_card_visa",
    "allowed_payment_method_types": ["card"],
}


def run(*arguments):
    command = [sys.executable, "-m", "stripe_stand_in", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=15, check=False
    )


def test_it_says_that_it_lives_and_what_it_is(raw):
    """Without a key."""
    del raw.headers["Authorization"]
    assert (raw.get("/livez").status_code, raw.get("/livez").text) == (200, "ok")
    assert "no money moves" in raw.get("/").text


def test_everything_is_there_again_after_a_kill(start):
    """Intents, charges, refunds, events and saved replies."""
    first = start()
    client = first.client().v1
    options = {"idempotency_key": "before"}
    intent = client.payment_intents.create(PAY, options)
    refund = client.refunds.create({"payment_intent": intent.id, "amount": 500})
    events = client.events.list().data
    first.kill()
    client = start().client().v1
    assert client.payment_intents.retrieve(intent.id) == intent
    assert client.refunds.retrieve(refund.id) == refund
    assert client.charges.retrieve(intent.latest_charge).amount_refunded == 500
    assert client.events.list().data == events
    replayed = client.payment_intents.create(PAY, options)
    assert replayed == intent
    assert replayed.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert refused.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_at_once(start, number):
    """With exit code 0, even while a connection is open."""
    stand_in = start()
    with stand_in.raw() as raw:
        assert raw.get("/livez").status_code == 200
        asked = monotonic()
        stand_in.process.send_signal(number)
        assert stand_in.process.wait(timeout=10) == 0
    assert monotonic() - asked < 2
    assert stand_in.process.stderr.read() == ""


def test_a_taken_port_is_one_plain_sentence(tmp_path):
    """And exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run("--port", port, "--data", str(tmp_path))
    assert result.returncode == 1
    sentence = f"Cannot listen on 127.0.0.1:{port}: Address already in use.\n"
    assert result.stderr == sentence


def test_a_folder_serves_one_process(start, tmp_path):
    """A second one would not know which keys are in use."""
    start()
    result = run("--port", "0", "--data", str(tmp_path / "data"))
    assert result.returncode == 1
    assert result.stderr == f"Another Stripe stand-in is using {tmp_path / 'data'}.\n"


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    """Instead of a stack trace."""
    (tmp_path / "file").write_text("")
    result = run("--port", "0", "--data", str(tmp_path / "file" / "data"))
    assert result.returncode == 1
    assert result.stderr.startswith(f"The folder {tmp_path / 'file' / 'data'} cannot")


def test_a_file_that_is_no_database_is_named(tmp_path):
    """One plain sentence again."""
    (tmp_path / "stripe.sqlite3").write_text("not a database, but long enough" * 100)
    result = run("--port", "0", "--data", str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.endswith("cannot be used: file is not a database.\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--webhook-url", "http://127.0.0.1:1/"],
        ["--webhook-url", "http://127.0.0.1:1/", "--webhook-secret", "secret"],
        ["--webhook-url", "ftp://127.0.0.1/", "--webhook-secret", "whsec_a"],
    ],
)
def test_wrong_webhook_options_are_refused(tmp_path, arguments):
    """An address without a secret, a secret that is none, an address that is none."""
    result = run("--port", "0", "--data", str(tmp_path), *arguments)
    assert result.returncode == 2
    assert "--webhook-" in result.stderr.splitlines()[-1]
