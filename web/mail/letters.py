"""What our letters say: of a booking they are given the passes that are good."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from ticketing.errors import NotFoundError
from ticketing.money import major
from web import formats
from web.documents.booking import PART, Booking, Pass, line
from web.mail.message import Attachment, Letter

Json = dict[str, Any]

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates" / "mail"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

HOW = (
    "Show the codes of the attached PDF at the door, on your phone or on paper. Each "
    "pass lets one person in, once, so keep them to yourself."
)
BACK = (
    "went back to the card that you paid with. Depending on your bank it takes a few "
    "days to arrive."
)
STILL_GOOD = "Your other passes are as good as before. Here they are again."
UNCHARGED = (
    "You have paid nothing. If a payment was under way just then, all of it goes back "
    "to your card."
)


@dataclass(frozen=True)
class Words:
    """Paragraphs before and after what it is about, and where the button leads."""

    subject: str
    opening: tuple[str, ...]
    closing: tuple[str, ...]
    action: str
    path: str
    passes: tuple[Pass, ...] = ()


@dataclass(frozen=True)
class Envelope:
    """Who a letter goes to; ``key`` is the same whenever it is sent again."""

    key: str
    to: str
    public_url: str


@dataclass(frozen=True)
class Refund:
    """``amount`` major units of the order's currency went back for ``units``."""

    amount: float
    units: tuple[str, ...]
    reason: str

    @classmethod
    def that_left(
        cls, units: Collection[str], payment: Json, currency: str
    ) -> "Refund":
        """Return the refund after which an order had these units left.

        Each refund is for units that no earlier one was for: so it is the last that has
        none of them. Raises NotFoundError.
        """
        before = [r for r in payment["refunds"] if not set(units) & set(r["units"])]
        if not before:
            raise NotFoundError(f"No refund of order {payment['orderId']} is known")
        told = before[-1]
        amount = major(told["amount"], currency)
        return cls(amount, tuple(told["units"]), told["reason"])


def bought(booking: Booking, total: float) -> Words:
    """The order is paid; ``total`` is what it cost."""
    count, paid = len(booking.passes), formats.money(total, booking.currency)
    these = "this is your pass" if count == 1 else f"these are your {count} passes"
    return Words(
        subject=f"Your {'pass' if count == 1 else 'passes'} for {booking.name}",
        opening=(f"You have paid {paid}, and {these}.",),
        closing=(*_rest(booking), HOW),
        action="See your passes",
        path="/passes",
        passes=booking.part(1).passes,
    )


def refunded(booking: Booking, refund: Refund) -> Words:
    """Some or all of the money went back; what is still good is told again."""
    amount = formats.money(refund.amount, booking.currency)
    kept = booking.passes
    return Words(
        subject=f"{amount} refunded for {booking.name}",
        opening=(
            f"{amount}{_told_units(refund, booking)} {BACK}",
            f"The reason: {line(refund.reason)}",
        ),
        closing=(STILL_GOOD, *_rest(booking), HOW) if kept else (),
        action="See your passes" if kept else "See your order",
        path="/passes" if kept else "",
        passes=booking.part(1).passes,
    )


def called_off(booking: Booking) -> Words:
    """The seller cancelled the listing before the order was paid for."""
    return Words(
        subject=f"{booking.name} is cancelled",
        opening=("The seller has cancelled what you had reserved.",),
        closing=(UNCHARGED,),
        action="See your order",
        path="",
    )


def write(
    words: Words,
    booking: Booking,
    envelope: Envelope,
    attachments: tuple[Attachment, ...] = (),
) -> Letter:
    """Put the words on paper."""
    event = booking.event
    facts = (booking.detail, event.when, event.venue) if event else (booking.detail,)
    values = {
        "words": words,
        "booking": booking,
        "facts": [fact for fact in facts if fact],
        "link": f"{envelope.public_url}/orders/{booking.order_id}{words.path}",
        "public_url": envelope.public_url,
    }
    return Letter(
        key=envelope.key,
        to=envelope.to,
        subject=words.subject,
        text=_TEMPLATES.get_template("letter.txt").render(values),
        html=_TEMPLATES.get_template("letter.html").render(values),
        attachments=attachments,
    )


def _rest(booking: Booking) -> tuple[str, ...]:
    """Say so where a letter has only a part of the passes."""
    if booking.parts == 1:
        return ()
    return (f"Here are the first {PART}. You find all of them on our pages.",)


def _told_units(refund: Refund, booking: Booking) -> str:
    if not refund.units:
        return ""
    if booking.seated:
        return f" ({formats.seats(refund.units)})"
    return f" ({formats.tickets(len(refund.units))})"
