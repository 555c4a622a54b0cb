"""Which units of a listing are free, as far as one process knows. Pure: no I/O.

A guess that makes finding free units fast; whether they are is decided by the unique
index when the order is inserted. Orders are heard of in any order and more than once,
so each counts with its newest version, and two may claim one unit for a moment.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from secrets import randbelow

from ticketing.layout import Layout

FREE, HELD, SOLD = b".hs"


@dataclass(frozen=True)
class Claim:
    """What an order holds from one version of it on; ``paid`` when it owns it."""

    version: int
    units: tuple[str, ...] = ()
    paid: bool = False


class Occupancy:
    """``is_whole`` says that it was filled from the orders and misses none of them."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.is_whole = False
        self._claims: dict[str, Claim] = {}
        self._taken = bytearray(len(layout))
        self._sold = bytearray(len(layout))
        # Taken while they were being taken off the layout: as many fewer are left.
        self._outside = 0
        self._states = bytearray([FREE]) * len(layout)

    def claims(self) -> dict[str, Claim]:
        """Return what is known of the orders that hold something."""
        return {order_id: c for order_id, c in self._claims.items() if c.units}

    def hear(self, order_id: str, claim: Claim) -> None:
        """Take over what an order holds, unless something newer was heard before."""
        known = self._claims.get(order_id)
        if known is None or known.version < claim.version:
            self._count(known, -1)
            self._count(claim, +1)
            self._claims[order_id] = claim

    def forget(self, order_id: str, claim: Claim) -> None:
        """Take back a claim that has come to nothing, unless a newer one was heard."""
        if self._claims.get(order_id) == claim:
            self._count(self._claims.pop(order_id), -1)

    def laid_out(self, layout: Layout) -> "Occupancy":
        """Return the same orders on a layout that has changed."""
        if layout.text == self.layout.text:
            return self
        changed = Occupancy(layout)
        changed.is_whole = self.is_whole
        for order_id, claim in self._claims.items():
            changed.hear(order_id, claim)
        return changed

    def choose(self, quantity: int, *, together: bool) -> tuple[str, ...]:
        """Return free units, fewer when there are no more.

        Seats are given side by side where that is possible, from the first one on.
        Numbered units are given from anywhere, so that several processes seldom choose
        the same.
        """
        quantity = self._at_most(quantity)
        start = 0 if together or not self.layout else randbelow(len(self.layout))
        run = b"\0" * quantity
        place = self._taken.find(run, start)
        if place < 0:
            place = self._taken.find(run)
        if place >= 0:
            return self.layout.labels[place : place + quantity]
        return tuple(self._singles(quantity))

    def claimants(self, labels: Iterable[str]) -> list[str]:
        """Return the ids of the orders that have claimed any of these units."""
        places = map(self.layout.places.get, labels)
        taken = {p for p in places if p is not None and self._taken[p]}
        if not taken:
            return []
        units = {self.layout.labels[place] for place in taken}
        return [
            each for each, c in self._claims.items() if not units.isdisjoint(c.units)
        ]

    def spare(self, quantity: int) -> Iterator[str]:
        """Return free units from the end, fewer when there are no more."""
        place = len(self.layout)
        while quantity > 0 and (place := self._taken.rfind(0, 0, place)) >= 0:
            yield self.layout.labels[place]
            quantity -= 1

    def states(self) -> str:
        """One character a unit in the layout's order: FREE, HELD or SOLD."""
        return self._states.decode()

    def _at_most(self, quantity: int) -> int:
        if self._outside:
            return max(min(quantity, self._taken.count(0) - self._outside), 0)
        return quantity

    def _singles(self, quantity: int) -> Iterator[str]:
        place = -1
        while quantity > 0 and (place := self._taken.find(0, place + 1)) >= 0:
            yield self.layout.labels[place]
            quantity -= 1

    def _count(self, claim: Claim | None, change: int) -> None:
        for unit in claim.units if claim else ():
            place = self.layout.places.get(unit)
            if place is None:
                self._outside += change
            else:
                self._taken[place] += change
                self._sold[place] += change if claim and claim.paid else 0
                state = SOLD if self._sold[place] else HELD
                self._states[place] = state if self._taken[place] else FREE
