"""MongoDB: `mongod`, as a replica set of one, if it is installed, else SecantusDB."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from launcher import folder, mongodb_accounts, probes
from launcher.errors import MissingError
from launcher.instance import Instance
from launcher.ports import LOOPBACK
from launcher.probes import Probe
from launcher.program import Program, find, project_environment
from launcher.servers import on_port
from ticketing import accounts

REPLICA_SET = "rs0"


def mongodb(instance: Instance) -> Program:
    port = instance.ports.mongodb
    if binary := find("mongod"):
        directory = instance.part("mongodb/mongod")
        command = _mongod(binary, port, directory)
        if instance.open:
            return _program(instance, command, _set_up(port))
        return _guarded(instance, command, ("--keyFile", str(_key_file(instance))))
    if binary := find("secantusd-py"):
        directory = instance.part("mongodb/secantus")
        command = _secantus(binary, port, directory)
        if not instance.open:
            return _guarded(instance, command, ("--auth",))
        return _program(instance, command, on_port(probes.mongodb, port))
    raise MissingError(
        "MongoDB is not installed: run scripts/setup, or set MONGODB_URI."
    )


def _program(instance: Instance, command: tuple[str, ...], answers: Probe) -> Program:
    return Program(
        name="mongodb",
        title="MongoDB",
        command=command,
        directory=instance.part("mongodb"),
        environment=instance.inherited(),
        answers=answers,
        ports=(instance.ports.mongodb,),
    )


def _guarded(
    instance: Instance, command: tuple[str, ...], guard: tuple[str, ...]
) -> Program:
    directory, port = instance.part("mongodb"), instance.ports.mongodb
    plan = {
        "port": port,
        "users": accounts.mongodb(instance.secrets(), instance.namespace),
        "replica_set": REPLICA_SET if "--replSet" in command else None,
        "guard": guard,
    }
    mongodb_accounts.prepare(directory, plan)

    async def answers(process: int) -> bool:
        # While it is given its accounts, a process of its own listens.
        return probes.listens(process, port) and await probes.mongodb(port)

    maker = (sys.executable, "-P", "-m", "launcher.mongodb_accounts", str(directory))
    program = _program(instance, (*maker, *command), answers)
    return replace(program, environment=project_environment(program.environment))


def _key_file(instance: Instance) -> Path:
    """What members of a set know each other by; this one has no others."""
    path = instance.part("mongodb") / "key"
    folder.write_private(path, instance.secrets()["mongodb:admin"])
    return path


def _mongod(binary: str, port: int, directory: Path) -> tuple[str, ...]:
    where = ("--bind_ip", LOOPBACK, "--port", str(port), "--dbpath", str(directory))
    return (binary, "--replSet", REPLICA_SET, "--nounixsocket", *where)


def _secantus(binary: str, port: int, directory: Path) -> tuple[str, ...]:
    # Named, the file keeps others, such as one in the user's home, from being read.
    config = directory.parent / "secantusd.toml"
    config.write_text("", encoding="ascii")
    where = ("--host", LOOPBACK, "--port", str(port), "--storage-path", str(directory))
    options = ("--config", str(config), "--sync-on-commit", "--log-level", "WARNING")
    # As a set it keeps a log for change streams, which nobody reads here: a third of
    # what an update costs.
    return (binary, *where, *options, "--standalone")


def _set_up(port: int) -> Probe:
    """Asks `mongod`, and makes it the only member of its replica set if need be."""

    async def answers(_process: int) -> bool:
        if await probes.mongodb(port):
            return True
        # Here because it takes a while, and few machines need it.
        from launcher.replica_set import initiate  # noqa: PLC0415

        await asyncio.to_thread(initiate, REPLICA_SET, f"{LOOPBACK}:{port}")
        return False

    return answers
