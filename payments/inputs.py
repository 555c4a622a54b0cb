"""What is sent to pay, and to give money back."""

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


class RefundInput(Input):
    MESSAGES: ClassVar = {
        "reason": "Reason must be a text",
        "units": "Units must be a list of labels",
    }

    reason: CleanText
    units: list[str] | None = None
