"""Publishing: acknowledged, in order, and once for each id.

Kept by JetStream and by the double.
"""

import json
from itertools import chain

import pytest
from contract_tools import eventually

from ticketing import hub, tracing
from ticketing.contract import TicketCreated
from ticketing.errors import UnavailableError
from ticketing.events import Publisher
from ticketing.fakes import MemoryPublisher
from ticketing.ids import new_id
from ticketing.messages import Event
from ticketing.nats import NatsConnection

TICKET, ANN = new_id(), new_id()


def event(version=0, title="Row 3"):
    payload = TicketCreated(
        id=TICKET, version=version, title=title, price=1.5, user_id=ANN
    )
    return Event.of(payload)


class PublisherContract:
    def ids(self, publisher):
        return [event_id for event_id, _ in self.published(publisher)]

    def test_an_event_is_published(self, publisher):
        publisher.publish(event())
        assert self.published(publisher) == [(f"{TICKET}:0", event().data)]

    def test_an_event_is_published_once(self, publisher):
        for _ in range(3):
            publisher.publish(event())
        assert publisher.publish_groups([[event(), event()], [event()]]) == [
            [1, 1],
            [1],
        ]
        assert self.ids(publisher) == [f"{TICKET}:0"]

    def test_the_first_of_one_id_counts(self, publisher):
        publisher.publish(event(title="first"))
        publisher.publish(event(title="second"))
        assert self.published(publisher)[0][1]["title"] == "first"

    def test_a_group_is_published_in_its_order(self, publisher):
        publisher.publish_groups([[event(n) for n in range(20)]])
        assert self.ids(publisher) == [f"{TICKET}:{n}" for n in range(20)]

    def test_many_groups_are_published_side_by_side(self, publisher):
        groups = [[event(n), event(n + 100)] for n in range(50)]
        numbers = publisher.publish_groups(groups)
        assert sorted(chain.from_iterable(numbers)) == list(range(1, 101))
        assert len(self.ids(publisher)) == 100

    def test_no_groups_are_no_work(self, publisher):
        assert publisher.publish_groups([]) == []

    def test_a_bus_that_is_away_takes_nothing(self, publisher, away):
        with pytest.raises(UnavailableError):
            away.publish(event())
        with pytest.raises(UnavailableError):
            away.publish_groups([[event()]])
        assert self.ids(publisher) == []


class TestMemoryPublisher(PublisherContract):
    @pytest.fixture
    def publisher(self):
        return MemoryPublisher()

    @pytest.fixture
    def away(self, publisher):
        publisher.away = True
        return publisher

    def published(self, publisher):
        return [(each.id, each.data) for each in publisher.published]


class TestJetStreamPublisher(PublisherContract):
    @pytest.fixture
    def connection(self, config, streams):
        connection = NatsConnection(config)
        connection.acquire()
        connection.wait_connected()
        yield connection
        connection.release()

    @pytest.fixture
    def publisher(self, connection, bus):
        self.bus, self.stream = bus, connection.stream
        return Publisher(connection, "tickets")

    @pytest.fixture
    def away(self, config):
        return Publisher(NatsConnection(config), "tickets")

    def messages(self):
        last = hub.wait_for(self.bus.stream_info(self.stream), 5).state.last_seq
        asked = (self.bus.get_msg(self.stream, seq) for seq in range(1, last + 1))
        return [hub.wait_for(each, 5) for each in asked]

    def published(self, publisher):
        return [
            (message.headers["Nats-Msg-Id"], json.loads(message.data))
            for message in self.messages()
        ]

    def test_a_message_is_a_cloud_event_on_its_subject(self, publisher, config):
        tracing.follow(trace := tracing.new_traceparent())
        publisher.publish(event())
        (message,) = self.messages()
        assert message.subject == f"{config['NAMESPACE']}.ticket.created"
        assert message.headers["ce-source"] == "/ticketing/tickets"
        assert message.headers["ce-id"] == f"{TICKET}:0"
        assert message.headers["traceparent"] == trace

    def test_the_stream_is_kept_in_files_and_knows_ids_for_ten_minutes(self, publisher):
        config = hub.wait_for(self.bus.stream_info(self.stream), 5).config
        assert config.storage == "file"
        assert config.duplicate_window == 600

    def test_what_the_bus_refuses_is_told_group_by_group(self, publisher):
        good, bad = event(), Event("nobody.listens", "x:0", {})
        assert publisher.publish_groups([[good], [bad], [event(1), bad]]) == [
            [1],
            [],
            [],
        ]
        with pytest.raises(UnavailableError):
            publisher.publish(bad)
        assert eventually(lambda: self.ids(publisher)) == [f"{TICKET}:0", f"{TICKET}:1"]
