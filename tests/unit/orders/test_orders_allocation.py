"""Whatever several processes do and hear, in whatever order: no unit is held twice.

What one of them has changed the others hear late, twice, in any order, or not at all
because they were started later. Without either of its guards the same test fails.
"""

from functools import partial

import eventlet
import pytest
from eventlet.event import Event
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from orders_allocation_trade import ANY, LISTINGS, PROCESSES, SOME, Trade
from orders_allocation_world import World
from unit_doubles import BOB, EVE, HOLD, NOW

from orders import commands
from orders.commands import Reservation
from orders.listing import Wish
from orders.models import RequestKey
from orders.occupancy import Occupancy
from ticketing.errors import InvalidInputError
from ticketing.layout import Layout

BEFORE = st.sampled_from([(), ("hear",), ("expire",), ("hear", "expire"), ("cancel",)])
DURING = st.sampled_from([("hear",), ("pay",), ("pay", "hear"), ("expire", "hear")])


class Allocation(Trade):
    def teardown(self):
        try:
            for process in self.world.processes:
                self._hear_rest(process)
        finally:
            super().teardown()

    # What the processes hear and look up.

    @rule(process=PROCESSES, place=ANY, again=st.booleans())
    def hear(self, process, place, again):
        process = self.world.processes[process]
        if process.inbox:
            process.hear(place % len(process.inbox), again=again)

    @rule(process=PROCESSES, order=st.randoms(use_true_random=False))
    def hear_all(self, process, order):
        """In any order; then what it knows is what is so."""
        process = self.world.processes[process]
        order.shuffle(process.inbox)
        self._hear_rest(process)

    @rule(process=PROCESSES, listing=LISTINGS)
    def reload(self, process, listing):
        """Some time later, what is so is known without having been heard."""
        ticket_id, process = self.world.tickets[listing], self.world.processes[process]
        known = self._look(process, ticket_id)
        if process.is_current(ticket_id):
            assert known.states() == self.world.picture(ticket_id)

    @rule(process=PROCESSES, kept=st.integers(0, 4))
    def restart(self, process, kept):
        """It hears again the last of what was told, and nothing of what was before."""
        process = self.world.processes[process]
        process.start()
        for told in self.world.log:
            if isinstance(told, dict):
                process.tickets.put(told["id"], told["version"], told["copy"])
        process.inbox = list(range(len(self.world.log)))[-kept:] if kept else []
        process.unheard = set(process.inbox)

    @rule()
    def hear_everywhere(self):
        for process in self.world.processes:
            self._hear_rest(process)

    @rule(process=PROCESSES, other=PROCESSES, order=ANY, before=BEFORE, during=DURING)
    def while_it_looks(self, process, other, order, before, during):
        """The database answers with what was so when it was asked."""
        looking = self.world.processes[process]
        if order_id := self._pick(order):
            self._happen(looking, other, order, before)
            happen = partial(self._happen, looking, other, order, during)
            looking.meanwhile["load"] = happen
            self._look(looking, self.world.states[order_id].ticket_id)

    @rule(process=PROCESSES, other=PROCESSES, listing=LISTINGS, quantity=SOME)
    def while_it_writes(self, process, other, listing, quantity):
        """Somebody else is faster, and somebody looks, before an order is there."""
        ticket_id, writing = self.world.tickets[listing], self.world.processes[process]

        def meanwhile():
            self._reserve(self.world.processes[other], ticket_id, Wish(quantity))
            self._look(writing, ticket_id)

        writing.meanwhile["add"] = meanwhile
        self._reserve(writing, ticket_id, Wish(quantity))
        writing.meanwhile.clear()

    def _look(self, process, ticket_id):
        self.world.time += 5
        return process.occupancies.looked_up(process.listing(ticket_id))

    def _hear_rest(self, process):
        while process.inbox:
            process.hear(0)
        for ticket_id in self.world.tickets:
            known = process.occupancies.whole(process.listing(ticket_id))
            assert known.states() == self.world.picture(ticket_id)
            assert len(known.choose(99, together=True)) == self.world.left(ticket_id)

    def _happen(self, looking, other, order, steps):
        """Steps of one order by another process; whoever looks may hear of them."""
        for step in steps:
            self.world.spread_events()
            if step == "hear":
                while looking.inbox:
                    looking.hear(0)
            else:
                getattr(self, step)(order, other)


FULL = settings(max_examples=250, stateful_step_count=40)
# Enough to find what is wrong, without looking for the shortest way to it.
CONTROL = settings(
    FULL, max_examples=1000, phases=[Phase.generate], report_multiple_bugs=False
)

TestAllocation = Allocation.TestCase
TestAllocation.settings = FULL


def test_without_the_index_units_would_be_held_twice():
    """The control of the test above: it is the index that it tests."""

    class Unguarded(Allocation):
        def __init__(self):
            super().__init__()
            for process in self.world.processes:
                process._unique = ()

    with pytest.raises(AssertionError, match="held twice"):
        run_state_machine_as_test(Unguarded, settings=CONTROL)


def test_without_the_versions_what_is_heard_late_would_be_believed(monkeypatch):
    """Another control: news that came before are not undone by what was before them."""

    def hear(self, order_id, claim):
        self._count(self._claims.get(order_id), -1)
        self._count(claim, +1)
        self._claims[order_id] = claim

    monkeypatch.setattr(Occupancy, "hear", hear)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Allocation, settings=CONTROL)


@pytest.fixture
def world():
    world = World()
    yield world
    world.end()


def test_the_last_units_are_found_among_many_that_were_taken_unheard(world):
    """One conflict with the others is enough to learn of all."""
    ticket_id, (first, other) = world.tickets[0], world.processes[:2]
    world.lay_out(ticket_id, Layout.of_quantity(100), first)
    other.tickets.put(ticket_id, 1, world.copy_of(ticket_id))

    def reserve(process, quantity):
        wanted = Reservation(BOB, ticket_id, HOLD, Wish(quantity))
        return commands.reserve(process, wanted, None, NOW)

    taken = {unit for _ in range(96) for unit in reserve(first, 1).units}
    assert taken.isdisjoint(reserve(other, 4).units)
    with pytest.raises(InvalidInputError, match="None left right now"):
        reserve(other, 1)


@pytest.mark.parametrize("wish", [Wish(5), Wish(1), Wish(seats=("A-1", "Box"))])
def test_the_same_request_sent_again_meanwhile_waits_for_its_answer(world, wish):
    """Nobody can find its order yet, which has what it wants; others do not wait."""
    process, written = world.processes[0], Event()
    process.meanwhile["add"] = written.wait
    listings = world.tickets if wish.seats else world.tickets[::-1]
    key = RequestKey("k1", "print")
    wanted = Reservation(BOB, listings[1], HOLD, wish, key)
    other = Reservation(EVE, listings[0], HOLD, Wish(1), key)
    with eventlet.Timeout(5):
        asked = [_asked(process, wanted) for _ in range(3)]
        assert _asked(process, other).wait().user_id == EVE
        written.send(None)
        assert len({each.wait().id for each in asked}) == 1


def _asked(process, wanted):
    asked = eventlet.spawn(commands.reserve, process, wanted, None, NOW)
    eventlet.sleep(0)
    return asked
