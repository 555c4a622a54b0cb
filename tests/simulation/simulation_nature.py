"""What the code takes from its machine: ids, chance and the time, here from the world.

Patched once for a process of simulations; ``world`` is the one that is running.
"""

import random
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from bson import ObjectId
from greenlet import getcurrent

from orders import commands, occupancies, occupancy, settlement
from ticketing import ids, messages, relay

# Outboxes are swept this seldom, so that a seed is short.
SWEEP_EVERY = 15.0


class Nature:
    world = None


def owner():
    """The process whose code is running, None outside."""
    return getattr(getcurrent(), "process", None)


class Ids:
    from_datetime = staticmethod(ObjectId.from_datetime)

    def __call__(self):
        return Nature.world.new_id()


class Turns:
    """The requests being answered, as each process knows its own."""

    def setdefault(self, key, turn):
        return owner().turns.setdefault(key, turn)


class Fate:
    """What the world that is running has in store, asked when it is needed."""

    @staticmethod
    def time():
        return Nature.world.time()

    @staticmethod
    def elapsed():
        return Nature.world.hub.now

    @staticmethod
    def below(most):
        return Nature.world.random.randrange(most)

    @staticmethod
    def pass_id():
        return Nature.world.new_pass_id()


@contextmanager
def nature():
    replaced = [
        (ids, "ObjectId", Ids()),
        (messages, "utc_now", Fate.time),
        (relay, "utc_now", Fate.time),
        (relay, "SWEEP_EVERY", SWEEP_EVERY),
        (commands, "_turns", Turns()),
        (occupancies, "monotonic", Fate.elapsed),
        (occupancy, "randbelow", Fate.below),
        (settlement, "new_pass_id", Fate.pass_id),
    ]
    with ExitStack() as stack:
        for where, name, ours in replaced:
            stack.enter_context(patch.object(where, name, ours))
        yield


@contextmanager
def in_world(world):
    """Chance that nobody hands over comes from the seed as well."""
    random.seed(world.seed)
    Nature.world = world
    yield
    Nature.world = None
