"""Paying, or not being able to, and what the pages say about it."""

import eventlet
from web_fakes import HOLD

from ticketing.errors import UnavailableError
from web import shop

OPEN = "Pay for your ticket"


def test_paying_shows_what_one_has_bought(world, buyer, order):
    """The page after the payment is the owner's."""
    answer = buyer.post(f"/orders/{order['id']}/pay", {"token": "tok_visa"})
    assert answer.headers["Location"] == f"/orders/{order['id']}"
    assert "The ticket is yours" in buyer.read(f"/orders/{order['id']}")
    assert "Yours" in buyer.read("/orders")


def test_a_payment_that_takes_its_time_is_waited_for_on_the_page(world, buyer, order):
    """The page looks again by itself, with and without scripts."""
    world.payments.completes = False
    path = f"/orders/{order['id']}"
    assert buyer.post(f"{path}/pay", {"token": "tok_visa"}).status_code == 303
    html = buyer.read(path)
    assert "Paid, and being confirmed" in html
    assert f'<meta http-equiv="refresh" content="3; url={path}">' in html
    assert f'data-watch="/api{path}"' in html
    again = buyer.post(f"{path}/pay", {"token": "tok_chargeDeclined"})
    assert again.headers["Location"] == path


def test_a_payment_that_was_made_is_not_called_failed_when_orders_go_away(
    world, buyer, order, monkeypatch
):
    """Waiting for the order to hear of it is no part of paying."""
    pay = world.payments.pay

    def pay_then_lose_orders(*args):
        paid = pay(*args)
        world.orders.away = True
        return paid

    monkeypatch.setattr(world.payments, "pay", pay_then_lose_orders)
    answer = buyer.post(f"/orders/{order['id']}/pay", {"token": "tok_visa"})
    assert answer.headers["Location"] == f"/orders/{order['id']}"


def test_an_order_that_does_not_answer_does_not_hold_up_who_has_paid(
    world, buyer, order, monkeypatch
):
    monkeypatch.setattr(shop, "PATIENCE", 0.05)
    pay = world.payments.pay

    def pay_then_hang(*args):
        paid = pay(*args)
        monkeypatch.setattr(world.orders, "get_order", lambda _: eventlet.sleep(60))
        return paid

    monkeypatch.setattr(world.payments, "pay", pay_then_hang)
    with eventlet.Timeout(5):
        answer = buyer.post(f"/orders/{order['id']}/pay", {"token": "tok_visa"})
    assert answer.headers["Location"] == f"/orders/{order['id']}"


def test_what_was_charged_is_not_claimed_while_payments_are_away(world, buyer, order):
    world.orders.end(order["id"], "expired")
    assert "Nothing was charged" in buyer.read(f"/orders/{order['id']}")
    world.payments.away = True
    assert "Nothing was charged" not in buyer.read(f"/orders/{order['id']}")


def test_a_declined_card_is_told_and_another_one_can_be_tried(world, buyer, order):
    """The bank's words stand beside the cards, also after a reload."""
    path = f"/orders/{order['id']}"
    answer = buyer.post(f"{path}/pay", {"token": "tok_chargeDeclined"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert '<a href="#token">Your card was declined.</a>' in html
    assert 'value="tok_chargeDeclined" required checked' in html
    assert "Your card was declined." in buyer.read(path)
    assert buyer.post(f"{path}/pay", {"token": "tok_visa"}).status_code == 303
    assert "The ticket is yours" in buyer.read(path)


def test_a_payment_without_a_card_is_refused_before_any_money_is_asked_for(
    world, buyer, order
):
    for form in ({}, {"token": "tok_something_else"}):
        answer = buyer.post(f"/orders/{order['id']}/pay", form)
        assert answer.status_code == 400
        assert "Choose a card to pay with" in answer.get_data(as_text=True)
    assert not world.payments.things


def test_payments_that_are_away_leave_the_order_as_it_is(world, buyer, order):
    """The buyer is told that nothing is lost, and the page looks again."""
    world.payments.away = True
    path = f"/orders/{order['id']}"
    answer = buyer.post(f"{path}/pay", {"token": "tok_visa"})
    assert answer.headers["Location"] == path
    assert "Payments cannot be reached right now" in buyer.read(path)
    world.payments.away = False
    assert OPEN in buyer.read(path)


def test_a_payment_without_an_answer_is_not_called_failed(
    world, buyer, order, monkeypatch
):
    """It may have gone through: the page says so, and asks not to pay again."""

    def no_answer(order_id, user_id, token):
        world.payments.put(order_id, "pending")
        raise UnavailableError

    monkeypatch.setattr(world.payments, "pay", no_answer)
    path = f"/orders/{order['id']}"
    answer = buyer.post(f"{path}/pay", {"token": "tok_visa"})
    assert answer.status_code == 303
    assert "Please do not pay again" in buyer.read(path)


def test_paying_too_late_is_told(world, buyer, order):
    """The page says that the order is over and where to look for the ticket."""
    world.orders.end(order["id"], "expired")
    answer = buyer.post(f"/orders/{order['id']}/pay", {"token": "tok_visa"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Cannot pay for a cancelled order" in html
    assert "Your reservation ran out" in html


def test_a_hold_that_is_over_offers_no_payment(world, buyer, order):
    world.now += HOLD
    assert "Time is over" in buyer.read("/orders")
    html = buyer.read(f"/orders/{order['id']}")
    assert "This reservation is ending" in html
    assert "/pay" not in html


def test_a_complete_order_cannot_be_cancelled(world, buyer, order):
    """An old page's button is refused, and the page is shown as it is now."""
    world.orders.things[order["id"]]["status"] = "complete"
    answer = buyer.post(f"/orders/{order['id']}/cancel")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Cannot cancel a complete order" in html
    assert "The ticket is yours" in html


def test_another_persons_order_is_as_good_as_none(world, order, other):
    """Seen, paid or cancelled: a 404, and nothing is done."""
    path = f"/orders/{order['id']}"
    pay = {"token": "tok_visa"}
    answers = (
        other.get(path),
        other.post(f"{path}/pay", pay),
        other.post(f"{path}/cancel"),
    )
    for answer in answers:
        assert answer.status_code == 404
        assert "Opera" not in answer.get_data(as_text=True)
    assert world.orders.get_order(order["id"])["status"] == "created"
    assert not world.payments.things
    assert "Opera" not in other.read("/orders")


def test_every_page_says_that_the_money_is_not_real(world, buyer, order):
    for path in ("/", "/tickets/new", "/orders", f"/orders/{order['id']}", "/none"):
        assert "Test money" in buyer.get(path).get_data(as_text=True)
    for path in ("/", "/auth/signin", "/auth/signup", "/auth/signout", "/none"):
        assert "Test money" in world.visitor().get(path).get_data(as_text=True)


def test_with_live_keys_no_test_card_is_offered(make_shop):
    """The page says plainly that it cannot take a card."""
    live = make_shop({"STRIPE_SECRET_KEY": "sk_live_1"})
    buyer = live.visitor("buyer@example.com")
    order = live.orders.create_order(buyer.id, live.sell()["id"])
    html = buyer.read(f"/orders/{order['id']}")
    assert "This page cannot take a card yet" in html
    assert "Test money" not in html
    answer = buyer.post(f"/orders/{order['id']}/pay", {"token": "tok_visa"})
    assert answer.status_code == 400
    assert not live.payments.things
