"""Events that have gone from the stream are told again by their owner."""

from contextlib import suppress
from datetime import timedelta

import pytest
from contract_things import Thing, ThingDatabase, counted, told
from contract_tools import eventually
from nats.js.errors import NotFoundError as MissingError

from ticketing import healing, hub, tracing
from ticketing.change import Change
from ticketing.clock import iso, utc_now
from ticketing.contract import TicketCreated
from ticketing.ids import new_id
from ticketing.messages import Event

TICKET = new_id()


class ThingsService:
    name = "things"
    things = ThingDatabase()


class House:
    """Things, their healer, and the stream seen from outside."""

    def __init__(self, container, bus):
        (self.provider,) = container.dependencies
        self.store, self.healer = self.provider.store, self.provider.healer
        self.bus, self.stream = bus, self.provider.nats.connection.stream
        self.provider.nats.connection.wait_connected()
        eventually(lambda: self.provider._ready)

    def tell(self, *names):
        """Make things, and change each of them twice."""
        for name in names:
            self.store.add(told(Thing(name)))
            for _ in range(2):
                self.store.change(name, counted)
        eventually(lambda: all(len(self.sent(name)) == 3 for name in names))

    def sent(self, name):
        document = self.store.collection.find_one({"_id": name})
        return {each["id"]: each["sequence"] for each in document.get("sent", [])}

    def lose(self, number):
        hub.wait_for(self.bus.delete_msg(self.stream, number), 5)

    def messages(self):
        """Which events the stream has, by number."""
        state = hub.wait_for(self.bus.stream_info(self.stream), 5).state
        found = {}
        for number in range(state.first_seq, state.last_seq + 1):
            with suppress(MissingError):
                message = self.bus.get_msg(self.stream, number)
                found[number] = hub.wait_for(message, 5).headers
        return found

    def ids(self):
        return [headers["ce-id"] for headers in self.messages().values()]


@pytest.fixture
def house(run, bus, monkeypatch):
    monkeypatch.setattr(healing, "HEAL_EVERY", 3600)
    return House(run(ThingsService), bus)


@pytest.mark.parametrize("lost", ["a:0", "a:1", "a:2", "b:1", "b:2"])
def test_what_has_gone_is_told_again(house, lost):
    """The first, one in the middle, and the last, after which nothing shows a gap."""
    house.tell("a", "b")
    name = lost[0]
    house.lose(house.sent(name)[lost])
    assert lost not in house.ids()
    assert house.healer.heal() == 1
    assert house.ids()[-1] == lost
    assert set(house.sent(name).values()) <= set(house.messages())
    assert house.healer.heal() == 0


def test_it_is_the_same_event_in_another_message(house):
    """Or JetStream would take it for one that it has had."""
    tracing.follow(tracing.new_traceparent())
    house.tell("a")
    number = house.sent("a")["a:2"]
    before = house.messages()[number]
    house.lose(number)
    house.healer.heal()
    after = house.messages()[house.sent("a")["a:2"]]
    assert after.pop("Nats-Msg-Id") != before.pop("Nats-Msg-Id")
    assert after == before


def test_all_of_them_may_have_gone(house):
    """Also those before the first that is left, which the stream does not list."""
    house.tell("a", "b", "c")
    hub.wait_for(house.bus.purge_stream(house.stream), 5)
    assert house.ids() == []
    assert house.healer.heal() == 9
    assert sorted(house.ids()) == sorted(f"{n}:{v}" for n in "abc" for v in range(3))
    own = [each for each in house.ids() if each.startswith("b")]
    assert own == ["b:0", "b:1", "b:2"]


def test_several_healers_tell_it_once(house):
    house.tell("a")
    other = healing.Healer(
        house.store.collection,
        house.provider.relay._publisher,
        house.provider.nats.connection,
    )
    house.lose(house.sent("a")["a:1"])
    lost = [entry for entry in _entries(house) if entry["id"] == "a:1"]
    house.healer._tell_again("a", lost)
    other._tell_again("a", lost)
    assert house.ids().count("a:1") == 1


def _entries(house):
    return house.store.collection.find_one({"_id": "a"})["sent"]


def test_what_the_streams_limits_took_is_not_told_again(house):
    house.tell("a")
    old = iso(utc_now() - healing.LATELY - timedelta(minutes=1))
    house.store.collection.update_one({"_id": "a"}, {"$set": {"sent.1.at": old}})
    for number in house.sent("a").values():
        house.lose(number)
    assert house.healer.heal() == 2
    assert "a:1" not in house.ids()


def test_one_that_goes_before_its_number_is_noted_is_found_later(house):
    house.tell("a")
    entries = _entries(house)
    house.store.collection.update_one({"_id": "a"}, {"$set": {"sent": []}})
    house.lose(entries[1]["sequence"])
    assert house.healer.heal() == 0
    house.store.collection.update_one({"_id": "a"}, {"$set": {"sent": entries}})
    assert house.healer.heal() == 1


def test_nothing_is_read_while_nothing_is_missing(house, monkeypatch):
    house.tell("a", "b")
    looks = []
    monkeypatch.setattr(house.healer, "_owning", lambda numbers: looks.append(1) or [])
    for _ in range(3):
        house.healer.heal()
    assert looks == []
    house.lose(house.sent("a")["a:1"])
    for _ in range(healing.LOOKS + 3):
        house.healer.heal()
    assert len(looks) == healing.LOOKS


def test_it_heals_by_itself(house, run, monkeypatch):
    monkeypatch.setattr(healing, "HEAL_EVERY", 0.01)
    house.tell("a")
    house.lose(house.sent("a")["a:2"])
    thread = hub.eventlet.spawn(house.healer.run)
    eventually(lambda: "a:2" in house.ids())
    thread.kill()


def test_who_has_not_heard_it_hears_it_then_and_not_before(house, listen):
    """Nothing else would tell: there is no later version that shows the gap."""
    house.store.add(Change(Thing(TICKET), ticket_event()))
    (number,) = eventually(lambda: house.sent(TICKET).values())
    house.lose(number)
    made = listen()
    eventually(lambda: is_idle(made))
    assert made.heard == []
    assert house.healer.heal() == 1
    eventually(made.is_settled)
    assert [delivery.payload.id for delivery in made.heard] == [TICKET]


def ticket_event():
    payload = TicketCreated(
        id=TICKET, version=0, title="Row 3", price=1.5, user_id=new_id()
    )
    return Event.of(payload)


def is_idle(made):
    """Whether its consumer is there and has nothing to do."""
    with suppress(MissingError):
        return made.waiting() == 0
    return False
