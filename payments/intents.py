"""A PaymentIntent as Stripe has it. Pure: no I/O.

https://docs.stripe.com/payments/paymentintents/lifecycle
"""

from dataclasses import dataclass
from enum import StrEnum

from ticketing.errors import BadRequestError, UnavailableError


class IntentStatus(StrEnum):
    """Stripe's words. After ``succeeded`` and ``canceled`` nothing comes any more."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    REQUIRES_CAPTURE = "requires_capture"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        return self in {IntentStatus.SUCCEEDED, IntentStatus.CANCELED}


class RefusedError(BadRequestError):
    """Stripe did not take this request, and nothing was tried"""


class KeySpentError(UnavailableError):
    """This idempotency key was used with other parameters"""


class TroubleError(UnavailableError):
    """Stripe has trouble of its own; try again in a moment"""


@dataclass(frozen=True)
class Sum:
    """What is to be paid for an order: ``amount`` in the currency's smallest unit."""

    order_id: str
    amount: int
    currency: str


@dataclass(frozen=True)
class Decline:
    """Why a confirmation failed. ``ref`` tells this failure from others.

    ``code`` is one of https://docs.stripe.com/declines/codes or /error-codes.
    """

    ref: str
    message: str
    code: str = ""


@dataclass(frozen=True)
class Intent:
    """``decline`` is the last failure, ``refunded`` what of it went back.

    ``secret`` lets a browser confirm it; ``redirect_url`` is where its owner has to
    prove who they are while it requires action.
    """

    id: str
    sum: Sum
    status: IntentStatus
    secret: str = ""
    decline: Decline | None = None
    redirect_url: str | None = None
    refunded: int = 0
    created: int = 0


@dataclass(frozen=True)
class Returned:
    """A refund as Stripe has it; ``number`` is ours, None if somebody else made it."""

    number: int | None
    amount: int
    failed: bool = False


@dataclass(frozen=True)
class Notice:
    """A webhook: where to look. ``intent_id`` is None when it is of something else."""

    id: str
    type: str
    intent_id: str | None = None
    order_id: str | None = None
