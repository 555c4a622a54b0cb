"""What our letters say, to whoever is reading.

Of a booking they are given the passes that are good.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ticketing.errors import NotFoundError
from ticketing.money import major
from web import formats
from web.documents.booking import PART, Booking, Pass, line
from web.jinja import TEMPLATES, templates_in
from web.mail.message import Attachment, Letter
from web.service_words import CALLED_OFF, said
from web.translations import gettext as _
from web.translations import mark, ngettext

Json = dict[str, Any]

_TEMPLATES = templates_in(TEMPLATES / "mail")

HOW = mark(
    "Show the codes of the attached PDF at the door, on your phone or on paper. Each "
    "pass lets one person in, once, so keep them to yourself."
)
BACK = mark("Depending on your bank it takes a few days to arrive.")
STILL_GOOD = mark("Your other passes are as good as before. Here they are again.")
OFF = mark("The seller has cancelled this. Whoever had paid gets all the money back.")
UNCHARGED = mark(
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
    count, paid = len(booking.passes), formats.sum_(total, booking.currency)
    opening = ngettext(
        "You have paid %(sum)s, and this is your pass.",
        "You have paid %(sum)s, and these are your %(count)s passes.",
        count,
        sum=paid,
        count=formats.number(count),
    )
    return Words(
        subject=ngettext(
            "Your pass for %(name)s",
            "Your passes for %(name)s",
            count,
            name=booking.name,
        ),
        opening=(opening,),
        closing=(*_rest(booking), _(HOW)),
        action=_("See your passes"),
        path="/passes",
        passes=booking.part(1).passes,
    )


def refunded(booking: Booking, refund: Refund) -> Words:
    """Some or all of the money went back; what is still good is told again."""
    amount = formats.sum_(refund.amount, booking.currency)
    gone = f"{_gone(amount, refund, booking)} {_(BACK)}"
    kept = booking.passes
    if refund.reason == CALLED_OFF:
        subject, opening = _off(booking), (_(OFF), gone)
    else:
        subject = _("%(sum)s refunded for %(name)s", sum=amount, name=booking.name)
        reason = _("The reason: %(reason)s", reason=line(said(refund.reason)))
        opening = gone, reason
    return Words(
        subject=subject,
        opening=opening,
        closing=(_(STILL_GOOD), *_rest(booking), _(HOW)) if kept else (),
        action=_("See your passes") if kept else _("See your order"),
        path="/passes" if kept else "",
        passes=booking.part(1).passes,
    )


def called_off(booking: Booking) -> Words:
    """The seller cancelled the listing before the order was paid for."""
    return Words(
        subject=_off(booking),
        opening=(_("The seller has cancelled what you had reserved."),),
        closing=(_(UNCHARGED),),
        action=_("See your order"),
        path="",
    )


def _off(booking: Booking) -> str:
    return _("%(name)s is cancelled", name=booking.name)


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
        "language": booking.language,
    }
    return Letter(
        key=envelope.key,
        to=envelope.to,
        subject=words.subject,
        text=_TEMPLATES.get_template("letter.txt").render(values),
        html=_TEMPLATES.get_template("letter.html").render(values),
        attachments=attachments,
        language=booking.language,
    )


def _rest(booking: Booking) -> tuple[str, ...]:
    """Say so where a letter has only a part of the passes."""
    if booking.parts == 1:
        return ()
    return (
        _(
            "Here are the first %(number)s. You find all of them on our pages.",
            number=formats.number(PART),
        ),
    )


def _gone(amount: str, refund: Refund, booking: Booking) -> str:
    """Say what went back, and for which units if that is known."""
    if not refund.units:
        return _("%(sum)s went back to the card that you paid with.", sum=amount)
    units = (
        formats.seats(refund.units)
        if booking.seated
        else formats.tickets(len(refund.units))
    )
    return _(
        "%(sum)s (%(units)s) went back to the card that you paid with.",
        sum=amount,
        units=units,
    )
