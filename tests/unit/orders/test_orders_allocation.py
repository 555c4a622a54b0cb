"""Whatever several processes do and hear, in whatever order: no unit is held twice.

What one of them has changed the others hear late, twice, in any order, or not at all
because they were started later. Without either of its guards the same test fails.
"""

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from orders_allocation_trade import ANY, LISTINGS, PROCESSES, Trade

from orders.listing import Wish
from orders.occupancy import Occupancy

NO_SALE = ("cancel", "expire", "pay", "hear")
STEPS = ("reserve", *NO_SALE)


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
        self.world.time += 5
        known = process.occupancies.looked_up(process.listing(ticket_id))
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

    @rule(process=PROCESSES, other=PROCESSES, data=st.data())
    def while_it_looks(self, process, other, data):
        """The database answers with what was so when it was asked."""
        looking, self.world.time = self.world.processes[process], self.world.time + 5
        steps = NO_SALE if other == process else STEPS
        looking.meanwhile["load"] = lambda: self._happen(other, data, steps)
        ticket_id = self.world.tickets[data.draw(LISTINGS)]
        looking.occupancies.looked_up(looking.listing(ticket_id))

    @rule(
        process=PROCESSES, other=PROCESSES, quantity=st.integers(1, 4), data=st.data()
    )
    def while_it_writes(self, process, other, quantity, data):
        """Others are faster, or fill their knowledge, before an order is there."""
        writing = self.world.processes[process]
        writing.meanwhile["add"] = lambda: self._happen(other, data, STEPS)
        self._reserve(writing, self.world.tickets[data.draw(LISTINGS)], Wish(quantity))
        writing.meanwhile.clear()

    def _hear_rest(self, process):
        while process.inbox:
            process.hear(0)
        for ticket_id in self.world.tickets:
            known = process.occupancies.whole(process.listing(ticket_id))
            assert known.states() == self.world.picture(ticket_id)

    def _happen(self, process, data, steps):
        self.world.spread_events()
        step = data.draw(st.sampled_from(steps))
        if step == "reserve":
            ticket_id = self.world.tickets[data.draw(LISTINGS)]
            self._reserve(self.world.processes[process], ticket_id, Wish(2))
        elif step == "hear":
            self.hear(process, data.draw(ANY), data.draw(st.booleans()))
        else:
            getattr(self, step)(data.draw(ANY), process)
        self.world.spread_events()


FULL = settings(max_examples=150, stateful_step_count=40)
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
