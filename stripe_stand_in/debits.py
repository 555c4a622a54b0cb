"""The test bank accounts of https://docs.stripe.com/payments/ach-direct-debit

Debits are announced at once and settle later; without the customer's mandate a bank
account is not debited.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stripe_stand_in.cards import Decline
from stripe_stand_in.changes import Attempt, Outcome
from stripe_stand_in.entities import Intent
from stripe_stand_in.errors import StripeError

TYPE = "us_bank_account"
CURRENCY = "usd"
KNOWN_TYPES = ("card", TYPE)
ROUTING_NUMBER = "110000000"
BANK_NAME = "STRIPE TEST BANK"


@dataclass(frozen=True)
class Account:
    """outcome: how a debit ends, None if it stays as it is until somebody settles it.

    The numbers are those of https://docs.stripe.com/testing#ach-direct-debit
    """

    number: str
    outcome: Outcome | None = "succeeded"
    decline: Decline | None = None

    @property
    def last4(self) -> str:
        return self.number[-4:]


def _failing(number: str, code: str, message: str) -> Account:
    return Account(number, "failed", Decline(message, code))


# By the name that Stripe's test PaymentMethods carry.
_NAMED = {
    "success": Account("000123456789"),
    "processing": Account("000000000009", None),
    "insufficientFunds": _failing(
        "000222222227",
        "insufficient_funds",
        "The customer's account has insufficient funds to cover this payment.",
    ),
    "accountClosed": _failing(
        "000111111113",
        "account_closed",
        "The customer's bank account has been closed.",
    ),
    "noAccount": _failing(
        "000111111116",
        "no_account",
        "The customer's bank account could not be located.",
    ),
    "debitNotAuthorized": _failing(
        "000333333335",
        "debit_not_authorized",
        "The customer has notified their bank that this payment was unauthorized.",
    ),
}
METHODS = {f"pm_usBankAccount_{name}": account for name, account in _NAMED.items()}
ACCOUNTS = {account.number: account for account in _NAMED.values()}


def accepted(types: Iterable[str], currency: str) -> list[str]:
    """Bank accounts are debited in one currency only, and so not offered in others.

    https://docs.stripe.com/payments/payment-methods/dynamic-payment-methods
    """
    return [kind for kind in types if kind != TYPE or currency == CURRENCY] or ["card"]


def check(intent: Intent, attempt: Attempt) -> None:
    """A debit needs a mandate.

    https://docs.stripe.com/payments/ach-direct-debit#mandates
    """
    if not attempt.mandate:
        raise StripeError(
            "Missing required param: mandate_data.",
            code="parameter_missing",
            param="mandate_data",
            intent=intent,
        )
