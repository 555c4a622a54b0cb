"""The pure parts of the pages: money, times, forms, paths, states, cards."""

from datetime import timedelta

import pytest
from web_fakes import HOLD, NOW

from stripe_stand_in.cards import TOKENS
from ticketing.clock import iso
from ticketing.errors import BadRequestError, InvalidInputError, UnavailableError
from ticketing.ids import new_id
from web import formats
from web.checkout import TEST_CARDS, Checkout
from web.forms import Form, price_of
from web.paths import safe_path
from web.states import Offer, Payment, Stage, offer_of, stage_of


@pytest.mark.parametrize(
    ("price", "text"),
    [(20, "$20.00"), (0.01, "$0.01"), (19.9, "$19.90"), (999999.99, "$999,999.99")],
)
def test_money_has_two_decimals_and_separators(price, text):
    assert formats.money(price) == text


def test_a_price_is_typed_without_separators():
    assert formats.amount(1234.5) == "1234.50"


def test_times_are_written_out_and_never_later_than_they_are():
    assert formats.moment("2026-01-01T09:05:59.999Z") == "1 January 2026, 09:05 UTC"


def test_an_id_tells_when_it_was_given():
    thing = new_id()
    assert formats.made_at(thing).endswith("Z")


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("20", 20),
        (" 19.99 ", 19.99),
        ("$ 5.5", 5.5),
        ("7.", 7),
        ("999999.99", 999999.99),
    ],
)
def test_a_typed_price_is_read_exactly(text, price):
    assert price_of(text) == price


@pytest.mark.parametrize(
    "text",
    ["", "x", "-1", "0", "0.001", "1e3", "NaN", "1,000", "1000000", "٣", "9" * 5000],
)
def test_what_is_no_price_is_left_to_the_service_to_refuse(text):
    assert price_of(text) is None


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong():
    form = Form({"title": ""}).failed(
        InvalidInputError([{"message": "Too short", "field": "title"}])
    )
    assert (form["title"], form["absent"], form.status) == ("", "", 400)
    assert form.problem("title") == "Too short"
    assert form.problem("price") is None


def test_a_message_without_a_field_goes_where_the_form_wants_it():
    error = BadRequestError("Email in use")
    assert "Sign in" in Form().failed(error, "email").problem("email")
    assert Form().failed(error).problem("email") is None


def test_a_service_that_is_away_is_told_without_its_name():
    form = Form().failed(UnavailableError("tickets is away"))
    assert form.status == 503
    assert "tickets is away" not in form.problems[0]["message"]


@pytest.mark.parametrize("path", ["/", "/orders", "/tickets/1?a=b&c=%2F", "/a//b"])
def test_a_path_of_this_site_is_gone_back_to(path):
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "https://evil.example",
        "/\t/evil.example",
        "/a\r\nSet-Cookie: b",
        " /orders",
        "/a b",
        "orders",
        "/é",
        "/" + "a" * 3000,
        "/auth/signin",
    ],
)
def test_any_other_place_is_the_home_page(path):
    assert safe_path(path) == "/"


def order(status="created", user="buyer", reason=None):
    known = {"userId": user, "status": status, "expiresAt": iso(NOW + HOLD)}
    return known | ({"reason": reason} if reason else {})


@pytest.mark.parametrize(
    ("ticket", "holder", "offer"),
    [
        ({}, None, Offer.FREE),
        ({"orderId": "1"}, None, Offer.HELD),
        ({"orderId": "1"}, order("cancelled"), Offer.FREE),
        ({}, order(), Offer.HELD_BY_YOU),
        ({"orderId": "1"}, order("awaiting:payment"), Offer.HELD_BY_YOU),
        ({"orderId": "1"}, order("complete"), Offer.YOURS),
        ({"orderId": "1"}, order(user="other"), Offer.HELD),
        ({"orderId": "1"}, order("complete", user="other"), Offer.SOLD),
    ],
)
def test_what_a_ticket_is_to_the_one_who_looks(ticket, holder, offer):
    assert offer_of(ticket, holder, "buyer") is offer


EXPIRED = order("cancelled", reason="expired")


@pytest.mark.parametrize(
    ("known", "payment", "stage"),
    [
        (order(), Payment.NONE, Stage.OPEN),
        (order("awaiting:payment"), Payment.DECLINED, Stage.OPEN),
        (order(), Payment.UNKNOWN, Stage.UNREACHABLE),
        (order(), Payment.PENDING, Stage.PROCESSING),
        (order(), Payment.PAID, Stage.CONFIRMING),
        (order(), Payment.FAILED, Stage.ENDING),
        (order("complete"), Payment.PAID, Stage.COMPLETE),
        (order("complete"), Payment.UNKNOWN, Stage.COMPLETE),
        (order("complete"), Payment.REFUNDING, Stage.REFUNDING),
        (order("cancelled", reason="refunded"), Payment.REFUNDED, Stage.REFUNDED),
        (order("cancelled", reason="refunded"), Payment.UNKNOWN, Stage.REFUNDED),
        (EXPIRED, Payment.NONE, Stage.CANCELLED),
        (EXPIRED, Payment.UNKNOWN, Stage.CANCELLED),
        (EXPIRED, Payment.FAILED, Stage.CANCELLED),
        (EXPIRED, Payment.PAID, Stage.LATE),
        (EXPIRED, Payment.PENDING, Stage.LATE),
        (EXPIRED, Payment.REFUNDING, Stage.REFUNDING),
        (EXPIRED, Payment.REFUNDED, Stage.REFUNDED),
    ],
)
def test_the_stage_of_an_order(known, payment, stage):
    assert stage_of(known, payment, NOW) is stage


def test_a_hold_that_is_over_cannot_be_paid_though_nobody_ended_it_yet():
    last = NOW + HOLD - timedelta(milliseconds=1)
    assert stage_of(order(), Payment.NONE, last) is Stage.OPEN
    assert stage_of(order(), Payment.NONE, NOW + HOLD) is Stage.ENDING
    assert stage_of(order(), Payment.PAID, NOW + HOLD) is Stage.CONFIRMING


def test_the_cards_on_offer_are_those_that_stripe_documents():
    assert all(card.token in TOKENS for card in TEST_CARDS)
    assert all(TOKENS[card.token].last4 == card.last4 for card in TEST_CARDS)
    works = [card for card in TEST_CARDS if TOKENS[card.token].decline is None]
    assert [card.outcome for card in works] == ["works"] * 2


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
