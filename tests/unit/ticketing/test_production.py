"""Production does not start with what everybody knows; settings may come from files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ticketing.config import flag, optional, setting
from ticketing.production import is_production, weakness
from ticketing.setting_files import from_files

ROOT = Path(__file__).parents[3]
LOT = "kD8hX2mWq0ZrT5vB7nCsY3jL9pFgA1uE"
PRODUCTION = {"SESSION_COOKIE_SECURE": True}
WEAK = {
    "no account": ("NATS_URL", "nats://nats:4222"),
    "no password": ("REDIS_URL", "redis://expiration@redis:6379/0"),
    "the default": ("AMQP_URI", "pyamqp://guest:guest@rabbitmq:5672//"),
    "its own name": (
        "AMQP_URI",
        "pyamqp://a-name-that-is-long:a-name-that-is-long@h//",
    ),
    "a short one": ("MONGODB_URI", "mongodb://orders:hunter2@mongodb/"),
    "no address": ("NATS_URL", "nats://[x"),
    "one letter": ("JWT_KEYS", "first=" + "s" * 40),
    "one of two": ("JWT_KEYS", f"first={LOT},second=" + "ab" * 20),
    "zeros": ("PASS_KEYS", "first=" + "A" * 43),
    "the stand-in": ("STRIPE_SECRET_KEY", "sk_test_standin"),
    "its address": ("STRIPE_API_BASE", "http://stripe:12111"),
    "a short secret": ("STRIPE_WEBHOOK_SECRET", "whsec_x"),
    "no secret": ("STRIPE_WEBHOOK_SECRET", ""),
}
STRONG = {
    "NATS_URL": f"nats://tickets:{LOT}@nats:4222",
    "MONGODB_URI": f"mongodb://orders:{LOT}@a:27017,b:27017/?replicaSet=rs0",
    "REDIS_URL": f"redis://expiration:{LOT}@redis:6379/0",
    "AMQP_URI": f"amqp://tickets:{LOT}@rabbitmq:5672//",
    "JWT_KEYS": f"first={LOT},second={LOT[::-1]}",
    "PASS_KEYS": f"first={LOT}AAAAAAAAAAA",
    "STRIPE_SECRET_KEY": "sk_live_51abcdef",
    "STRIPE_API_BASE": "",
    "STRIPE_WEBHOOK_SECRET": f"whsec_{LOT}",
}


@pytest.mark.parametrize(("key", "value"), WEAK.values(), ids=WEAK)
def test_production_does_not_start_with_a_weak_secret(key, value):
    """A sentence names the setting, and nothing of what is in it."""
    read = setting if value else optional
    more = (str,) if value else ()
    with pytest.raises(SystemExit) as stopped:
        read(PRODUCTION | {key: value}, key, *more)
    sentence = str(stopped.value)
    assert sentence.startswith(f"{key} will not do in production")
    assert sentence.endswith(".")
    for secret in ("hunter2", "guest", "s" * 9, "A" * 9, "whsec_x"):
        assert secret not in sentence


@pytest.mark.parametrize(("key", "value"), WEAK.values(), ids=WEAK)
def test_development_starts_with_anything(key, value):
    config = {"SESSION_COOKIE_SECURE": False, key: value}
    assert optional(config, key) == value


@pytest.mark.parametrize("key", STRONG)
def test_production_starts_with_what_was_drawn_by_lot(key):
    assert weakness(key, STRONG[key]) is None
    assert optional(PRODUCTION | STRONG, key) == STRONG[key]


def test_production_is_where_cookies_are_secure():
    """As YAML or the environment says it; an empty text is no way around."""
    for said in (True, "true", "True", "", None):
        config = {"SESSION_COOKIE_SECURE": said}
        assert flag(config, "SESSION_COOKIE_SECURE", default=True)
        assert is_production(config)
    assert not is_production({})
    for said in (False, "false", "False"):
        config = {"SESSION_COOKIE_SECURE": said}
        assert not flag(config, "SESSION_COOKIE_SECURE", default=True)
        assert not is_production(config)


CONFIG = 'JWT_KEYS: !raw_env_var "${JWT_KEYS:}"\nMAX: ${MAX:3}\n'


def test_a_setting_may_stand_in_a_file(tmp_path):
    """Without the line end that editors and tools put there."""
    file = tmp_path / "keys"
    file.write_text(f"first={LOT}\n")
    given = {"JWT_KEYS_FILE": str(file), "OTHER_FILE": "/none", "MAX_FILE": ""}
    assert from_files(given, CONFIG) == {"JWT_KEYS": f"first={LOT}"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"JWT_KEYS_FILE": "/none"}, "JWT_KEYS_FILE cannot be read: No such file"),
        (
            {"JWT_KEYS_FILE": "/proc/self/exe"},
            "JWT_KEYS_FILE cannot be read: not UTF-8",
        ),
        (
            {"JWT_KEYS_FILE": "/x", "JWT_KEYS": "y"},
            "JWT_KEYS and JWT_KEYS_FILE are both",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_named(given, sentence):
    with pytest.raises(SystemExit, match=sentence):
        from_files(given, CONFIG)


def test_services_read_files_and_keep_them_out_of_their_environment(tmp_path):
    """As a container runs them."""
    file = tmp_path / "keys"
    file.write_text(f"first={LOT}\n")
    program = (
        "import os; from ticketing import serve; "
        "print(serve._config()['JWT_KEYS'], os.environ.get('JWT_KEYS'))"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=ROOT,
        env={**os.environ, "JWT_KEYS_FILE": str(file)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout == f"first={LOT} None\n"
