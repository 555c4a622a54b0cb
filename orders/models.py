"""An order. Pure: no I/O. What can happen to it is in ``orders.lifecycle``.

::

    created ──► complete ──► cancelled (refunded, from any state)
       │           ▲  └► complete (with fewer units: the others were refunded)
       └► cancelled┘ (a payment came late and the units were still free)
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ticketing.clock import iso
from ticketing.errors import BadRequestError, UnavailableError
from ticketing.money import DEFAULT_CURRENCY, major


class Status(StrEnum):
    CREATED = "created"
    AWAITING_PAYMENT = "awaiting:payment"
    COMPLETE = "complete"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why an order was cancelled."""

    BUYER = "cancelled by the buyer"
    EXPIRED = "expired"
    PAYMENT_FAILED = "payment failed"
    REFUNDED = "refunded"
    LISTING_CANCELLED = "listing cancelled"


# After these the units are not the buyer's again, whatever payment comes.
FINAL = {Reason.BUYER, Reason.REFUNDED, Reason.LISTING_CANCELLED}


class NotYetError(UnavailableError):
    """The hold has not ended yet"""


class TooLateError(BadRequestError):
    """The order was cancelled for good"""


@dataclass(frozen=True)
class RequestKey:
    """The Idempotency-Key of the request that made an order, and what it asked for."""

    key: str
    fingerprint: str


@dataclass(frozen=True)
class Pass:
    """Opens the door for one unit of a complete order."""

    id: str
    unit: str


@dataclass(frozen=True)
class Order:
    """``units`` are what it is for; while ``holds``, a unique index guards them.

    ``price`` is that of one unit, in the smallest unit of ``currency``. ``refunded``
    are units it had before their money went back; ``passes`` are all that were ever
    given out. ``extended`` says that its hold was made longer, which happens once.
    ``language`` is that of its buyer, by BCP 47, if it is known.
    """

    id: str
    user_id: str
    status: Status
    expires_at: datetime
    ticket_id: str
    title: str
    price: int
    units: tuple[str, ...]
    currency: str = DEFAULT_CURRENCY
    refunded: tuple[str, ...] = ()
    passes: tuple[Pass, ...] = ()
    reason: str | None = None
    request_key: RequestKey | None = None
    extended: bool = False
    language: str | None = None
    version: int = 0

    @property
    def holds(self) -> bool:
        return self.status is not Status.CANCELLED

    @property
    def total(self) -> int:
        """What its units cost together."""
        return self.price * len(self.units)

    @property
    def whole_total(self) -> int:
        """What it cost with the units whose money went back since."""
        return self.price * (len(self.units) + len(self.refunded))

    def note(self) -> str:
        """What it is now, for its history."""
        if self.status is Status.CANCELLED:
            return f"cancelled: {self.reason}"
        until = f", held until {iso(self.expires_at)}"
        left = f", {len(self.refunded)} refunded" if self.refunded else ""
        some = "1 unit" if len(self.units) == 1 else f"{len(self.units)} units"
        units = f"{self.status.value}: {some}"
        return units + (until if self.status is Status.CREATED else left)

    def json_dict(self) -> dict[str, Any]:
        shape = {
            "id": self.id,
            "userId": self.user_id,
            "status": self.status.value,
            "expiresAt": iso(self.expires_at),
            "version": self.version,
            "ticket": {
                "id": self.ticket_id,
                "title": self.title,
                "price": major(self.price, self.currency),
            },
            "quantity": len(self.units),
            "units": list(self.units),
            "total": major(self.total, self.currency),
            "currency": self.currency,
        }
        return shape | ({"refunded": list(self.refunded)} if self.refunded else {})

    def told(self) -> dict[str, Any]:
        """The same, with the reason of its end and its buyer's language."""
        more = {"reason": self.reason, "language": self.language}
        known = {name: value for name, value in more.items() if value}
        return self.json_dict() | known
