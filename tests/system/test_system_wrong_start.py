"""A start that cannot succeed says in one sentence what to do, and ends with code 1."""

import socket
import subprocess

import pytest

from launcher import ROOT
from launcher.ports import free_port
from launcher.services import CONFIG, NAMEKO, environment

SERVICES = ("auth", "orders", "payments", "expiration")
WRONG = {
    "no hub": ({"EVENTLET_HUB": None}, "EVENTLET_HUB=asyncio"),
    "another hub": ({"EVENTLET_HUB": "poll"}, "EVENTLET_HUB=asyncio"),
    "no keys": ({"JWT_KEYS": ""}, "JWT_KEYS is missing"),
    "a short key": ({"JWT_KEYS": "first=short"}, "JWT_KEYS is not valid"),
    "keys that are none": ({"JWT_KEYS": "x" * 64}, "JWT_KEYS is not valid"),
    "a hold of words": ({"HOLD_SECONDS": "abc"}, "HOLD_SECONDS is not valid"),
    "no hold": ({"HOLD_SECONDS": "0"}, "HOLD_SECONDS is not valid"),
    "no attempts": ({"PAYMENT_ATTEMPTS": "-1"}, "PAYMENT_ATTEMPTS is not valid"),
    "no Stripe": ({"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY is missing"),
    "real money": ({"STRIPE_SECRET_KEY": "sk_live_hid"}, "takes real money"),
    "no answer": ({"SESSION_COOKIE_SECURE": "maybe"}, "SESSION_COOKIE_SECURE"),
    "no address": ({"WEB_SERVER_ADDRESS": "here"}, "WEB_SERVER_ADDRESS is not valid"),
    "no port": ({"WEB_SERVER_ADDRESS": "127.0.0.1:0"}, "WEB_SERVER_ADDRESS"),
    "no Redis": ({"REDIS_URL": "nonsense"}, "REDIS_URL is not valid"),
    "no MongoDB": ({"MONGODB_URI": ""}, "MONGODB_URI is missing"),
    "a bad address": ({"MONGODB_URI": "mongodb://a:b:c/"}, "MONGODB_URI is not valid"),
    "no address at all": ({"MONGODB_URI": "mongodb://"}, "MONGODB_URI is not valid"),
    "a quoted password": ({"MONGODB_URI": "mongodb://u:hid:den@h/"}, "MONGODB_URI is"),
    "no Redis at all": ({"REDIS_URL": "redis://u:hid/den@h/0"}, "REDIS_URL is"),
    "open servers": ({"SESSION_COOKIE_SECURE": "true"}, "will not do in production"),
    "said empty": ({"SESSION_COOKIE_SECURE": ""}, "will not do in production"),
    "no RabbitMQ": ({"AMQP_URI": ""}, "AMQP_URI is missing"),
}


def run(instance, **changes):
    """Starts services with these settings; returns the code and what was said."""
    settings = environment(instance) | {"NAMESPACE": "wrong"}
    settings |= {"WEB_SERVER_ADDRESS": f"127.0.0.1:{free_port()}"} | changes
    modules = [f"{service}.service" for service in SERVICES]
    ran = subprocess.run(
        [NAMEKO, "run", "--config", CONFIG, *modules],
        cwd=ROOT,
        env={name: value for name, value in settings.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = ran.stdout.splitlines() + ran.stderr.splitlines()
    return ran.returncode, [line for line in said if not line.startswith("{")]


@pytest.mark.parametrize(("changes", "sentence"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_named(instance, changes, sentence):
    """One sentence, no stack trace."""
    code, said = run(instance, **changes)
    assert len(said) == 1, "\n".join(said)
    assert sentence in said[0]
    assert "hid" not in said[0]
    assert said[0].endswith((".", ")"))
    assert code == 1


def test_a_port_that_is_taken_is_named(instance):
    """And nobody's requests are shared with whoever has it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = run(instance, WEB_SERVER_ADDRESS=f"127.0.0.1:{port}")
    assert len(said) == 1, "\n".join(said)
    assert f"Port {port} is taken" in said[0]
    assert "WEB_SERVER_ADDRESS" in said[0]
    assert code == 1
