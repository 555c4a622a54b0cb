"""What each buyer is going to do. Pure: the same seed makes the same buyers."""

from dataclasses import dataclass
from random import Random

GOOD_CARD, BAD_CARD = "tok_visa", "tok_chargeDeclined"
# Shares of all buyers.
LET_GO, DECLINED, CLICK_TWICE, PATIENT = 0.05, 0.05, 0.10, 0.15
ANOTHER_CARD = 0.5
# How many want one unit, two, and so on; as far as that many may be wanted.
_WEIGHTS = (45, 35, 7, 8, 1, 1, 1, 1, 1, 1)


@dataclass(frozen=True)
class Plan:
    """``comes`` and ``thinks`` are seconds, from the opening and before letting go.

    ``cards`` are tried one after the other; without any, the order is let go.
    ``stays`` says whether somebody who came too late waits for what comes back.
    """

    comes: float
    quantity: int
    cards: tuple[str, ...] = (GOOD_CARD,)
    clicks_twice: bool = False
    stays: bool = False
    thinks: float = 0.5


def plan_of(random: Random, *, rush: float, most: int) -> Plan:
    """Fewer and fewer come: half of them in the first 30 in 100 of the rush."""
    return Plan(
        comes=rush * (1 - random.random() ** 0.5),
        quantity=random.choices(range(1, most + 1), _WEIGHTS[:most])[0],
        cards=_cards(random),
        clicks_twice=random.random() < CLICK_TWICE,
        stays=random.random() < PATIENT,
        thinks=random.uniform(0.2, 1.0),
    )


def _cards(random: Random) -> tuple[str, ...]:
    chance = random.random()
    if chance < LET_GO:
        return ()
    if chance < LET_GO + DECLINED:
        return (BAD_CARD, GOOD_CARD) if random.random() < ANOTHER_CARD else (BAD_CARD,)
    return (GOOD_CARD,)
