"""How one pays here: at Stripe, or with its test cards while the money is a test's."""

from dataclasses import dataclass

from ticketing import rehearsing
from ticketing.config import Config, optional
from ticketing.errors import BadRequestError
from ticketing.http.same_site import content_policy
from web.translations import mark

# Always from there: https://docs.stripe.com/js/including. Its name is that of the
# release of the API that the payments service speaks.
STRIPE_JS = "https://js.stripe.com/endive/stripe.js"
# https://docs.stripe.com/security/guide#content-security-policy
_FRAMES = "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com"
STRIPE_POLICY = content_policy(
    script_src="https://js.stripe.com https://*.js.stripe.com",
    frame_src=_FRAMES,
    connect_src="https://api.stripe.com",
)


@dataclass(frozen=True)
class Card:
    """One of https://docs.stripe.com/testing, by its token."""

    token: str
    name: str
    last4: str
    outcome: str


TEST_CARDS = (
    Card("tok_visa", "Visa", "4242", mark("works")),
    Card("tok_mastercard", "Mastercard", "4444", mark("works")),
    Card(
        "tok_threeDSecure2Required", "Visa", "3220", mark("asks you to confirm first")
    ),
    Card("tok_chargeDeclined", "Visa", "0002", mark("is declined")),
    Card(
        "tok_chargeDeclinedInsufficientFunds",
        "Visa",
        "9995",
        mark("has too little money"),
    ),
    Card("tok_chargeDeclinedExpiredCard", "Visa", "0069", mark("has expired")),
    Card(
        "tok_chargeDeclinedProcessingError", "Visa", "0119", mark("fails at the bank")
    ),
)


@dataclass(frozen=True)
class Checkout:
    """``stand_in``: no payment leaves this system; ``cards``: what one can pay with.

    With a ``publishable_key`` one pays in Stripe's Payment Element instead.
    ``rehearses``: sellers may have their sale rehearsed, which takes test cards.
    """

    stand_in: bool
    cards: tuple[Card, ...]
    is_test: bool
    publishable_key: str = ""
    stripe_js: str = STRIPE_JS
    rehearses: bool = False

    @classmethod
    def of(cls, config: Config) -> "Checkout":
        stand_in = bool(optional(config, "STRIPE_API_BASE"))
        publishable = "" if stand_in else optional(config, "STRIPE_PUBLISHABLE_KEY")
        key = publishable or optional(config, "STRIPE_SECRET_KEY")
        is_test = stand_in or key.startswith(rehearsing.TEST_KEYS)
        cards = TEST_CARDS if is_test and not publishable else ()
        rehearsing.check_money(config)
        rehearses = is_test and rehearsing.is_on(config)
        return cls(stand_in, cards, is_test, publishable, rehearses=rehearses)

    def check(self, token: str) -> None:
        """Raise BadRequestError unless ``token`` is one of the cards."""
        if not self.cards:
            raise BadRequestError(mark("This page cannot take a card yet"))
        if token not in {card.token for card in self.cards}:
            raise BadRequestError(mark("Choose a card to pay with"))
