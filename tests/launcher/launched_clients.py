"""Leaves a mark in every server and looks for it again, each with its real client."""

from __future__ import annotations

import asyncio
import urllib.request

import kombu
import nats
import pymongo
import redis


def leave_marks(environment):
    asyncio.run(_publish(environment["NATS_URL"]))
    with pymongo.MongoClient(environment["MONGODB_URI"]) as client:
        marks = client.marks.get_collection(
            "marks", write_concern=pymongo.WriteConcern(w="majority", j=True)
        )
        marks.insert_one({"_id": "mark"})
    redis.Redis.from_url(environment["REDIS_URL"]).set("mark", "here")
    confirmed = {"confirm_publish": True}
    with kombu.Connection(
        environment["AMQP_URI"], transport_options=confirmed
    ) as connection:
        queue = connection.SimpleQueue("marks")
        queue.put("here", delivery_mode="persistent")
        queue.close()


def marks(environment):
    """The names of the servers in which a mark is found."""
    with pymongo.MongoClient(environment["MONGODB_URI"]) as client:
        found = {
            "nats": asyncio.run(_published(environment["NATS_URL"])) == 1,
            "mongodb": client.marks.marks.count_documents({"_id": "mark"}) == 1,
            "redis": redis.Redis.from_url(environment["REDIS_URL"]).get("mark")
            == b"here",
            "rabbitmq": _queued(environment["AMQP_URI"]) == 1,
        }
    return {name for name, there in found.items() if there}


def status(url):
    with urllib.request.urlopen(url, timeout=5) as reply:
        return reply.status


async def _publish(url):
    connection = await nats.connect(url)
    stream = connection.jetstream()
    await stream.add_stream(name="MARKS", subjects=["marks"])
    await stream.publish("marks", b"here")
    await connection.close()


async def _published(url):
    connection = await nats.connect(url)
    information = await connection.jetstream().stream_info("MARKS")
    await connection.close()
    return information.state.messages


def _queued(uri):
    with kombu.Connection(uri) as connection:
        queue = connection.SimpleQueue("marks")
        size = queue.qsize()
        queue.close()
        return size
