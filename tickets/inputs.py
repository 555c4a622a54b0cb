"""What sellers send."""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from ticketing.fields import Clean, Input, Price

MAX_TITLE = 200


class TicketInput(Input):
    MESSAGES: ClassVar = {
        "title": f"Title must have 1 to {MAX_TITLE} characters",
        "price": "Price must be above 0 and at most 999999.99, "
        "with at most two decimals",
    }

    title: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE),
        Clean,
    ]
    price: Price
