"""Several processes that sell the same listings, and the plain truth beside them."""

from collections import defaultdict
from types import SimpleNamespace
from unittest.mock import patch

from unit_doubles import ANN

from orders import occupancies, occupancy
from orders.fakes import MemoryOrders
from orders.listing import Listing
from orders.occupancies import Occupancies
from orders.repository import ORDER_EVENTS, OrderDatabase
from ticketing.ids import new_id
from ticketing.layout import Layout
from ticketing.messages import body_of, parse

SHAPES = {shape.subject: shape for shape in ORDER_EVENTS}
LAYOUTS = (Layout.of_quantity(5), Layout.parse("A-1~3;B-01~2;Box"))


class Process(MemoryOrders):
    """A process of orders: its storage is everybody's, what it knows is its own.

    ``inbox`` are the places in the world's log of what is on its way here, some of
    them twice; ``unheard`` those that have not been here once.
    """

    def __init__(self, world):
        super().__init__()
        self.world = world
        self._states, self.events = world.states, world.events
        self.inbox, self.unheard = [], set()
        self.meanwhile = {}
        for ticket_id in world.layouts:
            self.tickets.put(ticket_id, 0, world.copy_of(ticket_id))
        self.start()

    def start(self):
        """With nothing in its memory, and not much of what has been told."""
        self.occupancies = Occupancies(self._load)
        for ticket_id in self.world.layouts:
            self.occupancies.of(self.listing(ticket_id))

    def listing(self, ticket_id):
        return Listing.of(ticket_id, self.tickets.find(ticket_id))

    def is_current(self, ticket_id):
        """Whether it has heard how the listing is laid out now."""
        return self.listing(ticket_id).layout == self.world.layouts[ticket_id]

    def knows_all(self, ticket_id):
        """Whether it was filled once and has heard all that happened since."""
        whole = self.occupancies._entries[ticket_id].occupancy.is_whole
        return whole and not self.unheard and self.is_current(ticket_id)

    def may_look(self, ticket_id):
        """Whether it would ask the database again before it refuses."""
        entry = self.occupancies._entries[ticket_id]
        may = not entry.occupancy.is_whole or self.world.time >= entry.rested_at
        return may and self.is_current(ticket_id)

    def hear(self, place, *, again=False):
        """Hear what stands at a place of the inbox, which may come again."""
        number = self.inbox[place] if again else self.inbox.pop(place)
        self.unheard.discard(number)
        told = self.world.log[number]
        if isinstance(told, dict):
            self.tickets.put(told["id"], told["version"], told["copy"])
        else:
            payload = parse(SHAPES[told.subject], body_of(told))
            OrderDatabase._hear(SimpleNamespace(store=self), payload)

    def add(self, change):
        self._pause("add")
        return super().add(change)

    def _store(self, change):
        stored = super()._store(change)
        self.world.makers[len(self.events) - 1] = self
        return stored

    def _load(self, ticket_id):
        found = self.holding(ticket_id)
        self._pause("load")
        return found

    def _pause(self, where):
        """What the test wants to happen while the database works, once."""
        if step := self.meanwhile.pop(where, None):
            step()


class World:
    """What is so, as simply as can be: ``held`` are the units of each order."""

    def __init__(self, processes=3):
        self.states, self.events = {}, []
        self.layouts = {new_id(): layout for layout in LAYOUTS}
        self.tickets = tuple(self.layouts)
        self.versions = dict.fromkeys(self.tickets, 0)
        self.held, self.paid = defaultdict(set), set()
        self.log, self.spread, self.makers = [], 0, {}
        self.time, self.dice = 100.0, 0
        self.seats = LAYOUTS[1].labels
        self.patches = [
            patch.object(occupancies, "monotonic", lambda: self.time),
            patch.object(occupancy, "randbelow", lambda most: self.dice % most),
        ]
        for each in self.patches:
            each.start()
        self.processes = [Process(self) for _ in range(processes)]

    def end(self):
        for each in self.patches:
            each.stop()

    def copy_of(self, ticket_id):
        return {
            "title": "Gala",
            "price": 1950,
            "userId": ANN,
            "layout": self.layouts[ticket_id].text,
            "seated": ticket_id == self.tickets[1],
            "maxPerOrder": 10,
        }

    def lay_out(self, ticket_id, layout, teller):
        """A seller's edit: one process hears of it at once, the others later."""
        self.layouts[ticket_id] = layout
        self.versions[ticket_id] += 1
        copy, version = self.copy_of(ticket_id), self.versions[ticket_id]
        teller.tickets.put(ticket_id, version, copy)
        self.tell({"id": ticket_id, "version": version, "copy": copy}, teller)

    def tell(self, told, maker):
        """Put it on its way to everybody; whoever did it knows it already."""
        for process in self.processes:
            process.inbox.append(len(self.log))
            if process is not maker:
                process.unheard.add(len(self.log))
        self.log.append(told)

    def spread_events(self):
        """Tell what was written since then."""
        while self.spread < len(self.events):
            self.tell(self.events[self.spread], self.makers[self.spread])
            self.spread += 1

    def orders_of(self, ticket_id):
        return [o for o, order in self.states.items() if order.ticket_id == ticket_id]

    def holders(self, ticket_id):
        """The order of each unit that is held."""
        return {u: o for o in self.orders_of(ticket_id) for u in self.held[o]}

    def free(self, ticket_id):
        holders = self.holders(ticket_id)
        return [u for u in self.layouts[ticket_id].labels if u not in holders]

    def left(self, ticket_id):
        """How many may be sold: what is held outside the layout counts as well."""
        outside = self.holders(ticket_id).keys() - set(self.layouts[ticket_id].labels)
        return max(len(self.free(ticket_id)) - len(outside), 0)

    def picture(self, ticket_id):
        """The states of all units, in the layout's order."""
        holders = self.holders(ticket_id)
        return "".join(
            "." if unit not in holders else "s" if holders[unit] in self.paid else "h"
            for unit in self.layouts[ticket_id].labels
        )

    def take(self, order_id, units):
        """Note what an order holds now. Nobody else may hold any of it."""
        others = self.holders(self.states[order_id].ticket_id)
        twice = {unit for unit in units if others.get(unit, order_id) != order_id}
        assert not twice, "a unit is held twice"
        self.held[order_id] = set(units)
