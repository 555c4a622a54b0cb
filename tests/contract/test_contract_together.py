"""Calls to a collection that come together: one command, to each its own outcome."""

import pytest
from eventlet.event import Event
from eventlet.greenpool import GreenPool
from eventlet.greenthread import sleep, spawn
from pymongo.collection import Collection

from ticketing.errors import DuplicateError, UnavailableError
from ticketing.lanes import MOST, Lane
from ticketing.mongo import shared_client
from ticketing.together import Together

MANY = 30


@pytest.fixture
def commands(monkeypatch):
    """How many writes each command has carried."""
    sent, whole = [], Collection.bulk_write

    def bulk_write(self, writes, **options):
        sent.append(len(writes))
        return whole(self, writes, **options)

    monkeypatch.setattr(Collection, "bulk_write", bulk_write)
    return sent


@pytest.fixture
def database(config):
    return shared_client(config["MONGODB_URI"])[f"{config['NAMESPACE']}_x"]


@pytest.fixture
def things(database):
    database["things"].create_index("seat", unique=True, sparse=True)
    return Together(database["things"])


def at_once(call, *arguments):
    """The outcome of each call: a value or an error."""

    def outcome(argument):
        try:
            return call(*argument)
        except (DuplicateError, UnavailableError) as error:
            return error

    return list(GreenPool(len(arguments)).imap(outcome, arguments))


def thing(number, **more):
    return {"_id": f"{number}", "version": 0, **more}


def to_version_1(number, version=0, **more):
    return f"{number}", version, {"$set": {"version": 1, **more}}


def test_inserts_share_a_command_and_only_the_twin_is_refused(things, commands):
    things.insert(thing(3))
    commands.clear()
    outcomes = at_once(things.insert, *((thing(each),) for each in range(MANY)))
    assert commands == [MANY]
    refused = {n: each for n, each in enumerate(outcomes) if each is not None}
    assert refused.keys() == {3}
    assert refused[3].fields == ("_id",)
    assert things.find("7") == thing(7)


def test_a_unique_index_refuses_one_and_names_its_field(things):
    rivals = [(thing(each, seat="A-1"),) for each in range(5)]
    others = [(thing(each, seat=f"B-{each}"),) for each in range(5, MANY)]
    outcomes = at_once(things.insert, *rivals, *others)
    assert outcomes.count(None) == MANY - 4
    assert {each.fields for each in outcomes if each} == {("seat",)}


def test_updates_share_a_command_and_only_who_came_late_is_told_so(things, commands):
    at_once(things.insert, *((thing(each),) for each in range(MANY)))
    things.update(*to_version_1(3, title="by somebody else"))
    commands.clear()
    updates = (to_version_1(each, title="mine") for each in range(MANY))
    outcomes = at_once(things.update, *updates)
    assert commands == [MANY]
    assert outcomes == [each != 3 for each in range(MANY)]
    assert things.find("3")["title"] == "by somebody else"
    assert things.find("4")["title"] == "mine"


def test_of_two_who_change_the_same_version_one_is_told_that_it_came_late(things):
    things.insert(thing(1))
    outcomes = at_once(things.update, *(to_version_1(1, title=each) for each in "ab"))
    assert sorted(outcomes) == [False, True]
    assert things.find("1")["title"] == "ab"[outcomes.index(True)]


def test_an_update_that_a_unique_index_refuses_changes_nothing(things):
    at_once(things.insert, *((thing(each),) for each in range(MANY)))
    things.update(*to_version_1(0, seat="A-1"))
    updates = [to_version_1(each, seat=f"B-{each}") for each in range(2, MANY)]
    refused, *others = at_once(things.update, to_version_1(1, seat="A-1"), *updates)
    assert refused.fields == ("seat",)
    assert set(others) == {True}
    assert things.find("1") == thing(1)


def test_what_many_look_for_is_asked_for_once(things, monkeypatch):
    asked, whole = [], Collection.find

    def find(self, *arguments):
        asked.append(arguments[0])
        return whole(self, *arguments)

    monkeypatch.setattr(Collection, "find", find)
    things.insert(thing(1))
    found = at_once(things.find, ("1",), ("2",), ("1",))
    assert found == [thing(1), None, thing(1)]
    assert asked == [{"_id": {"$in": ["1", "2"]}}]


def test_another_unique_field_can_be_the_key(things):
    things.insert(thing(1, seat="A-1"))
    found = at_once(things.find, ("A-1", "seat"), ("A-2", "seat"))
    assert found == [thing(1, seat="A-1"), None]


def test_a_caller_who_is_stopped_takes_nobody_along(things):
    first, second = (spawn(things.insert, thing(each)) for each in "ab")
    sleep(0)  # both wait by now
    first.kill()
    second.wait()
    assert things.find("b") == thing("b")


def test_one_batch_is_bounded():
    sizes = []
    lane = Lane(lambda items: sizes.append(len(items)) or items)
    assert at_once(lane.call, *((each,) for each in range(MOST + 1))) == [
        *range(MOST + 1)
    ]
    assert sizes == [MOST, 1]


def test_an_error_of_the_whole_is_everybodys_and_the_next_are_not_held_up():
    errors = [UnavailableError("away")]

    def send(items):
        if errors:
            raise errors.pop()
        return items

    lane = Lane(send)
    away = at_once(lane.call, (1,), (2,))
    assert [str(each) for each in away] == ["away", "away"]
    assert lane.call(3) == 3


def test_who_came_while_others_waited_in_vain_is_told_with_them():
    """Nobody waits for a server that is away twice, once for those before."""
    gone, sent = Event(), []

    def send(items):
        sent.extend(items)
        if not gone.ready():
            gone.wait()
            raise UnavailableError
        return items

    lane = Lane(send)
    first = spawn(at_once, lane.call, (1,))
    while not sent:
        sleep(0)
    second = spawn(at_once, lane.call, (2,))
    while not lane._waiting:
        sleep(0)
    gone.send(None)
    told = [type(each) for thread in (first, second) for each in thread.wait()]
    assert told == [UnavailableError] * 2
    assert lane.call(3) == 3
    assert sent == [1, 3]
