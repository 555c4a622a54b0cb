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
        self.orders, self.early = OrdersDouble(), []

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

    @invariant()
    def nothing_ends_early(self):
        for order_id in self.ended():
            assert self.orders.orders[order_id]["expiresAt"] <= iso(self.now)

    def teardown(self):
        """All is well again, and half a minute later every hold has ended."""
        self.publisher.away = self.orders.away = False
        self.now += timedelta(minutes=2)
        for _ in range(2 + self.made // commands.BATCH):
            self.attempt()
            self.now += timedelta(milliseconds=LEASE_MS)
            self.attempt()
        assert self.ended() == set(self.orders.orders)


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
