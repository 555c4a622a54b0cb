"""What is on the bus, seen by a plain NATS client."""

import asyncio
import json
from contextlib import contextmanager
from dataclasses import dataclass

import nats
from nats.errors import TimeoutError as NothingMoreError
from nats.js.api import AckPolicy, ConsumerConfig


@dataclass(frozen=True)
class Message:
    subject: str
    headers: dict
    data: dict


class Bus:
    """The stream TICKETING of one system."""

    def __init__(self, system):
        self.url = system.direct["NATS_URL"]
        self.prefix = f"{system.namespace}."
        self.stream = f"{system.namespace}_TICKETING"

    def messages(self, *mentioned):
        """All messages of which the body mentions one of these ids."""
        return [
            message
            for message in self._run(self._read())
            if any(text in json.dumps(message.data) for text in mentioned)
        ]

    def consumers(self):
        """What the server tells of each durable consumer, by name."""
        return self._run(self._consumers())

    def is_quiet(self, services):
        """Whether each consumer of these has handled all that there is."""
        return not any(
            info.num_pending or info.num_ack_pending
            for name, info in self.consumers().items()
            if name.partition("-")[0] in services
        )

    def publish(self, subject, body, headers=None):
        self.publish_all(subject, [(body, headers)])

    def publish_all(self, subject, messages):
        """Each a body and headers; over one connection."""
        self._run(self._publish(subject, messages))

    @contextmanager
    def open(self):
        """A function that publishes over one connection, each with its answer."""
        loop = asyncio.new_event_loop()
        client = loop.run_until_complete(nats.connect(self.url))
        js = client.jetstream()

        def publish(subject, body, headers=None):
            made = js.publish(self.prefix + subject, body, headers=headers)
            loop.run_until_complete(made)

        try:
            yield publish
        finally:
            loop.run_until_complete(client.close())
            loop.close()

    def _run(self, use):
        async def connected():
            client = await nats.connect(self.url)
            try:
                return await use(client.jetstream())
            finally:
                await client.close()

        return asyncio.run(connected())

    def _read(self):
        async def use(js):
            config = ConsumerConfig(ack_policy=AckPolicy.NONE)
            subscription = await js.pull_subscribe(
                f"{self.prefix}>", stream=self.stream, config=config
            )
            left = (await js.stream_info(self.stream)).state.messages
            found = []
            while left > len(found):
                try:
                    found += await subscription.fetch(500, timeout=10)
                except NothingMoreError:
                    break
            return [self._message(each) for each in found if _is_event(each)]

        return use

    def _message(self, message):
        subject = message.subject.removeprefix(self.prefix)
        return Message(subject, message.headers or {}, json.loads(message.data))

    def _consumers(self):
        async def use(js):
            found = await js.consumers_info(self.stream)
            return {info.name: info for info in found if info.config.durable_name}

        return use

    def _publish(self, subject, messages):
        async def use(js):
            for body, headers in messages:
                await js.publish(self.prefix + subject, body, headers=headers)

        return use


def _is_event(message):
    """Tests put other things on the bus as well."""
    try:
        return isinstance(json.loads(message.data), dict)
    except (ValueError, RecursionError):
        return False
