"""What this process knows of the listings that are being bought now."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from eventlet.semaphore import Semaphore

from orders.listing import Listing
from orders.models import Order, Status
from orders.occupancy import Claim, Occupancy

# Listings remembered, and units of them in all (260 bytes each when they are taken);
# those nobody has asked for the longest go first.
MAX_LISTINGS = 1000
MAX_UNITS = 300_000
# Asking the database again for a whole listing takes at most a twentieth of the time.
REST = 20.0
MIN_REST = 1.0

Load = Callable[[str], Iterable[Order]]


@dataclass
class _Entry:
    occupancy: Occupancy
    lock: Semaphore = field(default_factory=Semaphore)
    rested_at: float = 0.0
    units: int = 0

    def __post_init__(self) -> None:
        self.units = len(self.occupancy.layout)


class Occupancies:
    """``load`` tells the orders that hold units of a listing, from the database."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._units = 0
        # Orders on their way into the database: not there, and no mistake.
        self._pending: set[str] = set()

    def of(self, listing: Listing) -> Occupancy:
        """Return what is known, which may be nothing: then all seems free."""
        return self._entry(listing).occupancy

    def whole(self, listing: Listing) -> Occupancy:
        """Return all there is to know. Raises UnavailableError."""
        entry = self._entry(listing)
        if not entry.occupancy.is_whole:
            self._fill(listing.id, entry)
        return entry.occupancy

    def looked_up(self, listing: Listing) -> Occupancy:
        """Return it filled anew, unless that was a moment ago. Raises UnavailableError.

        What was missed while the event bus was away comes right here.
        """
        entry = self._entry(listing)
        if not entry.occupancy.is_whole or monotonic() >= entry.rested_at:
            self._fill(listing.id, entry)
        return entry.occupancy

    @contextmanager
    def claiming(self, order: Order) -> Iterator[None]:
        """Count its units as held while an order is inserted, and if it was."""
        self._pending.add(order.id)
        try:
            self.hear(order)
            yield
        except Exception:
            if entry := self._entries.get(order.ticket_id):
                entry.occupancy.forget(order.id, _claim(order))
            raise
        finally:
            self._pending.discard(order.id)

    def hear(self, order: Order) -> None:
        """Take over what an order holds now."""
        self.note(order.ticket_id, order.id, _claim(order))

    def note(self, ticket_id: str, order_id: str, claim: Claim) -> None:
        """Take over a claim, if its listing is remembered."""
        if entry := self._entries.get(ticket_id):
            entry.occupancy.hear(order_id, claim)

    def _entry(self, listing: Listing) -> _Entry:
        entry = self._entries.get(listing.id)
        if entry is None:
            entry = self._entries[listing.id] = _Entry(Occupancy(listing.layout))
            self._units += entry.units
            self._forget()
        self._entries.move_to_end(listing.id)
        entry.occupancy = entry.occupancy.laid_out(listing.layout)
        return entry

    def _forget(self) -> None:
        """Drop what nobody has asked for, but never the newest one."""
        while len(self._entries) > MAX_LISTINGS or (
            self._units > MAX_UNITS and len(self._entries) > 1
        ):
            _, oldest = self._entries.popitem(last=False)
            self._units -= oldest.units

    def _fill(self, ticket_id: str, entry: _Entry) -> None:
        """Ask once for all who wait; what is heard meanwhile counts by its version."""
        asked_at = monotonic()
        with entry.lock:
            if entry.occupancy.is_whole and entry.rested_at > asked_at:
                return
            heard_before, pending = entry.occupancy.claims(), {*self._pending}
            holding = list(self._load(ticket_id))
            for order in holding:
                self.hear(order)
            found = pending | {order.id for order in holding}
            for order_id in heard_before.keys() - found:
                entry.occupancy.forget(order_id, heard_before[order_id])
            entry.occupancy.is_whole = True
            now = monotonic()
            entry.rested_at = now + max(MIN_REST, REST * (now - asked_at))


def _claim(order: Order) -> Claim:
    paid = order.status is Status.COMPLETE
    return Claim(order.version, order.units if order.holds else (), paid)
