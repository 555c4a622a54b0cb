"""A backup while the shop goes on: first the documents, then the events after them.

What changes meanwhile is in the stream: its snapshot comes last, and a restore hears
everything again that was told since the first document was read.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recovery import folder, mongodb
from recovery.errors import RecoveryError
from recovery.streams import Streams
from recovery.system import DATABASES, STREAMS, System

Json = dict[str, Any]


async def backup(system: System, target: Path) -> Path:
    """Make a backup below ``target`` and return its folder. Raises RecoveryError."""
    streams = await Streams.connect(system.nats)
    client = mongodb.connect(system.mongodb)
    try:
        begun = datetime.now(UTC)
        with folder.new_backup(target, begun) as path:
            state = await streams.state(system.events)
            if state is None:
                raise RecoveryError(f"NATS has no stream {system.events} to back up")
            databases = {
                name: mongodb.save(
                    client[system.database(name)], path / "mongodb" / name
                )
                for name in DATABASES
            }
            manifest = {
                "begun": begun.isoformat(),
                "until": datetime.now(UTC).isoformat(),
                "since": state.last_seq + 1,
                "databases": databases,
                "streams": await _save_streams(streams, system, path),
            }
            folder.write_manifest(path, manifest)
        return target / path.name.removeprefix(".").removesuffix(".partial")
    finally:
        client.close()
        await streams.close()


async def _save_streams(streams: Streams, system: System, path: Path) -> Json:
    saved = {}
    for name in STREAMS:
        if await streams.state(system.stream(name)):
            where = path / folder.snapshot(name)
            saved[name] = await streams.save(system.stream(name), where)
    return saved
