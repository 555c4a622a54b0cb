"""What people type, and what is wrong with it."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Self

from ticketing.errors import (
    BadRequestError,
    TicketingError,
    TooManyRequestsError,
    UnavailableError,
)
from ticketing.http import Request
from ticketing.money import major, minor
from web.formats import SIGNS
from web.translations import mark

# What a form answers by showing itself again.
REFUSALS = (BadRequestError, TooManyRequestsError, UnavailableError)

_TOO_MANY = mark("There were too many tries. Wait a while, and try again.")
_AWAY = mark(
    "We could not reach a part of the shop just now. Please try again in a moment."
)
# Where people need other words than programs.
_PLAIN = {
    "Email in use": mark("This email already has an account. Sign in instead."),
    "Invalid credentials": mark("The email or the password is not right"),
    "from must be a day such as 2027-06-01": mark("The first day must be a day"),
    "to must be a day such as 2027-06-01": mark("The last day must be a day"),
    "minPrice needs a currency": mark("Choose the currency of the price"),
    "maxPrice needs a currency": mark("Choose the currency of the price"),
    "minPrice must be a price such as 20": mark(
        "The lowest price must be an amount, such as 20"
    ),
    "maxPrice must be a price such as 20": mark(
        "The highest price must be an amount, such as 20"
    ),
    "text must have at most 100 characters": mark("Search for at most 100 characters"),
    "StartsAt must be a time such as 2027-06-01T20:00:00Z": mark(
        "Say when it begins, with a day and a time"
    ),
    "OnSaleAt must be a time such as 2027-06-01T20:00:00Z": mark(
        "Say when the sale opens, with a day and a time"
    ),
    "MaxPerOrder must be a whole number from 1 to 1000": mark(
        "At most in one order must be a whole number from 1 to 1000"
    ),
    "Quantity must be a whole number from 1 to 1000": mark(
        "How many must be a whole number from 1 to 1000"
    ),
    "Quantity must be a whole number from 1 to 100000": mark(
        "How many must be a whole number from 1 to 100,000"
    ),
    "Send a quantity or seats, not both": mark(
        "Fill in how many or the seats, not both"
    ),
    "Seats must be a list of 1 to 50000 labels": mark("Fill in the seats"),
    "This has numbered seats: send seats": mark("Say which seats, not how many"),
}
_PLAIN_AT = {
    ("current", "Invalid credentials"): mark("This is not your present password"),
    ("current", "You must supply a password"): mark("Fill in your present password"),
}
# After a comma stand decimals, too, if there are as few as of cents.
_PRICE = re.compile(r"([$€£¥]?)\s*([0-9]{1,9}(?:\.[0-9]*|,[0-9]{0,2})?)\s*([$€£¥]?)")
_WHOLE = re.compile(r"[0-9]{1,9}")


class Form:
    """Values by field name; after a refusal also the problems and the status."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = dict(values or {})
        self.problems: list[dict[str, str]] = []
        self.status = 200
        self.retry_after: int | None = None

    @classmethod
    def of(
        cls, request: Request, *names: str, known: Mapping[str, str] | None = None
    ) -> Self:
        """Read what was sent; a field that was not has its ``known`` value."""
        values = dict.fromkeys(names, "") | dict(known or {})
        return cls({name: _sent(request, name, values[name]) for name in names})

    @classmethod
    def of_query(cls, request: Request, *names: str) -> Self:
        return cls({name: request.args.get(name, "").strip() for name in names})

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def given(self) -> dict[str, str]:
        """The values that are not empty."""
        return {name: value for name, value in self.values.items() if value}

    def failed(self, error: TicketingError, field: str = "") -> Self:
        """Take over what a service found wrong.

        ``field`` is where a message belongs that names no field itself.
        """
        self.status, self.retry_after = error.status, error.retry_after
        if isinstance(error, UnavailableError):
            self.problems = [{"message": _AWAY}]
        elif isinstance(error, TooManyRequestsError):
            self.problems = [{"message": _TOO_MANY}]
        else:
            default = {"field": field} if field else {}
            self.problems = [default | _plain(problem) for problem in error.errors]
        return self

    def problem(self, name: str) -> str | None:
        """Return what is wrong with a field."""
        found = (p["message"] for p in self.problems if p.get("field") == name)
        return next(found, None)


def _sent(request: Request, name: str, known: str) -> str:
    # Browsers send the lines of a text with the ends that mail has.
    return request.form.get(name, known).replace("\r\n", "\n")


def _plain(problem: dict[str, str]) -> dict[str, str]:
    message = problem["message"]
    at_field = _PLAIN_AT.get((problem.get("field", ""), message))
    return problem | {"message": at_field or _PLAIN.get(message, message)}


def price_of(text: str, currency: str) -> int | float | None:
    """Read a typed price as a JSON number of major units; its sign may be beside it.

    None, which the service refuses in its own words, stands for any other text.
    """
    # Keyboards for Japanese have the wide sign.
    found = _PRICE.fullmatch(text.strip().replace("\N{FULLWIDTH YEN SIGN}", "¥"))
    if not found or found[1] + found[3] not in {"", SIGNS[currency]}:
        return None
    try:
        return major(minor(Decimal(found[2].replace(",", ".")), currency), currency)
    except ValueError:
        return None


def whole_of(text: str) -> int | str:
    """Read a typed whole number; other text is left to the service to refuse."""
    typed = text.strip()
    return int(typed) if _WHOLE.fullmatch(typed) else typed
