"""What buyers and sellers send."""

from collections import Counter
from typing import Annotated, ClassVar

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    field_validator,
)

from orders.listing import Wish
from ticketing.fields import Clean, Input, without_quantity, wrong

MAX_UNITS = 1000
MAX_REASON = 200
# Language, script, region and variants by BCP 47, as far as one needs them to write.
LANGUAGE_TAG = StringConstraints(
    max_length=35, pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$"
)


def _once(labels: list[str]) -> list[str]:
    """Refuse a label that stands twice."""
    counts = Counter(labels)
    twice = next((each for each in labels if counts[each] > 1), None)
    if twice is not None:
        raise wrong(f"{twice} stands twice")
    return labels


Labels = Annotated[
    list[str], Field(min_length=1, max_length=MAX_UNITS), AfterValidator(_once)
]


class OrderInput(Input):
    MESSAGES: ClassVar = {
        "ticketId": "TicketId must be provided",
        "quantity": f"Quantity must be a whole number from 1 to {MAX_UNITS}",
        "seats": f"Seats must be a list of 1 to {MAX_UNITS} labels",
        "language": "Language must be a tag such as de or pt-BR",
    }

    ticket_id: str
    quantity: Annotated[int, Field(ge=1, le=MAX_UNITS)] | None = None
    seats: Labels | None = None
    language: Annotated[str, LANGUAGE_TAG] | None = None

    _either = field_validator("seats")(without_quantity)

    @property
    def wish(self) -> Wish:
        return Wish(self.quantity or 1, tuple(self.seats or ()))


class RefundInput(Input):
    MESSAGES: ClassVar = {
        "units": f"Units must be a list of 1 to {MAX_UNITS} labels",
        "reason": f"Reason must have at most {MAX_REASON} characters",
    }

    units: Labels | None = None
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=MAX_REASON), Clean
    ] = ""


class SpareInput(Input):
    count: Annotated[int, Field(ge=0)]
