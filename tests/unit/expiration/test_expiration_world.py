"""Whatever is lost on the way, every hold ends, and none before its time."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from unit_doubles import NOW
from unit_neighbours import OrdersDouble

from expiration import commands
from expiration.deadlines import LEASE_MS
from expiration.fakes import MemoryDeadlines
from ticketing.clock import iso
from ticketing.errors import UnavailableError
from ticketing.fakes import MemoryPublisher


class World(RuleBasedStateMachine):
    """Several pollers, a bus and a set that come and go, and one truth: the orders."""

    def __init__(self):
        super().__init__()
        self.now, self.made = NOW, 0
        self.deadlines, self.publisher = MemoryDeadlines(), MemoryPublisher()
        self.orders, self.longer = OrdersDouble(), set()

    def attempt(self):
        try:
            commands.announce_due(
                self.deadlines, self.publisher, self.orders.list_unpaid, self.now
            )
        except UnavailableError:
            return

    @rule(seconds=st.integers(0, 60))
    def reserve(self, seconds):
        self.made += 1
        order_id, end = f"{self.made:024x}", self.now + timedelta(seconds=seconds)
        self.orders.orders[order_id] = {"id": order_id, "expiresAt": iso(end)}
        commands.watch(self.deadlines, order_id, iso(end))

    @rule(number=st.integers(1, 20), seconds=st.integers(1, 60))
    def hold_longer(self, number, seconds):
        """An order that has heard of its end waits for its bank."""
        order_id = f"{number:024x}"
        if order_id in self.ended() - self.longer:
            self.longer.add(order_id)
            end = iso(self.now + timedelta(seconds=seconds))
            self.orders.orders[order_id]["expiresAt"] = end
            commands.extend(self.deadlines, order_id, end)

    @rule(seconds=st.integers(0, 30))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def poll(self):
        self.attempt()

    @rule()
    def lose_the_set(self):
        self.deadlines.lose()

    @rule(away=st.booleans())
    def lose_the_bus(self, away):
        self.publisher.away = away

    @rule(away=st.booleans())
    def lose_the_orders(self, away):
        self.orders.away = away

    def ended(self):
        return {event.data["orderId"] for event in self.publisher.published}

    def ended_after_all(self):
        """Whose last end was announced, in an event of its own."""
        told = [event.id.rsplit(":", 1) for event in self.publisher.published]
        ends = {each: o["expiresAt"] for each, o in self.orders.orders.items()}
        return {
            order_id
            for name, claimed in told
            if iso(commands.moment(int(claimed))) >= ends[order_id := name[:24]]
        }

    @invariant()
    def nothing_ends_early(self):
        for order_id in self.ended() - self.longer:
            assert self.orders.orders[order_id]["expiresAt"] <= iso(self.now)
        for order_id in self.longer & self.ended_after_all():
            assert self.orders.orders[order_id]["expiresAt"] <= iso(self.now)

    def teardown(self):
        """All is well again, and half a minute later every hold has ended."""
        self.publisher.away = self.orders.away = False
        self.now += timedelta(minutes=2)
        for _ in range(2 + self.made // commands.BATCH):
            self.attempt()
            self.now += timedelta(milliseconds=LEASE_MS)
            self.attempt()
        assert self.ended() == self.ended_after_all() == set(self.orders.orders)


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
