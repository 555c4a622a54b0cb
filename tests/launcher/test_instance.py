"""What an instance is given, decides by itself and hands on to its services."""

from __future__ import annotations

import stat
import subprocess
from base64 import b64decode

import pytest

from launcher import rabbitmq
from launcher.errors import FolderError, MissingError
from launcher.instance import Instance, read_environment, write_environment

ASK = ("nats", "mongodb", "redis", "rabbitmq")


def test_by_itself_an_instance_names_its_own_servers_and_test_money(tmp_path):
    instance = Instance(tmp_path, port=8_000, given={})
    environment = instance.environment()
    known = {name: f"services:{instance.secrets()[f'{name}:services']}" for name in ASK}
    at = {name: f"{known[name]}@127.0.0.1" for name in ASK}
    assert environment == {
        "NATS_URL": f"nats://{at['nats']}:23800",
        "MONGODB_URI": f"mongodb://{at['mongodb']}:23801/"
        "?authSource=admin&retryWrites=false",
        "REDIS_URL": f"redis://{at['redis']}:23802/0",
        "AMQP_URI": f"pyamqp://{at['rabbitmq']}:23803//",
        "WEB_SERVER_ADDRESS": "127.0.0.1:8000",
        "HTTP_SHARE_PORT": "false",
        "JWT_KEYS": f"first={instance.secrets()['jwt']}",
        "PASS_KEYS": f"first={instance.secrets()['passes']}",
        "SESSION_COOKIE_SECURE": "false",
        "STRIPE_SECRET_KEY": "sk_test_standin",
        "STRIPE_WEBHOOK_SECRET": instance.secrets()["webhook"],
        "STRIPE_API_BASE": "http://127.0.0.1:23806",
        "MAIL_FOLDER": f"{tmp_path}/mail",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "REHEARSALS": "on",
    }
    assert len(instance.secrets()["jwt"]) >= 32
    assert instance.secrets()["webhook"].startswith("whsec_")
    assert len(b64decode(instance.secrets()["passes"] + "=", "-_", validate=True)) == 32


def test_a_service_is_given_its_own_accounts_and_no_other(tmp_path):
    """Nothing of servers that it does not use, and no password of another service."""
    instance = Instance(tmp_path, given={})
    of_web, of_expiration = map(instance.environment, ("web", "expiration"))
    assert "MONGODB_URI" not in of_web.keys() | of_expiration.keys()
    known = ("NATS_URL", "AMQP_URI", "REDIS_URL")
    told = str([given[name] for given in (of_web, of_expiration) for name in known])
    used = {name for name, value in instance.secrets().items() if value in told}
    assert used == {
        "nats:web",
        "rabbitmq:web",
        "redis:web",
        "nats:expiration",
        "rabbitmq:expiration",
        "redis:expiration",
    }


@pytest.mark.parametrize(
    ("given", "rehearses"),
    [
        ({"REHEARSALS": "off"}, "off"),
        ({"STRIPE_SECRET_KEY": "sk_test_1"}, "on"),
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, None),
        ({"STRIPE_SECRET_KEY": "rk_test_1", "STRIPE_PUBLISHABLE_KEY": "pk_live"}, None),
    ],
)
def test_sellers_rehearse_with_test_money(tmp_path, given, rehearses):
    """Unless somebody does not want it."""
    environment = Instance(tmp_path, given=given).environment()
    assert environment.get("REHEARSALS") == rehearses


def test_secrets_are_made_once_for_a_folder(tmp_path):
    first = Instance(tmp_path / "one", given={}).secrets()
    assert Instance(tmp_path / "one", port=9_000, given={}).secrets() == first
    other = Instance(tmp_path / "two", given={}).secrets()
    assert all(other[name] != first[name] for name in first)


def test_a_folder_of_earlier_days_keeps_its_secrets_and_gets_what_it_lacks(tmp_path):
    path = tmp_path / "secrets.json"
    path.write_text('{"jwt": "old", "webhook": "whsec_old"}')
    (tmp_path / "ticketing.lock").touch()
    found = Instance(tmp_path, given={}).secrets()
    assert (found["jwt"], found["webhook"]) == ("old", "whsec_old")
    assert Instance(tmp_path, given={}).secrets() == found
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_mail_may_go_to_a_server_and_its_links_to_another_name(tmp_path):
    given = {"MAIL_URL": "smtps://u:p@mail.example:465", "PUBLIC_URL": "https://x.org"}
    environment = Instance(tmp_path, given=given).environment()
    assert given.items() <= environment.items()


