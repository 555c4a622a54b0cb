"""The test cards of https://docs.stripe.com/testing and how each one behaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stripe_stand_in.errors import CardError


@dataclass(frozen=True)
class Decline:
    """Why a bank says no: https://docs.stripe.com/declines/codes

    blocked: stopped before it reached the bank, as fraud.
    """

    message: str
    code: str = "card_declined"
    decline_code: str | None = None
    param: str | None = None
    blocked: bool = False


@dataclass(frozen=True)
class Card:
    """authenticate: the customer has to act first. refund_later: how a refund ends that
    is not over at once.
    """

    number: str
    brand: str = "visa"
    funding: str = "credit"
    country: str = "US"
    decline: Decline | None = None
    authenticate: bool = False
    refund_later: Literal["succeeded", "failed"] | None = None

    @property
    def last4(self) -> str:
        return self.number[-4:]


_DECLINED = "Your card was declined."
_POOR = Decline("Your card has insufficient funds.", decline_code="insufficient_funds")
_ERROR = Decline(
    "An error occurred while processing your card. Try again in a little bit.",
    "processing_error",
)
_FRAUD = Decline(_DECLINED, decline_code="fraudulent", blocked=True)

# By the name that Stripe's test tokens and test PaymentMethods carry.
_GOOD = {
    "visa": Card("4242424242424242"),
    "visa_debit": Card("4000056655665556", funding="debit"),
    "mastercard": Card("5555555555554444", "mastercard"),
    "mastercard_debit": Card("5200828282828210", "mastercard", "debit"),
    "mastercard_prepaid": Card("5105105105105100", "mastercard", "prepaid"),
    "amex": Card("378282246310005", "amex"),
    "discover": Card("6011111111111117", "discover"),
    "diners": Card("3056930009020004", "diners"),
    "jcb": Card("3566002020360505", "jcb", country="JP"),
    "unionpay": Card("6200000000000005", "unionpay", country="CN"),
    "us": Card("4242424242424242"),
    "at": Card("4000000400000008", country="AT"),
    "au": Card("4000000360000006", country="AU"),
    "br": Card("4000000760000002", country="BR"),
    "ca": Card("4000001240000000", country="CA"),
    "de": Card("4000002760000016", country="DE"),
    "es": Card("4000007240000007", country="ES"),
    "fr": Card("4000002500000003", country="FR"),
    "gb": Card("4000008260000000", country="GB"),
    "jp": Card("4000003920000003", country="JP"),
    # Never authenticated by these names alone: the customer has to act first.
    "threeDSecure2Required": Card("4000000000003220", authenticate=True),
    "authenticationRequired": Card("4000002760003184", authenticate=True),
    "authenticationRequiredOnSetup": Card("4000002500003155", authenticate=True),
    "authenticationRequiredSetupForOffSession": Card(
        "4000003800000446", authenticate=True
    ),
    # Authentication is possible with it, but not asked for.
    "threeDSecureOptional": Card("4000000000003055"),
    "riskLevelElevated": Card("4000000000009235"),
    "bypassPending": Card("4000000000000077"),
    "pendingRefund": Card("4000000000007726", refund_later="succeeded"),
    "refundFail": Card("4000000000005126", refund_later="failed"),
}
_BAD = {
    "chargeDeclined": Card(
        "4000000000000002", decline=Decline(_DECLINED, decline_code="generic_decline")
    ),
    "chargeDeclinedInsufficientFunds": Card("4000000000009995", decline=_POOR),
    "chargeDeclinedLostCard": Card(
        "4000000000009987", decline=Decline(_DECLINED, decline_code="lost_card")
    ),
    "chargeDeclinedStolenCard": Card(
        "4000000000009979", decline=Decline(_DECLINED, decline_code="stolen_card")
    ),
    "chargeDeclinedExpiredCard": Card(
        "4000000000000069",
        decline=Decline("Your card has expired.", "expired_card", param="exp_month"),
    ),
    "chargeDeclinedIncorrectCvc": Card(
        "4000000000000127",
        decline=Decline(
            "Your card's security code is incorrect.", "incorrect_cvc", param="cvc"
        ),
    ),
    "chargeDeclinedProcessingError": Card("4000000000000119", decline=_ERROR),
    "chargeDeclinedVelocityLimitExceeded": Card(
        "4000000000006975",
        decline=Decline(
            "Your card was declined for making repeated attempts too frequently or "
            "exceeding its amount limit.",
            decline_code="card_velocity_exceeded",
        ),
    ),
    "chargeDeclinedFraudulent": Card("4100000000000019", decline=_FRAUD),
    "riskLevelHighest": Card("4000000000004954", decline=_FRAUD),
    # Declined all the same once the customer has authenticated the payment.
    "threeDSecureRequiredChargeDeclined": Card(
        "4000008400001629",
        decline=Decline(_DECLINED, decline_code="generic_decline"),
        authenticate=True,
    ),
    "authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        "4000008260003178", decline=_POOR, authenticate=True
    ),
    # The bank cannot be asked for authentication, so the card is declined at once.
    "threeDSecureRequiredProcessingError": Card("4000008400001280", decline=_ERROR),
    # Can be saved for a customer, but every charge of it fails.
    "chargeCustomerFail": Card(
        "4000000000000341", decline=Decline(_DECLINED, decline_code="generic_decline")
    ),
}
_BAD["radarBlock"] = _BAD["chargeDeclinedFraudulent"]

# Documented numbers that have no token of their own.
_NUMBERS = (
    Card("2223003122003222", "mastercard"),
    Card("371449635398431", "amex"),
    Card("6011000990139424", "discover"),
    Card("6011981111111113", "discover", "debit"),
    Card("36227206271667", "diners"),
    Card("6205500000000000004", "unionpay", country="CN"),
)

# The documentation writes some declines with the brand and some without it.
NAMED = _GOOD | _BAD | {f"visa_{name}": card for name, card in _BAD.items()}
TOKENS = {f"tok_{name}": card for name, card in NAMED.items()}
METHODS = {f"pm_card_{name}": card for name, card in NAMED.items()}
CARDS = {card.number: card for card in (*NAMED.values(), *_NUMBERS)}


def _passes_luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(digit * 2, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _refuse(part: str, code: str, param: str) -> None:
    raise CardError(f"Your card's {part} is invalid.", code=code, param=param)


def check_number(number: str) -> Card:
    """A test card, or what test mode says of any other number.

    https://docs.stripe.com/error-codes#incorrect-number
    https://docs.stripe.com/declines/codes (test_mode_live_card)
    """
    number = number.replace(" ", "").replace("-", "")
    if not (number.isascii() and number.isdigit() and _passes_luhn(number)):
        raise CardError(
            "Your card number is incorrect.", code="incorrect_number", param="number"
        )
    if number not in CARDS:
        raise CardError(
            "Your card was declined. Your request was in test mode, but used a non "
            "test (live) card. For a list of valid test cards, visit: "
            "https://stripe.com/docs/testing.",
            code="card_declined",
            decline_code="test_mode_live_card",
        )
    return CARDS[number]


def check_expiry(month: int, year: int, today: tuple[int, int]) -> int:
    """The year in four digits; `today` is (year, month).

    https://docs.stripe.com/testing#invalid-data
    """
    year = year + 2000 if 0 <= year < 100 else year
    if not 1 <= month <= 12:
        _refuse("expiration month", "invalid_expiry_month", "exp_month")
    if not today[0] <= year <= today[0] + 50:
        _refuse("expiration year", "invalid_expiry_year", "exp_year")
    if (year, month) < today:
        _refuse("expiration month", "invalid_expiry_month", "exp_month")
    return year


def check_cvc(cvc: str | None, brand: str) -> str | None:
    """The result of the check; https://docs.stripe.com/testing#invalid-data"""
    if cvc is None:
        return None
    lengths = {3, 4} if brand == "amex" else {3}
    if not (cvc.isascii() and cvc.isdigit() and len(cvc) in lengths):
        _refuse("security code", "invalid_cvc", "cvc")
    return "pass"
