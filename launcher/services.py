"""The processes of Ticketing itself: all six services in each, on one shared port."""

from __future__ import annotations

import sys
from pathlib import Path

from launcher import ROOT, probes
from launcher.instance import Instance
from launcher.ports import reachable
from launcher.probes import Probe
from launcher.program import Program, project_environment
from ticketing import permissions

NAMES = ("auth", "tickets", "orders", "expiration", "payments", "web")
CONFIG = "config.yaml"
NAMEKO = Path(sys.executable).parent / "nameko"
# nats-py needs eventlet's asyncio hub, which can only be chosen before it starts.
HUB = {"EVENTLET_HUB": "asyncio"}


def processes(instance: Instance) -> list[Program]:
    if instance.processes == 1:
        return [_process(instance, "services", "Services process")]
    return [
        _process(instance, f"services-{number}", f"Services process {number}")
        for number in range(1, instance.processes + 1)
    ]


def environment(
    instance: Instance, account: str = permissions.ALL.name
) -> dict[str, str]:
    own = project_environment(instance.inherited())
    return own | instance.environment(account) | HUB


def _process(instance: Instance, name: str, title: str) -> Program:
    modules = (f"{service}.service" for service in NAMES)
    return Program(
        name=name,
        title=title,
        command=(str(NAMEKO), "run", "--config", CONFIG, *modules),
        directory=ROOT,
        environment=environment(instance),
        answers=_ready(instance),
        ports=(instance.port,),
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
