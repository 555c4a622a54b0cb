"""`scripts/up`: a whole instance in the foreground."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from launcher import folder, mongodb, rabbitmq, servers, services
from launcher.instance import STRIPE_KEY, Instance, write_environment
from launcher.ports import require_free
from launcher.program import Program
from launcher.supervisor import Supervisor

# What the environment may name instead, and how each is started otherwise.
SERVERS: dict[str, Callable[[Instance], Program]] = {
    "NATS_URL": servers.nats,
    "MONGODB_URI": mongodb.mongodb,
    "REDIS_URL": servers.redis,
    "AMQP_URI": rabbitmq.rabbitmq,
    STRIPE_KEY: servers.stripe_stand_in,
}


def up(options: argparse.Namespace) -> int:
    instance = Instance(
        data=options.data,
        port=options.port,
        host=options.host,
        processes=options.processes,
        hold=options.hold,
        open=options.open,
    )
    with folder.claimed(instance.data):
        # Before anything is wiped: a start that cannot be should not cost the data.
        _require_ports(instance, _stages(instance, options.servers_only))
        if options.fresh:
            folder.wipe(instance.data)
        return _run(instance, options.servers_only)


def _run(instance: Instance, servers_only: bool) -> int:
    stages = _stages(instance, servers_only)
    ready = f"Ticketing is ready at {instance.url}"
    _say(f"Starting Ticketing with its data in {instance.data}")
    for name in filter(instance.is_given, SERVERS):
        _say(f"  {name} is set: using what it names")
    write_environment(instance.data, instance.environment())
    if not servers_only:
        services.write_targets(instance)
    try:
        supervisor = Supervisor(stages, _new_logs(instance), _say)
        return asyncio.run(
            supervisor.run("Servers are ready." if servers_only else ready)
        )
    finally:
        for name in (folder.ENVIRONMENT, folder.TARGETS):
            (instance.data / name).unlink(missing_ok=True)


def _stages(instance: Instance, servers_only: bool) -> list[list[Program]]:
    """What to start, each stage needing the one before. Raises MissingError."""
    ours = [make for name, make in SERVERS.items() if not instance.is_given(name)]
    mapper = [rabbitmq.epmd(instance)] if rabbitmq.rabbitmq in ours else []
    last = [] if servers_only else services.processes(instance)
    return [mapper, [make(instance) for make in ours], last]


def _require_ports(instance: Instance, stages: list[list[Program]]) -> None:
    programs = [program for stage in stages for program in stage]
    purposes = {port: each.title for each in programs for port in each.ports}
    if purposes.pop(instance.port, None):
        require_free(instance.port, "Ticketing itself", instance.host)
    for port, purpose in purposes.items():
        require_free(port, purpose)


def _new_logs(instance: Instance) -> Path:
    """Of the start before, too: one wants to know what happened then."""
    logs = instance.part(folder.LOGS)
    for log in logs.glob("*.log"):
        log.replace(log.with_suffix(".log.old"))
    return logs


def _say(line: str) -> None:
    try:
        print(line, flush=True)
    except BrokenPipeError:
        sys.stdout = sys.stderr
