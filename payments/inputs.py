"""What buyers send to pay."""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from ticketing.fields import CleanText, Input

MAX_TOKEN = 255


class PaymentInput(Input):
    MESSAGES: ClassVar = {
        "orderId": "OrderId must be provided",
        "token": "Token must be provided",
    }

    order_id: str
    token: Annotated[
        CleanText,
        StringConstraints(min_length=1, max_length=MAX_TOKEN, pattern=r"^[\w-]+$"),
    ]
