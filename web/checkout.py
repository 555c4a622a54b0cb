"""How one pays here: with Stripe's test cards, as long as the money is a test's."""

from dataclasses import dataclass

from ticketing.config import Config, optional


@dataclass(frozen=True)
class TestCard:
    """One of https://docs.stripe.com/testing, by its token."""

    token: str
    name: str
    last4: str
    outcome: str


TEST_CARDS = (
    TestCard("tok_visa", "Visa", "4242", "succeeds"),
    TestCard("tok_mastercard", "Mastercard", "4444", "succeeds"),
    TestCard("tok_chargeDeclined", "Visa", "0002", "is declined"),
    TestCard(
        "tok_chargeDeclinedInsufficientFunds", "Visa", "9995", "has too little money"
    ),
    TestCard("tok_chargeDeclinedExpiredCard", "Visa", "0069", "has expired"),
    TestCard("tok_chargeDeclinedProcessingError", "Visa", "0119", "meets an error"),
)


@dataclass(frozen=True)
class Checkout:
    """``stand_in``: no payment leaves this machine; ``cards``: what can be paid with."""

    stand_in: bool
    cards: tuple[TestCard, ...]

    @classmethod
    def of(cls, config: Config) -> "Checkout":
        stand_in = bool(optional(config, "STRIPE_API_BASE"))
        key = optional(config, "STRIPE_SECRET_KEY")
        is_test = stand_in or key.startswith(("sk_test_", "rk_test_"))
        return cls(stand_in, TEST_CARDS if is_test else ())

    @property
    def is_test(self) -> bool:
        return bool(self.cards)
