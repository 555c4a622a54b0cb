"""The processes of Ticketing itself: all six services in each, on one shared port."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from launcher import ROOT, folder, probes
from launcher.instance import Instance
from launcher.ports import reachable
from launcher.probes import Probe
from launcher.program import Program, project_environment
from ticketing import roles

NAMES = ("auth", "tickets", "orders", "expiration", "payments", "web")
CONFIG = "config.yaml"
NAMEKO = Path(sys.executable).parent / "nameko"
# nats-py needs eventlet's asyncio hub, which can only be chosen before it starts.
HUB = {"EVENTLET_HUB": "asyncio"}


def processes(instance: Instance) -> list[Program]:
    if instance.processes == 1:
        return [_process(instance, "services", "Services process", 1)]
    return [
        _process(instance, f"services-{number}", f"Services process {number}", number)
        for number in range(1, instance.processes + 1)
    ]


def metrics_addresses(instance: Instance) -> list[str]:
    """Where each process answers for itself: one port, at addresses of loopback."""
    numbers = range(1, instance.processes + 1)
    return [_metrics_address(instance, number) for number in numbers]


def write_targets(instance: Instance) -> None:
    """Tell Prometheus where to ask, as a file for its ``file_sd_configs``."""
    targets = [{"targets": metrics_addresses(instance)}]
    path = instance.data / folder.TARGETS
    folder.write_private(path, json.dumps(targets))


def environment(instance: Instance, account: str = roles.ALL.name) -> dict[str, str]:
    own = project_environment(instance.inherited())
    return own | instance.environment(account) | HUB


def _metrics_address(instance: Instance, number: int) -> str:
    return f"127.0.0.{number}:{instance.ports.metrics}"


def _process(instance: Instance, name: str, title: str, number: int) -> Program:
    modules = (f"{service}.service" for service in NAMES)
    return Program(
        name=name,
        title=title,
        command=(str(NAMEKO), "run", "--config", CONFIG, *modules),
        directory=ROOT,
        environment=environment(instance)
        | {"METRICS_ADDRESS": _metrics_address(instance, number)},
        answers=_ready(instance),
        ports=(instance.port, instance.ports.metrics),
    )


def _ready(instance: Instance) -> Probe:
    """Which of the processes that share a port answers is chance: ask more often."""
    host, port = reachable(instance.host), instance.port
    questions = 1 if instance.processes == 1 else 4 * instance.processes

    async def answers(process: int) -> bool:
        if not probes.listens(process, port):
            return False
        for _ in range(questions):
            if not await probes.http(port, "/readyz", host):
                return False
        return True

    return answers
