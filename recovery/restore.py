"""A restore: the documents of a backup, and after them all that the stream still tells.

Where the stream itself is lost, it is that of the backup.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import redis
from pymongo.database import Database

from recovery import folder, mongodb
from recovery.errors import RecoveryError
from recovery.folder import Backup
from recovery.replay import Replay
from recovery.streams import Streams
from recovery.system import DATABASES, System
from ticketing.config import namespaced


@dataclass(frozen=True)
class Restored:
    """``replayed`` counts the events that came after the backup, by subject."""

    backup: Backup
    replayed: Counter[str]
    removed: int
    streams: list[str]


async def restore(
    system: System, source: Path, at: datetime | None, *, replace: bool
) -> Restored:
    """Bring a system back to ``at``, or as far as its events go.

    Raises RecoveryError, having changed nothing, when the backup is not whole, services
    run, or something is there and is not to be replaced.
    """
    backup = folder.find(source, at)
    backup.check()
    streams = await Streams.connect(system.nats)
    client = mongodb.connect(system.mongodb)
    databases = {name: client[system.database(name)] for name in DATABASES}
    try:
        await _check_silence(streams, system)
        if not replace:
            _check_empty(databases)
        loaded = await _load_streams(streams, system, backup)
        for name, database in databases.items():
            known = backup.manifest["databases"][name]
            mongodb.load(database, backup.path / "mongodb" / name, known)
        replay, later = Replay(databases), []
        async for message in streams.read(system.events, backup.manifest["since"]):
            if at and message.time > at:
                later.append(message.number)
            else:
                replay.hear(system.subject(message.subject), message)
        replay.save()
        await streams.remove(system.events, later)
        _forget_deadlines(system)
        return Restored(backup, replay.heard, len(later), loaded)
    finally:
        client.close()
        await streams.close()


async def _check_silence(streams: Streams, system: System) -> None:
    if running := await streams.listeners(system.events):
        raise RecoveryError(
            "The services are running, and must not while their data change. Stop "
            "them; scripts/up --servers-only keeps the servers. "
            f"({', '.join(sorted(running)[:3])}, … are being read.)"
        )


def _check_empty(databases: dict[str, Database[Any]]) -> None:
    for database in databases.values():
        for name in database.list_collection_names():
            if database[name].find_one():
                raise RecoveryError(
                    f"The database {database.name} is not empty: --replace takes the "
                    "backup instead of what is there"
                )


async def _load_streams(streams: Streams, system: System, backup: Backup) -> list[str]:
    """Bring back the streams that are gone, or younger than the backup."""
    loaded = []
    for name, described in backup.manifest["streams"].items():
        stream = system.stream(name)
        state = await streams.state(stream)
        if state is None or state.last_seq < described["state"]["last_seq"]:
            await streams.load(stream, described, backup.path / folder.snapshot(name))
            loaded.append(stream)
    return loaded


def _forget_deadlines(system: System) -> None:
    """They are made anew from the orders."""
    prefix = namespaced(system.config, "expiration", ":")
    try:
        with redis.Redis.from_url(system.redis, socket_timeout=3) as client:
            client.delete(*(f"{prefix}:{name}" for name in ("deadlines", "built")))
    except redis.RedisError as error:
        raise RecoveryError(
            "Everything is restored but for the deadlines in Redis, which does not "
            f"answer ({error}): empty it before the services start"
        ) from error
