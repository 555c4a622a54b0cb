"""What buyers, sellers, time and money do to listings, each by one of the processes.

Every step is checked against the plain truth.
"""

from datetime import timedelta
from itertools import combinations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from orders_allocation_world import World
from unit_doubles import BOB, HOLD, NOW

from orders import commands, lifecycle, settlement
from orders.commands import Reservation
from orders.listing import Wish, named
from orders.models import FINAL
from ticketing.contract import PaymentRefunded
from ticketing.errors import BadRequestError
from ticketing.ids import new_id
from ticketing.layout import Layout

PROCESSES = st.sampled_from([0, 1, 0, 1, 2])
LISTINGS = st.integers(0, 1)
ANY = st.integers(0, 7)
SOME = st.integers(1, 3)
BECOMES = st.sampled_from(["cancel", "expire", "pay", "pay", "refund"])
EDITS = st.sampled_from(["shrink", "take_off", "grow"])
ONE_GONE = "Ticket is already reserved"
LATER = NOW + timedelta(days=1)


def _parts_of(seats):
    sizes = range(1, len(seats) + 1)
    return [list(part) for size in sizes for part in combinations(seats, size)]


class Trade(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.world = World()

    def teardown(self):
        self.world.end()

    # What buyers do.

    @rule(process=PROCESSES, listing=LISTINGS, quantity=SOME, dice=ANY)
    def reserve(self, process, listing, quantity, dice):
        """All of it or nothing, and nothing only for want."""
        ticket_id, process = self.world.tickets[listing], self.world.processes[process]
        self.world.dice = dice
        knew, looks = process.knows_all(ticket_id), process.may_look(ticket_id)
        left, in_a_row = self.world.left(ticket_id), self._rows(ticket_id, quantity)
        order, _ = self._reserve(process, ticket_id, Wish(quantity))
        if order is None:
            assert left < quantity or not (knew or looks), "refused without need"
            return
        assert len(set(order.units)) == len(order.units) == quantity
        assert left >= quantity or not knew, "more was sold than is left"
        if listing == 1 and knew and in_a_row:
            assert order.units in in_a_row, "parted without need"

    @rule(process=PROCESSES, wanted=st.lists(ANY, min_size=1, max_size=4))
    def reserve_seats(self, process, wanted):
        """These and no others; who comes too late is told which are gone."""
        ticket_id, process = self.world.tickets[1], self.world.processes[process]
        labels = self.world.seats
        seats = tuple(dict.fromkeys(labels[n % len(labels)] for n in wanted))
        holders, layout = (
            self.world.holders(ticket_id),
            process.listing(ticket_id).layout,
        )
        unknown = [seat for seat in seats if seat not in layout]
        gone = [seat for seat in seats if seat in holders]
        knew = process.knows_all(ticket_id)
        order, refusal = self._reserve(process, ticket_id, Wish(seats=seats))
        if unknown:
            assert refusal == f"{named(unknown)} not here"
        elif gone:
            self._names_the_gone(refusal, gone, layout, knew=knew)
        else:
            assert order.units == seats

    @staticmethod
    def _names_the_gone(refusal, gone, layout, *, knew):
        """All of them where all has been heard, and otherwise some of them."""
        if len(layout) == 1:
            assert refusal == ONE_GONE
            return
        some = [gone] if knew else _parts_of(gone)
        assert refusal in {f"{named(part)} gone" for part in some}

    def cancel(self, order, process, _part=()):
        if order_id := self._pick(order):
            process = self.world.processes[process]
            try:
                commands.cancel(process, order_id)
            except BadRequestError:
                assert order_id in self.world.paid
                return
            self.world.take(order_id, ())

    # What time and money do.

    @rule(order=ANY, process=PROCESSES, step=BECOMES, part=st.sets(ANY, max_size=2))
    def become(self, order, process, step, part):
        getattr(self, step)(order, process, part)

    def expire(self, order, process, _part=()):
        if order_id := self._pick(order):
            process = self.world.processes[process]
            process.change(order_id, lambda found: lifecycle.expire(found, LATER))
            if order_id not in self.world.paid:
                self.world.take(order_id, ())

    def pay(self, order, process, _part=()):
        """Also late: then it takes its units again, unless one of them is gone."""
        if not (order_id := self._pick(order)) or order_id in self.world.paid:
            return
        found = self.world.states[order_id]
        holders = self.world.holders(found.ticket_id)
        others = {holders.get(unit, order_id) for unit in found.units} - {order_id}
        too_late = bool(found.reason in FINAL or others)
        back = []
        settlement.settle(
            self.world.processes[process],
            order_id,
            found.total,
            "usd",
            lambda refunded, *_: back.append(refunded),
        )
        assert back == [order_id] * too_late
        if not too_late:
            self.world.take(order_id, found.units)
            self.world.paid.add(order_id)

    def refund(self, order, process, part=()):
        """Some of its units, or all of them when none is named."""
        if not (order_id := self._pick(order, self.world.paid)):
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
        told = event.order_id, event.units
        settlement.return_units(self.world.processes[process], *told)
        rest = self.world.held[order_id] - units if units else set()
        self.world.take(order_id, rest)
        if not rest:
            self.world.paid.discard(order_id)

    # What sellers do.

    @rule(process=PROCESSES, listing=LISTINGS, step=EDITS, number=SOME)
    def edit(self, process, listing, step, number):
        """The services ask the process that they will tell of it; it is up to date."""
        ticket_id, process = self.world.tickets[listing], self.world.processes[process]
        if process.is_current(ticket_id):
            layout = getattr(self, step)(process, ticket_id, number)
            if len(layout):
                self.world.lay_out(ticket_id, layout, process)

    def shrink(self, process, ticket_id, fewer):
        """Take off what the process believes that nobody holds."""
        knew, free = process.knows_all(ticket_id), self.world.free(ticket_id)
        known = process.occupancies.looked_up(process.listing(ticket_id))
        spare = list(known.spare(fewer))
        assert not knew or set(spare) <= set(free)
        assert not knew or len(spare) == min(fewer, len(free))
        return self.world.layouts[ticket_id].without(spare)

    def take_off(self, process, ticket_id, number):
        """Somebody was faster, and holds what is being taken off."""
        layout, held = self.world.layouts[ticket_id], self.world.holders(ticket_id)
        taken = [label for label in layout.labels if label in held]
        return layout.without(taken[:number])

    def grow(self, process, ticket_id, more):
        layout = self.world.layouts[ticket_id]
        if ticket_id == self.world.tickets[0]:
            return layout.extended(more)
        gone = [seat for seat in self.world.seats if seat not in layout]
        return Layout.of_labels([*layout.labels, *gone[:more]])

    @invariant()
    def orders_hold_what_they_should_and_nobody_elses(self):
        self.world.spread_events()
        for order_id, order in self.world.states.items():
            units = set(order.units) if order.holds else set()
            assert units == self.world.held[order_id]
        for ticket_id in self.world.tickets:
            held = [
                u for o in self.world.orders_of(ticket_id) for u in self.world.held[o]
            ]
            assert len(held) == len(set(held)), "a unit is held twice"

    def _reserve(self, process, ticket_id, wish):
        """Return the order, or None and the message of the refusal."""
        wanted = Reservation(BOB, ticket_id, HOLD, wish)
        listing = process.listing(ticket_id)
        try:
            order = commands.reserve(process, wanted, None, NOW)
        except BadRequestError as error:
            return None, str(error)
        self.world.take(order.id, order.units)
        assert listing.layout.places.keys() >= {*order.units}, "sold off the layout"
        states = process.occupancies.of(listing).states()
        known = {states[listing.layout.places[unit]] for unit in order.units}
        assert "." not in known, "its own order is not known"
        return order, None

    def _pick(self, number, among=None):
        """One of the latest orders there are, None when there are none."""
        ids = sorted(self.world.states if among is None else among, reverse=True)
        return ids[number % len(ids)] if ids else None

    def _rows(self, ticket_id, quantity):
        """Where so many units side by side are free."""
        free = set(self.world.free(ticket_id))
        labels = self.world.layouts[ticket_id].labels
        rows = [labels[n : n + quantity] for n in range(len(labels) - quantity + 1)]
        return [row for row in rows if free.issuperset(row)]
