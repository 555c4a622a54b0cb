"""The objects that are kept: plain records, stored as they are and never edited.

Field names are Stripe's where Stripe has the field (https://docs.stripe.com/api).
Times are whole seconds since 1970, amounts whole minor units of the currency.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal[
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "processing",
    "succeeded",
    "canceled",
]


@dataclass(frozen=True)
class Token:
    """Card details given once: https://docs.stripe.com/api/tokens/object"""

    id: str
    created: int
    number: str
    exp_month: int
    exp_year: int
    cvc_check: str | None = None
    name: str | None = None
    used: bool = False


@dataclass(frozen=True)
class PaymentMethod:
    """A card: https://docs.stripe.com/api/payment_methods/object

    spent: a payment was tried with it; without a Customer that works only once.
    """

    id: str
    created: int
    number: str
    exp_month: int
    exp_year: int
    cvc_check: str | None = None
    billing_details: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    spent: bool = False


@dataclass(frozen=True)
class Intent:
    """A PaymentIntent: https://docs.stripe.com/api/payment_intents/object"""

    id: str
    created: int
    amount: int
    currency: str
    client_secret: str
    status: Status = "requires_payment_method"
    amount_received: int = 0
    capture_method: str = "automatic_async"
    description: str | None = None
    receipt_email: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    allow_redirects: str | None = None
    allowed_payment_method_types: list[str] | None = None
    payment_method: str | None = None
    latest_charge: str | None = None
    last_payment_error: dict[str, Any] | None = None
    next_action: dict[str, Any] | None = None
    canceled_at: int | None = None
    cancellation_reason: str | None = None


@dataclass(frozen=True)
class Charge:
    """One attempt to take money: https://docs.stripe.com/api/charges/object"""

    id: str
    created: int
    payment_intent: str
    payment_method: str
    amount: int
    currency: str
    number: str
    exp_month: int
    exp_year: int
    status: Literal["succeeded", "failed"]
    amount_refunded: int = 0
    cvc_check: str | None = None
    billing_details: dict[str, Any] = field(default_factory=dict)
    description: str | None = None
    receipt_email: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def refundable(self) -> int:
        return self.amount - self.amount_refunded if self.status == "succeeded" else 0


@dataclass(frozen=True)
class Refund:
    """https://docs.stripe.com/api/refunds/object"""

    id: str
    created: int
    charge: str
    payment_intent: str
    amount: int
    currency: str
    reason: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    status: str = "succeeded"


Entity = Token | PaymentMethod | Intent | Charge | Refund
