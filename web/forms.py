"""What people type, and what is wrong with it."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Self

from ticketing.errors import BadRequestError, TicketingError, UnavailableError
from ticketing.http import Request
from ticketing.money import cents, dollars

# What a form answers by showing itself again.
REFUSALS = (BadRequestError, UnavailableError)

_AWAY = "We could not reach a part of the shop just now. Please try again in a moment."
# Where people need other words than programs.
_PLAIN = {
    "Email in use": "This email already has an account. Sign in instead.",
    "Invalid credentials": "The email or the password is not right",
}
_PRICE = re.compile(r"\$?\s*([0-9]{1,9}(?:\.[0-9]*)?)")


class Form:
    """Values by field name; after a refusal also the problems and the status."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = dict(values or {})
        self.problems: list[dict[str, str]] = []
        self.status = 200

    @classmethod
    def of(cls, request: Request, *names: str) -> Self:
        return cls({name: request.form.get(name, "") for name in names})

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def failed(self, error: TicketingError, field: str = "") -> Self:
        """Take over what a service found wrong.

        ``field`` is where a message belongs that names no field itself.
        """
        self.status = error.status
        if isinstance(error, UnavailableError):
            self.problems = [{"message": _AWAY}]
        else:
            default = {"field": field} if field else {}
            self.problems = [default | _plain(problem) for problem in error.errors]
        return self

    def problem(self, name: str) -> str | None:
        """Return what is wrong with a field."""
        found = (p["message"] for p in self.problems if p.get("field") == name)
        return next(found, None)


def _plain(problem: dict[str, str]) -> dict[str, str]:
    message = problem["message"]
    return problem | {"message": _PLAIN.get(message, message)}


def price_of(text: str) -> int | float | None:
    """Read a typed price as a JSON number of dollars.

    None, which the service refuses in its own words, stands for any other text.
    """
    found = _PRICE.fullmatch(text.strip())
    try:
        return dollars(cents(Decimal(found[1]))) if found else None
    except ValueError:
        return None
