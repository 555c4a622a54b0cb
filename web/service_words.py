"""What services say to people, in the reader's language.

They speak English, the language of the API. Their sentences are known here by their
text; ``%(name)s`` in one stands for what differs from time to time.
"""

import re
from collections.abc import Callable

from web import formats, languages
from web.translations import gettext, mark, plain_gettext

# Why money goes back when a listing is cancelled.
CALLED_OFF = mark("the seller cancelled the event")
_KNOWN = (
    # the pages themselves
    mark("There may be at most %(most)s seats"),
    mark("We cannot read “%(row)s”. Write a row as A-1 to 40"),
    mark("“%(row)s” ends before it begins: put the lower number first"),
    # any of them
    mark("Idempotency-Key must have 1 to %(most)s characters"),
    mark("This is more than a database can hold"),
    # auth
    mark("Email must be valid"),
    mark("Password must be between %(least)s and %(most)s characters"),
    mark("You must supply a password"),
    mark("This password is too easy to guess; take another one"),
    mark("Too many sign in at once; try again in a moment"),
    # tickets
    mark("Title must have 1 to %(most)s characters"),
    mark("Currency must be usd, eur, gbp or jpy"),
    mark("Price must be above 0 and at most %(most)s, with at most two decimals"),
    mark("Price in %(currency)s must be a whole number from 1 to %(most)s"),
    mark("Event must have a name and startsAt"),
    mark("The event's name must have 1 to %(most)s characters"),
    mark("The venue must have at most %(most)s characters"),
    mark("Timezone must be a name such as Europe/Berlin"),
    mark("The description must have at most %(most)s characters"),
    mark("Seats must be a list of 1 to %(most)s labels"),
    mark(
        "%(text)s is no seat: use up to 20 letters, digits, spaces and . _ - /",
    ),
    mark("Seat %(seat)s stands twice"),
    mark("The labels are too long in all: number the seats of each row"),
    mark("This was ordered in %(currency)s: its currency stays"),
    mark("The event must begin in the future"),
    mark("Quantity must be at least %(least)s: so many are taken"),
    mark("Some are held or sold: it is too late for numbered seats"),
    mark("Held or sold seats cannot be taken off: %(seats)s"),
    mark("Cannot edit a reserved ticket"),
    mark("This was cancelled: it cannot be changed any more"),
    mark("availability must be now, upcoming, all"),
    # orders
    mark("The seller has cancelled this"),
    mark("The sale is not open yet"),
    mark("This has already begun: it is not sold any more"),
    mark("An order may have at most %(most)s"),
    mark("An order may cost at most %(sum)s"),
    mark("An order must cost at least %(sum)s: cards cannot be charged less"),
    mark("There are no numbered seats here: send a quantity"),
    mark("Seat %(seat)s is not here"),
    mark("Seats %(seats)s are not here"),
    mark("Seat %(seat)s is gone"),
    mark("Seats %(seats)s are gone"),
    mark("Ticket is already reserved"),
    mark("Only %(left)s left right now"),
    mark("None left right now"),
    mark("%(unit)s stands twice"),
    mark("Not in this order: %(units)s"),
    mark("There is nothing to refund"),
    mark("Units must be a list of 1 to %(most)s labels"),
    mark("Reason must have at most %(most)s characters"),
    mark("Cannot cancel a complete order"),
    mark("Name the door in 1 to %(most)s characters"),
    mark("A code is a text of at most %(most)s characters"),
    # payments
    mark("Cannot pay for a cancelled order"),
    mark("This order is already paid"),
    mark("A payment for this order is being made"),
    mark("Too many tries: reserve again"),
    mark("The time to pay for this order is over"),
    mark("The order was cancelled: only all of it goes back"),
    mark("This order does not have %(units)s"),
    mark("That is more than is left of the payment"),
    mark("Reason must be a text of at most %(most)s characters"),
    # why money goes back
    mark("the seller refunded it"),
    CALLED_OFF,
    mark("the order was cancelled"),
    mark("the ticket was sold to somebody else"),
    mark("the shop refunded it"),
    mark("refunded at Stripe"),
    # Stripe, about a card
    mark("Your card was declined."),
    mark("Your card has insufficient funds."),
    mark("Your card has expired."),
    mark("Your card number is incorrect."),
    mark("Your card's security code is incorrect."),
    mark("Your card's expiration year is invalid."),
    mark("Your card's expiration month is invalid."),
    mark("Your card does not support this type of purchase."),
    mark(
        "Your card was declined for making repeated attempts too frequently or "
        "exceeding its amount limit."
    ),
    mark(
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    mark(
        "We are unable to authenticate your payment method. Please choose a different "
        "payment method and try again."
    ),
    # orders and payments, to their operators
    mark("cancelled by the buyer"),
    mark("expired"),
    mark("payment failed"),
    mark("listing cancelled"),
    mark("created"),
    mark("awaiting:payment"),
    mark("complete"),
    mark("cancelled"),
    mark("opening"),
    mark("open"),
    mark("pending"),
    mark("action"),
    mark("processing"),
    mark("declined"),
    mark("failed"),
    mark("closing"),
    mark("paid"),
    mark("refunding"),
    mark("refunded"),
    mark("There is no order for this payment"),
    mark("%(kept)s kept, the order is worth %(worth)s"),
    mark("%(back)s are back, not %(known)s"),
    mark("A refund made at Stripe is in the way of one of ours"),
    mark("%(sum)s: nobody here has ordered it"),
    mark("%(sum)s were never charged"),
    mark("Nobody here has ordered it (%(notice)s)"),
    mark("The bank did not take the refund back (%(notice)s)"),
    mark("The buyer disputes the payment (%(notice)s)"),
)
_VALUE = re.compile(r"%\\\((\w+)\\\)s")


def _number(text: str) -> str:
    return formats.decimal(text.replace(",", ""))


def _sum(text: str) -> str:
    price, _, currency = text.partition(" ")
    return formats.sum_(float(price), currency.lower())


# What is no text of somebody's own, but written as the reader writes it.
_WRITTEN: dict[str, Callable[[str], str]] = {
    "back": _sum,
    "kept": _sum,
    "known": _sum,
    "least": _number,
    "left": _number,
    "most": _number,
    "sum": _sum,
    "worth": _sum,
}


def _pattern(message: str) -> re.Pattern[str]:
    return re.compile(_VALUE.sub(r"(?P<\1>.+)", re.escape(message)), re.DOTALL)


_PATTERNS = [(_pattern(each), each) for each in _KNOWN if "%(" in each]


def said(message: str) -> str:
    """Return a sentence of a service, or one that some code here has marked.

    Of what is not known the English text.
    """
    if not message or languages.current().language == languages.ENGLISH:
        return message
    translated = plain_gettext(message)
    return _by_pattern(message) if translated == message else translated


def _by_pattern(message: str) -> str:
    for pattern, known in _PATTERNS:
        if found := pattern.fullmatch(message):
            values = found.groupdict()
            return gettext(
                known, **{name: _write(name, values[name]) for name in values}
            )
    return message


def _write(name: str, text: str) -> str:
    write = _WRITTEN.get(name)
    try:
        return write(text) if write else text
    except (ValueError, ArithmeticError, LookupError):
        return text
