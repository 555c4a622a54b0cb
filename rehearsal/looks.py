"""What was seen of a system while a sale went on. Pure."""

from dataclasses import dataclass, field

# The services among the processes whose CPU is counted.
SERVICES = "services"

Lengths = dict[str, int]


@dataclass(frozen=True)
class Look:
    """What was seen at a time: units sold, length of queues, seconds of CPU.

    Whoever sees a shop from outside knows what was sold, and no more.
    """

    at: float
    sold: int
    queues: Lengths = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
