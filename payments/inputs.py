"""What is sent to pay, and to give money back."""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from ticketing.fields import CleanText, Input, Moment

MAX_TOKEN = 255
MAX_REASON = 200


class OrderRef(Input):
    MESSAGES: ClassVar = {"orderId": "OrderId must be provided"}

    order_id: str


class PaymentInput(OrderRef):
    MESSAGES: ClassVar = {
        **OrderRef.MESSAGES,
        "token": "Token must be provided",
    }

    token: Annotated[
        CleanText,
        StringConstraints(min_length=1, max_length=MAX_TOKEN, pattern=r"^[\w-]+$"),
    ]


class RefundInput(Input):
    MESSAGES: ClassVar = {
        "reason": f"Reason must be a text of at most {MAX_REASON} characters",
        "units": "Units must be a list of labels",
    }

    reason: Annotated[CleanText, StringConstraints(max_length=MAX_REASON)]
    units: list[str] | None = None


class Period(Input):
    """A time from ``since`` to ``until``; either may be absent."""

    MESSAGES: ClassVar = {
        "since": "Since must be a time such as 2027-06-01T20:00:00Z",
        "until": "Until must be a time such as 2027-06-01T20:00:00Z",
    }

    since: Moment | None = None
    until: Moment | None = None
