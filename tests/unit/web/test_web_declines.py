"""What to do after a decline, by the bank's reason."""

import pytest
from web_markup import told

from web.declines import advice

OTHER = "Try another card, or ask your bank why."


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("insufficient_funds", "pay when there is money on this one"),
        ("expired_card", "a card that is still valid"),
        ("incorrect_number", "Check the number"),
        ("incorrect_cvc", "three or four digits on the back"),
        ("invalid_expiry_year", "until when the card is valid"),
        ("incorrect_zip", "postal code"),
        ("processing_error", "try it again"),
        ("try_again_later", "in a while"),
        ("card_velocity_exceeded", "reached its limit"),
        ("currency_not_supported", "this currency"),
        ("generic_decline", "Your bank does not say why"),
        ("do_not_honor", "Your bank does not say why"),
        ("authentication_required", "confirm the payment with your bank"),
    ],
)
def test_what_to_do_depends_on_the_reason(world, buyer, order, code, words):
    """It stands beside the cards, after what the bank said."""
    world.payments.put(order["id"], "declined", message="No.")
    world.payments.things[order["id"]]["code"] = code
    page = told(buyer.get(f"/orders/{order['id']}"))
    assert f"Your last card did not work: No. {advice(code)}" in page
    assert words in advice(code)


@pytest.mark.parametrize(
    "code", ["stolen_card", "lost_card", "pickup_card", "fraudulent", "", "new_code"]
)
def test_a_card_under_suspicion_is_like_any_other(code):
    """Whoever has found it must not learn that it is known."""
    assert advice(code) == OTHER


def test_a_fresh_refusal_is_told_once_with_its_advice(world, buyer, order):
    answer = buyer.post(f"/orders/{order['id']}/pay", {"token": "tok_chargeDeclined"})
    page = told(answer)
    assert advice("generic_decline") in page
    assert "Your last card did not work" not in page


def test_who_has_not_been_declined_is_given_no_advice(world, buyer, order):
    for status in ("opening", "open"):
        world.payments.put(order["id"], status)
        page = told(buyer.get(f"/orders/{order['id']}"))
        assert OTHER not in page
        assert "did not work" not in page
