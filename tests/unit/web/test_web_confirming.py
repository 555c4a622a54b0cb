"""Confirming a payment with the bank, and coming back from there."""

import pytest
from web_fakes import HOLD
from web_markup import told

SECURE = {"token": "tok_threeDSecure2Required"}
BANK = "https://bank.test/3ds"
ASKED = "Your bank asks whether it is you"


@pytest.fixture
def path(order):
    return f"/orders/{order['id']}"


@pytest.fixture
def asked(buyer, path):
    """The buyer has paid with a card whose bank wants to know."""
    answer = buyer.post(f"{path}/pay", SECURE)
    assert answer.headers["Location"] == path
    return answer


def test_the_bank_is_one_link_away(buyer, path, asked):
    """No script is needed, and another card can be taken instead."""
    page = buyer.get(path)
    words, html = told(page), page.get_data(as_text=True)
    assert "Confirm with your bank" in words
    assert ASKED in words
    assert "Confirm the payment of $20.00 there" in words
    assert f'<a class="button" href="{BANK}">Go on to your bank</a>' in html
    assert words.index(ASKED) < words.index("Pay with another card")
    assert 'value="tok_visa"' in html
    assert "countdown.js" in html
    assert "http-equiv" not in html
    assert "Your last card did not work" not in words


def test_who_comes_back_from_the_bank_has_the_ticket(buyer, path, asked):
    answer = buyer.get(f"{path}/returned")
    assert answer.status_code == 303
    assert answer.headers["Location"] == path
    assert "The ticket is yours" in told(buyer.get(path))


def test_a_payment_that_was_not_confirmed_is_told_with_what_to_do(
    world, buyer, order, path, asked, monkeypatch
):
    def failed(order_id):
        world.payments.put(order_id, "declined", message="It was not confirmed.")
        world.payments.things[order_id]["code"] = (
            "payment_intent_authentication_failure"
        )
        return world.payments.find(order_id)

    monkeypatch.setattr(world.payments, "look", failed)
    assert buyer.get(f"{path}/returned").headers["Location"] == path
    words = told(buyer.get(path))
    assert "Your last card did not work: It was not confirmed." in words
    assert "The payment was not confirmed with your bank: try it again" in words
    assert ASKED not in words
    assert buyer.post(f"{path}/pay", {"token": "tok_visa"}).status_code == 303
    assert "The ticket is yours" in told(buyer.get(path))


def test_another_card_is_taken_instead_of_confirming(buyer, path, asked):
    buyer.post(f"{path}/pay", {"token": "tok_visa"})
    assert "The ticket is yours" in told(buyer.get(path))


def test_another_card_that_is_declined_is_told_beside_the_cards(buyer, path, asked):
    answer = buyer.post(f"{path}/pay", {"token": "tok_chargeDeclined"})
    assert answer.status_code == 400
    words = told(answer)
    assert "Your card was declined." in words
    assert ASKED not in words


def test_coming_back_twice_or_much_too_late_is_harmless(world, buyer, path, asked):
    for _ in range(2):
        assert buyer.get(f"{path}/returned").headers["Location"] == path
    world.now += HOLD
    assert buyer.get(f"{path}/returned").headers["Location"] == path
    assert "The ticket is yours" in told(buyer.get(path))


def test_the_page_waits_when_payments_cannot_look(world, buyer, path, asked):
    world.payments.away = True
    assert buyer.get(f"{path}/returned").headers["Location"] == path
    assert "Payments cannot be reached right now" in told(buyer.get(path))


def test_coming_back_though_nobody_began_to_pay_shows_the_order(buyer, path):
    assert buyer.get(f"{path}/returned").headers["Location"] == path
    assert "Pay for your ticket" in told(buyer.get(path))


def test_the_order_may_hear_of_it_later(world, buyer, path, asked):
    world.payments.completes = False
    assert buyer.get(f"{path}/returned").headers["Location"] == path
    assert "Paid, and being confirmed" in told(buyer.get(path))


def test_only_its_buyer_comes_back_to_an_order(world, path, asked, other):
    """Nobody else can make the shop look, nor learn that there is something."""
    assert other.get(f"{path}/returned").status_code == 404
    answer = world.visitor().get(f"{path}/returned")
    assert answer.headers["Location"].startswith("/auth/signin?next=")
    assert other.get("/orders/0123/returned").status_code in {400, 404}
    assert next(iter(world.payments.things.values()))["status"] == "action"


def test_a_hold_that_ends_meanwhile_leads_nowhere_any_more(world, buyer, path, asked):
    world.now += HOLD
    page = buyer.get(path)
    assert "This reservation is ending" in told(page)
    assert BANK not in page.get_data(as_text=True)