def test_what_is_given_may_stand_in_a_file(tmp_path, monkeypatch):
    """As a secret does that no other process should see."""
    file = tmp_path / "keys"
    file.write_text("mine=" + 40 * "x" + "\n")
    monkeypatch.setenv("JWT_KEYS_FILE", str(file))
    monkeypatch.delenv("JWT_KEYS", raising=False)
    environment = Instance(tmp_path / "data").environment()
    assert environment["JWT_KEYS"] == "mine=" + 40 * "x"


def test_what_is_given_wins_and_empty_counts_as_not_given(tmp_path):
    given = {
        "NATS_URL": "nats://elsewhere:4222",
        "REDIS_URL": "",
        "JWT_KEYS": "mine=" + 40 * "x",
        "NAMESPACE": "trial",
        "HOME": "/home/me",
    }
    environment = Instance(tmp_path, open=True, given=given).environment()
    assert environment["NATS_URL"] == "nats://elsewhere:4222"
    assert environment["REDIS_URL"] == "redis://127.0.0.1:23802/0"
    assert environment["AMQP_URI"] == "pyamqp://guest:guest@127.0.0.1:23803//"
    assert environment["JWT_KEYS"] == given["JWT_KEYS"]
    assert environment["NAMESPACE"] == "trial"
    assert "HOME" not in environment


def test_with_a_key_of_stripe_there_is_no_stand_in(tmp_path):
    given = {"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}
    environment = Instance(tmp_path, given=given).environment()
    assert environment["STRIPE_SECRET_KEY"] == "sk_live_1"
    assert environment["STRIPE_WEBHOOK_SECRET"] == "whsec_1"
    assert "STRIPE_API_BASE" not in environment


def test_without_a_key_nothing_of_stripes_is_taken_from_outside(tmp_path):
    given = {"STRIPE_WEBHOOK_SECRET": "whsec_1", "STRIPE_API_BASE": "http://elsewhere"}
    environment = Instance(tmp_path, given=given).environment()
    assert environment["STRIPE_WEBHOOK_SECRET"] != "whsec_1"
    assert environment["STRIPE_API_BASE"] == "http://127.0.0.1:23806"


def test_options_win_over_what_is_given(tmp_path):
    given = {"HOLD_SECONDS": "60", "WEB_SERVER_ADDRESS": "x:1", "HTTP_SHARE_PORT": "no"}
    options = {"port": 8_001, "host": "0.0.0.0", "processes": 2}
    instance = Instance(tmp_path, given=given, **options)
    environment = instance.environment()
    assert environment["HOLD_SECONDS"] == "60"
    assert environment["WEB_SERVER_ADDRESS"] == "0.0.0.0:8001"
    assert environment["HTTP_SHARE_PORT"] == "true"
    assert instance.url == "http://127.0.0.1:8001"
    shorter = Instance(tmp_path, given=given, hold=5)
    assert shorter.environment()["HOLD_SECONDS"] == "5"


def test_another_nodes_settings_do_not_reach_our_servers(tmp_path):
    given = {"RABBITMQ_NODENAME": "x", "ERL_FLAGS": "-boom", "PATH": "/bin"}
    inherited = Instance(tmp_path, given=given).inherited()
    assert inherited == {"PATH": "/bin", "TICKETING_DATA": str(tmp_path)}


def test_the_environment_file_is_read_back_here_and_by_a_shell(tmp_path):
    environment = {"A": 'it\'s "x" $HOME `y` \\ é', "B": "", "C": "a=b # c"}
    write_environment(tmp_path, environment)
    assert read_environment(tmp_path) == environment
    shell = subprocess.run(
        ["sh", "-c", '. "$1/environment" && printf %s "$A$C"', "sh", tmp_path],
        capture_output=True,
        check=True,
        text=True,
    )
    assert shell.stdout == environment["A"] + environment["C"]


def test_without_rabbitmq_the_command_that_installs_it_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(rabbitmq, "SERVER", "/none")
    monkeypatch.setattr(rabbitmq, "EPMD", "/none")
    for make in (rabbitmq.rabbitmq, rabbitmq.epmd):
        with pytest.raises(MissingError, match="apt-get install --yes rabbitmq-server"):
            make(Instance(tmp_path, given={}))


@pytest.mark.parametrize("name", ["it's", 'a"b', "a$b", "a`b"])
def test_a_folder_that_rabbitmq_cannot_use_is_refused(tmp_path, name):
    """With these it never becomes ready, and does not say why."""
    with pytest.raises(FolderError, match="RabbitMQ cannot keep data in"):
        rabbitmq.rabbitmq(Instance(tmp_path / name, given={}))
