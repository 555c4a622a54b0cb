"""In-memory doubles of what the payments service stands on."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from payments.models import Charged, Declined, Outcome, Payment
from ticketing.errors import BadRequestError, UnavailableError
from ticketing.fakes import MemoryAggregates, MemoryReplicas
from ticketing.mongo import Document
from ticketing.paging import Page


class MemoryPayments(MemoryAggregates[Payment]):
    def __init__(self) -> None:
        super().__init__(
            (("orderId",), lambda payment: [payment.order_id]),
            (("userId", "requestKeys"), _request_keys),
        )
        self.orders = MemoryReplicas()
        self._webhooks: set[str] = set()

    def find_by_order(self, order_id: str) -> Payment | None:
        found = self.select(lambda payment: payment.order_id == order_id, Page(1))
        return found[0] if found else None

    def waiting_since(self, moment: datetime, limit: int) -> list[Payment]:
        def waits(payment: Payment) -> bool:
            return bool(payment.waiting_since and payment.waiting_since < moment)

        return self.select(waits, Page(limit))

    def keep_webhook(self, event: Document) -> bool:
        is_new = event["_id"] not in self._webhooks
        self._webhooks.add(event["_id"])
        return is_new


class MemoryGateway:
    """Charges the documented test tokens; ``away`` loses the answer, not the work.

    ``charges`` are the outcomes and ``refunds`` the amounts by idempotency key,
    ``kept`` is what is left of each charge, in cents.
    """

    def __init__(self) -> None:
        self.charges: dict[str, Outcome] = {}
        self.refunds: dict[str, int] = {}
        self.kept: dict[str, int] = {}
        self.away = False
        self._asked: dict[str, tuple[Any, ...]] = {}

    def charge(self, order_id: str, amount: int, token: str, key: str) -> Outcome:
        self._check_key(key, order_id, amount, token)
        outcome = self.charges.setdefault(key, _outcome(token, key))
        if isinstance(outcome, Charged):
            self.kept.setdefault(outcome.stripe_id, amount)
        self._answer()
        return outcome

    def refund(self, stripe_id: str, amount: int, key: str) -> None:
        self._check_key(key, stripe_id, amount)
        if key not in self.refunds:
            self._refund(stripe_id, amount, key)
        self._answer()

    def order_of_event(self, body: bytes, signature: str) -> dict[str, Any]:
        if signature != "signed":
            raise BadRequestError("The signature does not fit")
        event: dict[str, Any] = json.loads(body)
        return event

    def _refund(self, stripe_id: str, amount: int, key: str) -> None:
        kept = self.kept.get(stripe_id)
        if kept == 0:
            return
        if kept is None or amount > kept:
            raise UnavailableError("Stripe did not take the refund")
        self.kept[stripe_id] -= amount
        self.refunds[key] = amount

    def _check_key(self, key: str, *asked: Any) -> None:
        if self._asked.setdefault(key, asked) != asked:
            raise UnavailableError("Stripe is away; try again in a moment")

    def _answer(self) -> None:
        if self.away:
            raise UnavailableError("Stripe is away; try again in a moment")


_TOKENS: dict[str, Callable[[str], Outcome]] = {
    "tok_visa": lambda key: Charged(f"pi_{key}"),
    "tok_mastercard": lambda key: Charged(f"pi_{key}"),
    "pm_card_visa": lambda key: Charged(f"pi_{key}"),
    "tok_chargeDeclined": lambda _: Declined("Your card was declined."),
    "tok_chargeDeclinedInsufficientFunds": lambda _: Declined(
        "Your card has insufficient funds."
    ),
}


def _outcome(token: str, key: str) -> Outcome:
    if token in _TOKENS:
        return _TOKENS[token](key)
    return Declined(f"No such token: '{token}'", counts=False)


def _request_keys(payment: Payment) -> list[tuple[str, str]]:
    return [(payment.user_id, key) for key in payment.request_keys]
