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
    """A card or a bank account: https://docs.stripe.com/api/payment_methods/object

    number: of the card or of the account; an account never expires.
    spent: a payment was tried with it; without a Customer that works only once.
    """

    id: str
    created: int
    number: str
    exp_month: int = 0
    exp_year: int = 0
    cvc_check: str | None = None
    billing_details: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    spent: bool = False
    type: str = "card"


@dataclass(frozen=True)
class Intent:
    """A PaymentIntent: https://docs.stripe.com/api/payment_intents/object

    authentication: the secret of the page on which the customer authenticates the
    payment, and the address that page returns to; kept afterwards.
    """

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
    payment_method_types: list[str] = field(default_factory=lambda: ["card"])
    payment_method: str | None = None
    latest_charge: str | None = None
    last_payment_error: dict[str, Any] | None = None
    next_action: dict[str, Any] | None = None
    authentication: dict[str, str] | None = None
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
    status: Literal["succeeded", "pending", "failed"]
    amount_refunded: int = 0
    cvc_check: str | None = None
    billing_details: dict[str, Any] = field(default_factory=dict)
    description: str | None = None
    receipt_email: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    type: str = "card"
    failure_code: str | None = None
    failure_message: str | None = None

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
    failure_reason: str | None = None


@dataclass(frozen=True)
class WebhookEndpoint:
    """https://docs.stripe.com/api/webhook_endpoints/object

    rolled: a secret that was replaced and still signs, until the given second.
    """

    id: str
    created: int
    url: str
    enabled_events: list[str]
    secret: str
    status: Literal["enabled", "disabled"] = "enabled"
    description: str | None = None
    api_version: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    rolled: tuple[str, int] | None = None

    def wants(self, kind: str) -> bool:
        wanted = not {"*", kind}.isdisjoint(self.enabled_events)
        return wanted and self.status == "enabled"


Entity = Token | PaymentMethod | Intent | Charge | Refund | WebhookEndpoint
