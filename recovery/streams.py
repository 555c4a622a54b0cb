"""Streams of NATS JetStream: written to a file, brought back, and read again.

A snapshot is the server's own, with the places of its consumers:
https://docs.nats.io/reference/reference-protocols/nats_api_reference
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from recovery.errors import RecoveryError
from ticketing.permissions import inbox_of

Json = dict[str, Any]

TIMEOUT = 10.0
CHUNK = 128 * 1024
BATCH = 500
_API = "$JS.API.STREAM"


@dataclass(frozen=True)
class Stored:
    """A message of a stream: an event, with its number."""

    number: int
    subject: str
    headers: dict[str, str]
    body: bytes
    time: datetime


class Streams:
    """The streams of a server. Raises RecoveryError when it does not answer."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._js: JetStreamContext = client.jetstream(timeout=TIMEOUT)

    @classmethod
    async def connect(cls, url: str) -> "Streams":
        try:
            return cls(
                await nats.connect(
                    url,
                    connect_timeout=3,
                    allow_reconnect=False,
                    ping_interval=10,
                    inbox_prefix=inbox_of(url),
                )
            )
        except Exception as error:
            raise RecoveryError(f"NATS does not answer at {url}: {error}") from error

    async def close(self) -> None:
        await self._client.close()

    async def state(self, stream: str) -> Any | None:
        """Return what is known of a stream, None if it is not there."""
        try:
            return (await self._js.stream_info(stream)).state
        except NotFoundError:
            return None

    async def listeners(self, stream: str) -> list[str]:
        """Return the names of consumers that somebody pulls from right now."""
        try:
            found = await self._js.consumers_info(stream)
        except NotFoundError:
            return []
        return [info.name for info in found if info.num_waiting]

    async def save(self, stream: str, path: Path) -> Json:
        """Write the server's snapshot of a stream to a file; return what it is of."""
        chunks: asyncio.Queue[Msg] = asyncio.Queue()
        inbox = self._client.new_inbox()
        subscription = await self._client.subscribe(inbox, cb=chunks.put)
        wanted = {"deliver_subject": inbox, "chunk_size": CHUNK}
        told = await self._ask(f"{_API}.SNAPSHOT.{stream}", wanted)
        with path.open("wb") as file:
            while chunk := await asyncio.wait_for(chunks.get(), TIMEOUT):
                if not chunk.data:
                    break
                file.write(chunk.data)
                if chunk.reply:  # the server waits before it sends more
                    await chunk.respond(b"")
        await subscription.unsubscribe()
        return {"config": told["config"], "state": told["state"]}

    async def load(self, stream: str, described: Json, path: Path) -> None:
        """Bring a stream back, in the place of what is there of it."""
        if await self.state(stream):
            await self._js.delete_stream(stream)
        told = await self._ask(f"{_API}.RESTORE.{stream}", described)
        where = told["deliver_subject"]
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                await self._client.request(where, chunk, timeout=TIMEOUT)
        _checked(await self._client.request(where, b"", timeout=6 * TIMEOUT))

    async def read(self, stream: str, since: int) -> AsyncIterator[Stored]:
        """Go through the messages from a number on, in their order."""
        config = ConsumerConfig(
            ack_policy=AckPolicy.NONE,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=max(since, 1),
        )
        subscription = await self._js.pull_subscribe("", stream=stream, config=config)
        left = (await subscription.consumer_info()).num_pending or 0
        while left:
            for message in await subscription.fetch(min(left, BATCH), timeout=TIMEOUT):
                left -= 1
                yield _stored(message)

    async def remove(self, stream: str, numbers: list[int]) -> None:
        for number in numbers:
            await self._js.delete_msg(stream, number)

    async def _ask(self, subject: str, question: Json) -> Json:
        body = json.dumps(question).encode()
        return _checked(await self._client.request(subject, body, timeout=TIMEOUT))


def _checked(answer: Msg) -> Json:
    told: Json = json.loads(answer.data)
    if "error" in told:
        raise RecoveryError(f"NATS: {told['error'].get('description', told['error'])}")
    return told


def _stored(message: Msg) -> Stored:
    where = message.metadata
    return Stored(
        where.sequence.stream,
        message.subject,
        dict(message.headers or {}),
        message.data,
        where.timestamp,
    )
