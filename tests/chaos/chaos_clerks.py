"""Clerks who write one number after another, and remember which were acknowledged."""

import asyncio
import threading
from contextlib import suppress
from itertools import count

import nats
import pymongo
import redis
from chaos_checker import Violation
from nats.errors import Error as NatsError
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from ticketing.mongo import DURABLE

# A clerk whose answer takes longer has written its last: the machine may be slow, too.
PATIENCE = 5
NAME = "clerk"
NOT_JOURNALED = {"w": 1}


class RedisClerk:
    server = "Redis"

    def __init__(self, url):
        self._redis = redis.Redis.from_url(url, socket_timeout=PATIENCE)

    def write(self, number):
        self._redis.rpush(NAME, number)

    def found(self):
        return {int(each) for each in self._redis.lrange(NAME, 0, -1)}

    def end(self):
        self._redis.close()


class MongoClerk:
    """Writes as the services do."""

    server, concern = "MongoDB", DURABLE

    def __init__(self, url):
        within = {"serverSelectionTimeoutMS": PATIENCE * 1000}
        self._client = pymongo.MongoClient(url, **self.concern, **within)
        self._numbers = self._client[NAME]["numbers"]

    def write(self, number):
        self._numbers.insert_one({"_id": number})

    def found(self):
        return {each["_id"] for each in self._numbers.find()}

    def end(self):
        self._client.close()


class HastyMongoClerk(MongoClerk):
    """Is content with an answer that does not wait for the journal."""

    concern = NOT_JOURNALED


class NatsClerk:
    server = "NATS"

    def __init__(self, url):
        self._url, self._loop = url, asyncio.new_event_loop()
        self._nats = None

    def write(self, number):
        try:
            self._loop.run_until_complete(self._publish(number))
        except (OSError, NatsError):
            self.end()
            raise

    def found(self):
        return self._loop.run_until_complete(self._read())

    def end(self):
        if self._nats is not None:
            self._loop.run_until_complete(self._nats.close())
        self._nats = None

    async def _publish(self, number):
        js = await self._stream()
        message = {"Nats-Msg-Id": str(number)}
        await js.publish(NAME, b"", timeout=PATIENCE, headers=message)

    async def _read(self):
        js = await self._stream()
        subscription = await js.subscribe(NAME, ordered_consumer=True)
        left = (await js.stream_info(NAME)).state.messages
        found = [await subscription.next_msg() for _ in range(left)]
        await subscription.unsubscribe()
        return {int(each.headers["Nats-Msg-Id"]) for each in found}

    async def _stream(self):
        if self._nats is None:
            self._nats = await nats.connect(self._url, allow_reconnect=False)
            await self._nats.jetstream().add_stream(name=NAME, subjects=[NAME])
        return self._nats.jetstream()


CLERKS = {"NATS_URL": NatsClerk, "REDIS_URL": RedisClerk, "MONGODB_URI": MongoClerk}
HASTY = CLERKS | {"MONGODB_URI": HastyMongoClerk}
AWAY = (OSError, NatsError, RedisError, PyMongoError)


class Diary:
    """What one clerk writes, from when it begins to when the server is away."""

    def __init__(self, clerk):
        self.name, self.acknowledged = f"written to {clerk.server}", set()
        self._clerk, self._numbers = clerk, count()
        self._thread, self._before = None, 0

    def begin(self):
        self._before = len(self.acknowledged)
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def has_written(self, times):
        """So often since it began."""
        return len(self.acknowledged) - self._before >= times

    def end(self):
        """Once the server is away; it goes on at the next beginning."""
        self._thread.join()

    def lost(self):
        """What was acknowledged and is not there."""
        if missing := self.acknowledged - self._clerk.found():
            told = f"{len(missing)} of {len(self.acknowledged)} {self.name}"
            yield Violation("lost", None, told)

    def close(self):
        self._clerk.end()

    def _write(self):
        with suppress(*AWAY):
            for number in self._numbers:
                self._clerk.write(number)
                self.acknowledged.add(number)
