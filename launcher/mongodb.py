"""MongoDB as a replica set of one: `mongod` if it is installed, else SecantusDB."""

from __future__ import annotations

import asyncio
from pathlib import Path

from launcher import probes
from launcher.errors import MissingError
from launcher.instance import Instance
from launcher.ports import LOOPBACK
from launcher.probes import Probe
from launcher.program import Program, find
from launcher.servers import on_port

REPLICA_SET = "rs0"


def mongodb(instance: Instance) -> Program:
    port = instance.ports.mongodb
    if binary := find("mongod"):
        directory = instance.part("mongodb/mongod")
        return _program(instance, _mongod(binary, port, directory), _set_up(port))
    if binary := find("secantusd-py"):
        directory = instance.part("mongodb/secantus")
        command = _secantus(binary, port, directory)
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


def _mongod(binary: str, port: int, directory: Path) -> tuple[str, ...]:
    where = ("--bind_ip", LOOPBACK, "--port", str(port), "--dbpath", str(directory))
    return (binary, "--replSet", REPLICA_SET, "--nounixsocket", *where)


def _secantus(binary: str, port: int, directory: Path) -> tuple[str, ...]:
    # Named, the file keeps others, such as one in the user's home, from being read.
    config = directory.parent / "secantusd.toml"
    config.write_text("", encoding="ascii")
    where = ("--host", LOOPBACK, "--port", str(port), "--storage-path", str(directory))
    options = ("--config", str(config), "--sync-on-commit", "--log-level", "WARNING")
    return (binary, *where, *options)


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
