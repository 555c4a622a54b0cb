"""To whom spans are told, and that nothing of it is loaded where nobody is to hear."""

import subprocess
import sys

import pytest

from ticketing import spans

COLLECTOR = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (spans.ENDPOINT, "127.0.0.1:4318", "no address"),
        (spans.HEADERS, "sesame", "name=value"),
        (spans.SHARE, "2", "not from 0 to 1"),
        (spans.SHARE, "all", "could not convert"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(name, value, words, monkeypatch):
    """Without a word of what may be a secret."""
    monkeypatch.setattr(spans, "recorder", None)
    config = {spans.ENDPOINT: COLLECTOR, name: value}
    with pytest.raises(SystemExit, match=f"{name} is not valid.*{words}") as refused:
        spans.configure(config)
    assert "sesame" not in str(refused.value)
    assert spans.recorder is None


# Every service as it is before it is started, with the settings of config.yaml.
BUILD = """
import os, sys
os.environ["EVENTLET_HUB"] = "asyncio"
import eventlet
eventlet.monkey_patch()
from importlib import import_module
import yaml
from nameko.cli.main import setup_yaml_parser
from nameko.containers import ServiceContainer
setup_yaml_parser()
config = yaml.safe_load(open("config.yaml"))
for name in ("auth", "tickets", "orders", "expiration", "payments", "web"):
    module = import_module(f"{name}.service")
    ServiceContainer(getattr(module, f"{name.title()}Service"), config)
foreign = ("opentelemetry", "google.protobuf")
print(sorted(name for name in sys.modules if name.startswith(foreign)))
"""


@pytest.mark.parametrize("endpoint", ["", COLLECTOR])
def test_nothing_of_opentelemetry_is_loaded_unless_it_is_wanted(endpoint):
    """Neither by us nor by a library that would use it if it is installed."""
    env = {"PYTHONPATH": ".", "SESSION_COOKIE_SECURE": "false"}
    built = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BUILD],
        env=env | {spans.ENDPOINT: endpoint},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("opentelemetry.sdk.trace" in built.stdout) is bool(endpoint)
    assert endpoint or built.stdout.strip() == "[]"
