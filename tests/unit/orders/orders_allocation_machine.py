"""Whatever several processes do and hear, in whatever order: no unit is held twice."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from orders_allocation_world import World
from unit_doubles import BOB, EVE, HOLD, NOW

from orders import commands, models
from orders.commands import Reservation
from orders.listing import Wish, named
from orders.models import FINAL, Status
from ticketing.contract import PaymentRefunded
from ticketing.errors import BadRequestError
from ticketing.ids import new_id
from ticketing.layout import Layout

PROCESSES = st.integers(0, 2)
LISTINGS = st.integers(0, 1)
ANY = st.integers(0, 10**6)
LATER = NOW + timedelta(days=1)


class Allocation(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.world = World()
        self.refunded = []

    def teardown(self):
        try:
            for number in range(len(self.world.processes)):
                self.hear_all(number, lambda inbox: None)
        finally:
            self.world.end()

    # What buyers do.

    @rule(process=PROCESSES, listing=LISTINGS, quantity=st.integers(1, 4), dice=ANY)
    def reserve(self, process, listing, quantity, dice):
        """All of it or nothing, and nothing only for want."""
        ticket_id, process = self.world.tickets[listing], self.world.processes[process]
        self.world.dice = dice
        knew = process.knows_all() and process.is_current(ticket_id)
        looked = process.may_look(ticket_id) and process.is_current(ticket_id)
        left, side_by_side = self.world.left(ticket_id), self._run(ticket_id, quantity)
        order = self._reserve(process, ticket_id, Wish(quantity))
        if order is None:
            assert not (knew or looked) or left < quantity, "refused without need"
            return
        assert len(set(order.units)) == len(order.units) == quantity
        assert not knew or left >= quantity, "more was sold than is left"
        if listing == 1 and knew and side_by_side:
            assert self._is_run(process, ticket_id, order.units)

    @rule(process=PROCESSES, wanted=st.lists(ANY, min_size=1, max_size=4, unique=True))
    def reserve_seats(self, process, wanted):
        """These and no others; who comes too late is told which are gone."""
        ticket_id, process = self.world.tickets[1], self.world.processes[process]
        labels = self.world.seats
        seats = tuple(dict.fromkeys(labels[n % len(labels)] for n in wanted))
        holders, layout = self.world.holders(ticket_id), process.listing(ticket_id).layout
        unknown = [seat for seat in seats if seat not in layout]
        gone = [seat for seat in seats if seat in holders]
        refusals = []
        order = self._reserve(process, ticket_id, Wish(seats=seats), refusals)
        if unknown:
            assert refusals == [f"{named(unknown)} not here"]
        elif gone:
            assert refusals == [f"{named(gone)} gone"]
        else:
            assert order.units == seats

    @rule(order=ANY, process=PROCESSES)
    def cancel(self, order, process):
        if order_id := self._pick(order):
            process = self.world.processes[process]
            try:
                commands.cancel(process, order_id)
            except BadRequestError:
                assert order_id in self.world.paid
                return
            self._ended(order_id)

    # What time and money do.

    @rule(order=ANY, process=PROCESSES)
    def expire(self, order, process):
        if order_id := self._pick(order):
            process = self.world.processes[process]
            process.change(order_id, lambda found: models.expire(found, LATER))
            if order_id not in self.world.paid:
                self._ended(order_id)

    @rule(order=ANY, process=PROCESSES)
    def pay(self, order, process):
        """Also late: then it takes its units again, unless one of them is gone."""
        if not (order_id := self._pick(order)) or order_id in self.world.paid:
            return
        found = self.world.states[order_id]
        holders = self.world.holders(found.ticket_id)
        others = {holders.get(unit, order_id) for unit in found.units} - {order_id}
        too_late = order_id in self.world.final or others
        before = len(self.refunded)
        commands.settle(
            self.world.processes[process], order_id, found.total, self._refund
        )
        assert bool(self.refunded[before:]) == bool(too_late)
        if not too_late:
            self.world.take(order_id, found.units)
            self.world.paid.add(order_id)

    @rule(order=ANY, process=PROCESSES, part=st.sets(ANY, max_size=3))
    def refund(self, order, process, part):
        """Some of its units, or all of them when none is named."""
        order_id = self._pick(order, self.world.paid)
        if not order_id:
            return
        found = self.world.states[order_id]
        units = {found.units[number % len(found.units)] for number in part}
        event = PaymentRefunded(
            id=new_id(),
            version=1,
            order_id=order_id,
            stripe_id="pi_1",
            amount=1,
            reason="",
            units=sorted(units),
        )
        commands.return_units(self.world.processes[process], event)
        rest = self.world.held[order_id] - units if units else set()
        self.world.take(order_id, rest)
        if not rest:
            self.world.paid.discard(order_id)

    # What sellers do.

    @rule(process=PROCESSES, listing=LISTINGS, fewer=st.integers(1, 4))
    def shrink(self, process, listing, fewer):
        """Take off what the process believes that nobody holds."""
        ticket_id, process = self.world.tickets[listing], self.world.processes[process]
        if not process.is_current(ticket_id):
            return
        knew, free = process.knows_all(), self.world.free(ticket_id)
        known = process.occupancies.looked_up(process.listing(ticket_id))
        spare = list(known.spare(fewer))
        assert not knew or set(spare) <= set(free)
        assert not knew or len(spare) == min(fewer, len(free))
        layout = self.world.layouts[ticket_id]
        if len(spare) < len(layout):
            self.world.lay_out(ticket_id, layout.without(spare), process)

    @rule(process=PROCESSES, listing=LISTINGS, more=st.integers(1, 3))
    def grow(self, process, listing, more):
        ticket_id, process = self.world.tickets[listing], self.world.processes[process]
        layout = self.world.layouts[ticket_id]
        if listing == 0:
            self.world.lay_out(ticket_id, layout.extended(more), process)
        else:
            gone = [seat for seat in self.world.seats if seat not in layout]
            larger = Layout.of_labels([*layout.labels, *gone[:more]])
            self.world.lay_out(ticket_id, larger, process)

    # What the processes hear and look up.

    @rule(process=PROCESSES, place=ANY, again=st.booleans())
    def hear(self, process, place, again):
        process = self.world.processes[process]
        if process.inbox:
            process.hear(place % len(process.inbox), again=again)

    @rule(process=PROCESSES, shuffle=st.randoms(use_true_random=False))
    def hear_all(self, process, shuffle):
        """In any order; then what it knows is what is so."""
        process = self.world.processes[process]
        shuffle = getattr(shuffle, "shuffle", shuffle)
        shuffle(process.inbox)
        while process.inbox:
            process.hear(0)
        for ticket_id in self.world.tickets:
            known = process.occupancies.whole(process.listing(ticket_id))
            assert known.states() == self.world.picture(ticket_id)

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
        process.unheard = set()

    @rule(process=PROCESSES, other=PROCESSES, data=st.data())
    def while_it_looks(self, process, other, data):
        """The database answers with what was so when it was asked."""
        looking = self.world.processes[process]
        looking.meanwhile["load"] = lambda: self._something(other, data)
        self.reload_only(looking, data.draw(LISTINGS))

    @rule(process=PROCESSES, other=PROCESSES, quantity=st.integers(1, 4), data=st.data())
    def while_it_writes(self, process, other, quantity, data):
        """Others are faster, or fill their knowledge, before an order is there."""
        writing = self.world.processes[process]
        writing.meanwhile["add"] = lambda: self._something(other, data)
        self._reserve(writing, self.world.tickets[data.draw(LISTINGS)], Wish(quantity))

    def reload_only(self, process, listing):
        self.world.time += 5
        process.occupancies.looked_up(process.listing(self.world.tickets[listing]))

    def _something(self, other, data):
        step = data.draw(st.sampled_from(["reserve", "cancel", "expire", "pay", "hear"]))
        self.world.spread_events()
        if step == "reserve":
            ticket_id = self.world.tickets[data.draw(LISTINGS)]
            self._reserve(self.world.processes[other], ticket_id, Wish(2))
        elif step == "hear":
            self.hear(other, data.draw(ANY), data.draw(st.booleans()))
        else:
            getattr(self, step)(data.draw(ANY), other)
        self.world.spread_events()

    @invariant()
    def orders_hold_what_they_should_and_nobody_elses(self):
        self.world.spread_events()
        for order_id, order in self.world.states.items():
            units = set(order.units) if order.holds else set()
            assert units == self.world.held[order_id]
        for ticket_id in self.world.tickets:
            held = [u for o in self.world.orders_of(ticket_id) for u in self.world.held[o]]
            assert len(held) == len(set(held)), "a unit is held twice"
