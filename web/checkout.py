"""How one pays here: with Stripe's test cards, as long as the money is a test's."""

from dataclasses import dataclass

from ticketing.config import Config, optional
from ticketing.errors import BadRequestError


@dataclass(frozen=True)
class Card:
    """One of https://docs.stripe.com/testing, by its token."""

    token: str
    name: str
    last4: str
    outcome: str


TEST_CARDS = (
    Card("tok_visa", "Visa", "4242", "works"),
    Card("tok_mastercard", "Mastercard", "4444", "works"),
    Card("tok_chargeDeclined", "Visa", "0002", "is declined"),
    Card("tok_chargeDeclinedInsufficientFunds", "Visa", "9995", "has too little money"),
    Card("tok_chargeDeclinedExpiredCard", "Visa", "0069", "has expired"),
    Card("tok_chargeDeclinedProcessingError", "Visa", "0119", "fails at the bank"),
)


@dataclass(frozen=True)
class Checkout:
    """``stand_in``: no payment leaves this system; ``cards``: what one can pay with."""

    stand_in: bool
    cards: tuple[Card, ...]

    @classmethod
    def of(cls, config: Config) -> "Checkout":
        stand_in = bool(optional(config, "STRIPE_API_BASE"))
        key = optional(config, "STRIPE_SECRET_KEY")
        is_test = stand_in or key.startswith(("sk_test_", "rk_test_"))
        return cls(stand_in, TEST_CARDS if is_test else ())

    def check(self, token: str) -> None:
        """Raise BadRequestError unless ``token`` is one of the cards."""
        if not self.cards:
            raise BadRequestError("This page cannot take a card yet")
        if token not in {card.token for card in self.cards}:
            raise BadRequestError("Choose a card to pay with")

    @property
    def is_test(self) -> bool:
        return bool(self.cards)
