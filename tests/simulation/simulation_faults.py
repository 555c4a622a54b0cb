"""How bad the day is: each seed has some of the faults, from hardly any to many."""

from dataclasses import dataclass, fields


@dataclass
class Faults:
    """Probabilities, each of one thing that goes wrong at one step; zero when healed.

    ``jump`` is by how many seconds the clocks of processes go wrong, ``night`` whether
    everything is off for longer than Stripe keeps its keys.
    """

    slow: float = 0.0
    lost_by_database: float = 0.0
    lost_by_stripe: float = 0.0
    lost_by_bus: float = 0.0
    lost_by_rpc: float = 0.0
    lost_acks: float = 0.0
    again: float = 0.0
    forgotten: float = 0.0
    crash: float = 0.0
    freeze: float = 0.0
    webhook_lost: float = 0.0
    webhook_again: float = 0.0
    bank_slow: float = 0.0
    wipe: float = 0.0
    jump: float = 0.0
    night: float = 0.0

    def heal(self):
        for each in fields(self):
            setattr(self, each.name, 0.0)


# The most that there may be of each.
WORST = {
    "slow": 0.05,
    "lost_by_database": 0.03,
    "lost_by_stripe": 0.3,
    "lost_by_bus": 0.1,
    "lost_by_rpc": 0.1,
    "lost_acks": 0.2,
    "again": 0.3,
    "forgotten": 0.5,
    "crash": 0.008,
    "freeze": 0.003,
    "webhook_lost": 0.6,
    "webhook_again": 0.5,
    "bank_slow": 0.3,
    "wipe": 0.3,
    "jump": 40.0,
    "night": 0.1,
}


def draw(random):
    """Half of the faults are there at all: together they hide one another."""
    drawn = {
        name: random.random() * worst if random.random() < 0.5 else 0.0
        for name, worst in WORST.items()
    }
    return Faults(**drawn)
