"""In-memory double of Stripe, with its rules about intents, keys and refunds."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any, TypeVar, cast

from payments.intents import (
    Decline,
    Intent,
    IntentStatus,
    KeySpentError,
    Notice,
    RefusedError,
    Returned,
    Sum,
)
from ticketing.clock import Now, utc_now
from ticketing.errors import BadRequestError, TicketingError, UnavailableError

T = TypeVar("T")

# The documented test cards: what comes of them, and the words of a decline.
_CARDS: dict[str, tuple[IntentStatus, str]] = {
    "tok_visa": (IntentStatus.SUCCEEDED, ""),
    "tok_mastercard": (IntentStatus.SUCCEEDED, ""),
    "pm_card_visa": (IntentStatus.SUCCEEDED, ""),
    "tok_threeDSecure2Required": (IntentStatus.REQUIRES_ACTION, ""),
    "tok_chargeDeclined": (
        IntentStatus.REQUIRES_PAYMENT_METHOD,
        "Your card was declined.",
    ),
    "tok_chargeDeclinedInsufficientFunds": (
        IntentStatus.REQUIRES_PAYMENT_METHOD,
        "Your card has insufficient funds.",
    ),
}
_AWAY = "Stripe is away; try again in a moment"
_MINIMUM = 50


class MemoryGateway:
    """``away`` loses the answers, not the work; while ``slow``, banks think it over.

    ``intents_by_id`` is what it has, ``returned`` the refunds of each intent by their
    idempotency keys.
    """

    def __init__(self, now: Now = utc_now) -> None:
        self._now = now
        self.slow = False
        self.intents_by_id: dict[str, Intent] = {}
        self.returned: dict[str, dict[str, Returned]] = {}
        self.away = False
        self._answers: dict[str, tuple[Any, Any]] = {}
        self._numbers = count(1)

    def open(self, wanted: Sum, key: str) -> Intent:
        return self._once(key, ("open", wanted), lambda: self._made(wanted))

    def charge(self, wanted: Sum, token: str, key: str) -> Intent:
        def work() -> Intent:
            _check_card(token)
            return self._confirmed(self._made(wanted), token)

        return self._once(key, ("charge", wanted, token), work)

    def confirm(self, intent_id: str, order_id: str, token: str, key: str) -> Intent:
        def work() -> Intent:
            _check_card(token)
            intent = self._existing(intent_id)
            if intent.status.is_final or intent.status is IntentStatus.PROCESSING:
                return intent
            return self._confirmed(intent, token)

        return self._once(key, ("confirm", intent_id, token), work)

    def find(self, intent_id: str) -> Intent:
        self._answer()
        return self._existing(intent_id)

    def cancel(self, intent_id: str) -> Intent:
        intent = self._existing(intent_id)
        if not intent.status.is_final and intent.status is not IntentStatus.PROCESSING:
            intent = self.becomes(intent_id, IntentStatus.CANCELED)
        self._answer()
        return intent

    def refund(self, intent_id: str, amount: int, number: int, key: str) -> None:
        def work() -> None:
            intent = self.intents_by_id.get(intent_id)
            if intent is None or intent.status is not IntentStatus.SUCCEEDED:
                raise UnavailableError("Stripe did not take the refund")
            left = intent.sum.amount - intent.refunded
            if left and amount > left:
                raise UnavailableError("Stripe did not take the refund")
            if left:
                self.give_back(intent_id, amount, key, number)

        self._once(key, ("refund", intent_id, amount), work)

    def refunds(self, intent_id: str) -> list[Returned]:
        self._answer()
        return list(self.returned.get(intent_id, {}).values())

    def search(self, order_id: str) -> Intent | None:
        self._answer()
        every = self.intents_by_id.values()
        found = [each for each in every if each.sum.order_id == order_id]
        paid = [each for each in found if each.status is IntentStatus.SUCCEEDED]
        return next(iter(paid or found), None)

    def intents(self, since: datetime, until: datetime) -> Iterator[Intent]:
        self._answer()
        begin, end = int(since.timestamp()), int(until.timestamp())
        every = list(self.intents_by_id.values())[::-1]
        return iter([each for each in every if begin <= each.created < end])

    def notice_of(self, body: bytes, signature: str) -> Notice:
        if signature != "signed":
            raise BadRequestError("The signature does not fit")
        return Notice(**json.loads(body))

    # What happens at Stripe without our asking.

    def becomes(
        self, intent_id: str, status: IntentStatus, decline: Decline | None = None
    ) -> Intent:
        intent = self.intents_by_id[intent_id]
        decline = decline or intent.decline
        changed = replace(intent, status=status, decline=decline, redirect_url=None)
        self.intents_by_id[intent_id] = changed
        return changed

    def declines(self, intent_id: str, message: str) -> Intent:
        decline = Decline(f"ch_{next(self._numbers)}", message, "card_declined")
        waiting = IntentStatus.REQUIRES_PAYMENT_METHOD
        return self.becomes(intent_id, waiting, decline)

    def give_back(
        self, intent_id: str, amount: int, key: str, number: int | None = None
    ) -> None:
        intent = self.intents_by_id[intent_id]
        back = replace(intent, refunded=intent.refunded + amount)
        self.intents_by_id[intent_id] = back
        self.returned.setdefault(intent_id, {})[key] = Returned(number, amount)

    @property
    def paid(self) -> list[Intent]:
        every = self.intents_by_id.values()
        return [each for each in every if each.status is IntentStatus.SUCCEEDED]

    @property
    def kept(self) -> dict[str, int]:
        """What is left of each charge, by its intent."""
        return {each.id: each.sum.amount - each.refunded for each in self.paid}

    def _existing(self, intent_id: str) -> Intent:
        if intent_id not in self.intents_by_id:
            raise RefusedError(f"No such payment_intent: '{intent_id}'")
        return self.intents_by_id[intent_id]

    def _made(self, wanted: Sum) -> Intent:
        if wanted.amount < _MINIMUM:
            raise RefusedError("Amount must be at least $0.50 usd")
        number = next(self._numbers)
        intent = Intent(
            f"pi_{number}",
            wanted,
            IntentStatus.REQUIRES_PAYMENT_METHOD,
            secret=f"pi_{number}_secret",
            created=int(self._now().timestamp()),
        )
        self.intents_by_id[intent.id] = intent
        return intent

    def _confirmed(self, intent: Intent, token: str) -> Intent:
        status, message = _CARDS[token]
        if self.slow:
            return self.becomes(intent.id, IntentStatus.PROCESSING)
        if message:
            return self.declines(intent.id, message)
        confirmed = self.becomes(intent.id, status)
        if status is IntentStatus.REQUIRES_ACTION:
            url = f"https://stripe.test/3ds/{intent.id}"
            confirmed = replace(confirmed, redirect_url=url)
            self.intents_by_id[intent.id] = confirmed
        return confirmed

    def _once(self, key: str, asked: Any, work: Callable[[], T]) -> T:
        """Do it at the first time, and answer the same to every other.

        A refusal is kept as well: https://docs.stripe.com/api/idempotent_requests
        """
        if key not in self._answers:
            try:
                self._answers[key] = asked, work()
            except TicketingError as error:
                self._answers[key] = asked, error
        known, result = self._answers[key]
        if known != asked:
            raise KeySpentError
        self._answer()
        if isinstance(result, TicketingError):
            raise result
        return cast("T", result)

    def _answer(self) -> None:
        if self.away:
            raise UnavailableError(_AWAY)


def _check_card(token: str) -> None:
    if token not in _CARDS:
        raise RefusedError(f"No such token: '{token}'")
