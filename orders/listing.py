"""What an order has to know of its listing. Pure: no I/O, the time comes in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ticketing.clock import from_iso
from ticketing.contract import TicketCreated
from ticketing.errors import BadRequestError, refuse
from ticketing.layout import Layout
from ticketing.money import DEFAULT_CURRENCY, MAX_MINOR, MINIMUM, minor, plain

Json = dict[str, Any]

# A reservation that began before its listing was cancelled has ended by then.
STRAGGLERS = timedelta(minutes=1)


@dataclass(frozen=True)
class Wish:
    """How many units a buyer wants, or which."""

    quantity: int = 1
    seats: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.seats) or self.quantity


@dataclass(frozen=True)
class Listing:
    """``price`` is that of one unit, in the smallest unit of ``currency``."""

    id: str
    title: str
    price: int
    currency: str
    seller_id: str
    layout: Layout
    seated: bool
    max_per_order: int
    on_sale_at: datetime | None
    starts_at: datetime | None
    cancelled: bool

    @classmethod
    def of(cls, ticket_id: str, copy: Json) -> "Listing":
        on_sale_at, starts_at = copy.get("onSaleAt"), copy.get("startsAt")
        return cls(
            id=ticket_id,
            title=copy["title"],
            price=copy["price"],
            currency=copy.get("currency", DEFAULT_CURRENCY),
            seller_id=copy["userId"],
            layout=Layout.parse(copy["layout"]),
            seated=copy["seated"],
            max_per_order=copy["maxPerOrder"],
            on_sale_at=from_iso(on_sale_at) if on_sale_at else None,
            starts_at=from_iso(starts_at) if starts_at else None,
            cancelled=copy.get("cancelled", False),
        )

    def check(self, wish: Wish, now: datetime) -> None:
        """Raise BadRequestError unless this may be bought now, free units or not."""
        if self.cancelled:
            raise BadRequestError("The seller has cancelled this")
        if self.on_sale_at and now < self.on_sale_at:
            raise BadRequestError("The sale is not open yet")
        if self.starts_at and now >= self.starts_at:
            raise BadRequestError("This has already begun: it is not sold any more")
        field = "seats" if wish.seats else "quantity"
        if wish.size > self.max_per_order:
            refuse(field, f"An order may have at most {self.max_per_order}")
        self._check_total(field, self.price * wish.size)
        self._check_seats(wish)

    def _check_total(self, field: str, total: int) -> None:
        """Refuse what no card can be charged."""
        least = MINIMUM[self.currency]
        if total > MAX_MINOR:
            most = plain(MAX_MINOR, self.currency)
            refuse(field, f"An order may cost at most {most}")
        if total < least:
            told = plain(least, self.currency)
            refuse(
                field,
                f"An order must cost at least {told}: cards cannot be charged less",
            )

    def _check_seats(self, wish: Wish) -> None:
        if wish.seats and not self.seated:
            refuse("seats", "There are no numbered seats here: send a quantity")
        unknown = [seat for seat in wish.seats if seat not in self.layout]
        if unknown:
            refuse("seats", f"{named(unknown)} not here")


def named(seats: list[str]) -> str:
    """Begin a sentence about seats: ``Seats A-1, A-2 are``."""
    return f"Seat {seats[0]} is" if len(seats) == 1 else f"Seats {', '.join(seats)} are"


def copy_of_event(payload: TicketCreated) -> Json:
    """What to keep of a ticket's event."""
    return _copy(payload.json_dict())


def copy_of_ticket(ticket: Json) -> Json:
    """The same of the ticket itself, as its owner tells it."""
    return {"version": ticket["version"], **_copy(ticket)}


def winding_up(copy: Json, now: datetime) -> Json:
    """Say of a cancelled listing until when its orders are looked after."""
    return copy | ({"windUp": now + STRAGGLERS} if copy["cancelled"] else {})


def _copy(ticket: Json) -> Json:
    currency = ticket.get("currency", DEFAULT_CURRENCY)
    return {
        "title": ticket["title"],
        "price": minor(ticket["price"], currency),
        "currency": currency,
        "userId": ticket["userId"],
        "layout": ticket["layout"],
        "seated": ticket["seated"],
        "maxPerOrder": ticket["maxPerOrder"],
        "onSaleAt": ticket.get("onSaleAt"),
        "startsAt": (ticket.get("event") or {}).get("startsAt"),
        "cancelled": ticket.get("cancelled", False),
    }
