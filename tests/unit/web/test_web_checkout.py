"""The cards on offer are Stripe's test cards, and for test money only."""

import pytest

from stripe_stand_in.cards import TOKENS
from ticketing.errors import BadRequestError
from web.checkout import TEST_CARDS, Checkout


def test_the_cards_on_offer_are_those_that_stripe_documents():
    assert all(card.token in TOKENS for card in TEST_CARDS)
    assert all(TOKENS[card.token].last4 == card.last4 for card in TEST_CARDS)
    works = [card for card in TEST_CARDS if TOKENS[card.token].decline is None]
    authenticated = [card for card in works if TOKENS[card.token].authenticate]
    assert [card.outcome for card in authenticated] == ["asks you to confirm first"]
    assert [c.outcome for c in works if c not in authenticated] == ["works"] * 2


@pytest.mark.parametrize(
    ("config", "is_test", "stand_in"),
    [
        ({"STRIPE_API_BASE": "http://x", "STRIPE_SECRET_KEY": "sk_test_1"}, True, True),
        ({"STRIPE_API_BASE": "", "STRIPE_SECRET_KEY": "sk_test_1"}, True, False),
        ({"STRIPE_SECRET_KEY": "rk_test_1"}, True, False),
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, False, False),
        ({}, False, False),
    ],
)
def test_test_cards_are_offered_for_test_money_only(config, is_test, stand_in):
    checkout = Checkout.of(config)
    assert (checkout.is_test, checkout.stand_in) == (is_test, stand_in)
    assert bool(checkout.cards) == is_test


def test_only_an_offered_card_is_taken():
    checkout = Checkout.of({"STRIPE_API_BASE": "http://x"})
    checkout.check("tok_visa")
    for token in ("", "tok_other"):
        with pytest.raises(BadRequestError, match="Choose a card"):
            checkout.check(token)
    with pytest.raises(BadRequestError, match="cannot take a card yet"):
        Checkout.of({}).check("tok_visa")


@pytest.mark.parametrize(
    ("config", "rehearses"),
    [
        ({"STRIPE_API_BASE": "http://x", "REHEARSALS": "on"}, True),
        ({"STRIPE_SECRET_KEY": "sk_test_1", "REHEARSALS": "on"}, True),
        ({"STRIPE_SECRET_KEY": "sk_test_1", "REHEARSALS": "off"}, False),
        ({"STRIPE_SECRET_KEY": "sk_test_1"}, False),
        ({"REHEARSALS": "on"}, False),
    ],
)
def test_sales_are_rehearsed_with_test_money_only(config, rehearses):
    assert Checkout.of(config).rehearses == rehearses


def test_with_real_money_nothing_is_rehearsed():
    with pytest.raises(SystemExit, match="takes real money"):
        Checkout.of({"STRIPE_SECRET_KEY": "sk_live_1", "REHEARSALS": "on"})
