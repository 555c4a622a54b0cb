"""A program that prints, as JSON, what the code needs of a cluster.

Each service is set up as it is when it starts, with settings that remember who asks for
them. It runs in a process of its own: services need eventlet's patches, tests do not.
"""
# ruff: noqa: E402 - the hub comes first, then the patches, then all else

import json
import os
import sys
from pathlib import Path

os.environ["EVENTLET_HUB"] = "asyncio"
import eventlet

eventlet.monkey_patch()

import yaml
from nameko.cli.main import setup_yaml_parser
from nameko.cli.run import import_service
from nameko.containers import ServiceContainer

from ticketing import events
from ticketing.http.app import App
from ticketing.http.route import ANSWER_TIMEOUT, Route

ROOT = Path(__file__).parents[2]
# Whatever a setting without a default accepts.
GIVEN = {
    "JWT_KEYS": "first=" + "x" * 40,
    "PASS_KEYS": "first=" + "A" * 43,
    "STRIPE_SECRET_KEY": "sk_test_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
    # Defaults would not do in production.
    "SESSION_COOKIE_SECURE": "false",
}


class Settings(dict):
    """Remembers which of its keys were read."""

    def __init__(self, values):
        super().__init__(values)
        self.read = set()

    def __getitem__(self, key):
        self.read.add(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        self.read.add(key)
        return super().get(key, default)


def settings(**changes):
    setup_yaml_parser()
    os.environ.update(GIVEN)
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    return Settings(config | changes)


def set_up(service, config):
    container = ServiceContainer(service, config)
    for extension in container.extensions:
        extension.setup()
    return container


def starts(service, config):
    try:
        set_up(service, config)
    except (SystemExit, KeyError):
        return False
    return True


def facts(name):
    (service,) = import_service(f"{name}.service")
    config = settings()
    container = set_up(service, config)
    routes = (e for e in container.entrypoints if isinstance(e, Route))
    read = sorted(config.read & config.keys())
    return {
        "routes": sorted({(route.method, route.path) for route in routes}),
        "reads": read,
        "requires": [k for k in read if not starts(service, settings(**{k: ""}))],
    }


def main():
    names = sorted(path.parent.name for path in ROOT.glob("*/service.py"))
    names.remove("ticketing")
    result = {
        "services": {name: facts(name) for name in names},
        "probes": sorted(App()._probes),
        # How long a handler may take: an event's, or a request's.
        "slowest": max(events.ACK_WAIT, ANSWER_TIMEOUT),
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
