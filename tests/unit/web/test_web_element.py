"""Stripe's Payment Element on the order's page, and what it is allowed to do there."""

import json

import pytest
import stripe
from web_markup import Outline, told

from ticketing.http.same_site import CONTENT_POLICY, content_policy
from web.checkout import STRIPE_JS, Checkout

KEYS = {"STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_PUBLISHABLE_KEY": "pk_test_x"}
LIVE = {"STRIPE_SECRET_KEY": "sk_live_x", "STRIPE_PUBLISHABLE_KEY": "pk_live_x"}
POLICY = (
    "default-src 'self'; "
    "script-src 'self' https://js.stripe.com https://*.js.stripe.com; "
    "frame-src 'self' https://js.stripe.com https://*.js.stripe.com "
    "https://hooks.stripe.com; "
    "connect-src 'self' https://api.stripe.com; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)


@pytest.fixture(params=[KEYS, LIVE], ids=["test", "live"])
def keys(request):
    return request.param


@pytest.fixture
def shop(make_shop, keys):
    return make_shop(keys)


@pytest.fixture
def buyer(shop):
    return shop.visitor("buyer@example.com")


@pytest.fixture
def order(shop, buyer):
    return shop.orders.create_order(buyer.id, shop.sell("Opera", 20)["id"])


@pytest.fixture
def path(order):
    return f"/orders/{order['id']}"


def test_the_script_is_of_the_release_that_payments_speaks():
    """https://docs.stripe.com/sdks/stripejs-versioning: each has a name and dates."""
    release = stripe.api_version.partition(".")[2]
    assert f"https://js.stripe.com/{release}/stripe.js" == STRIPE_JS


def test_one_pays_at_stripe(buyer, order, path, keys):
    page = buyer.get(path)
    words, outline = told(page), Outline(page.get_data(as_text=True))
    form = next(each for each in outline.all("form") if each.get("id") == "pay")
    assert json.loads(form.pop("data-words"))
    assert form == {
        "id": "pay",
        "data-order": order["id"],
        "data-key": keys["STRIPE_PUBLISHABLE_KEY"],
        "data-back": f"{path}/returned",
    }
    assert "Your card goes to Stripe and is never seen by this shop" in words
    assert "Pay $20.00" in words


def test_the_scripts_come_in_their_order(buyer, path):
    """Both are put off until the page is there; a module is by itself."""
    scripts = Outline(buyer.read(path)).all("script")
    at = [each["src"].rpartition("/")[2] for each in scripts]
    assert at.index("stripe.js") < at.index("pay.js")
    assert scripts[at.index("stripe.js")] == {"src": STRIPE_JS, "defer": None}
    assert scripts[at.index("pay.js")]["type"] == "module"


def test_the_button_waits_for_the_script(buyer, path):
    html = buyer.read(path)
    assert "<button disabled>Pay $20.00</button>" in html
    assert '<p class="problem" role="alert" hidden></p>' in html


def test_without_scripts_the_page_says_what_is_missing(buyer, path):
    html = buyer.read(path)
    words = html.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "needs JavaScript" in words
    assert "the ticket stays yours until the hold ends" in words


def test_no_test_card_is_shown_or_taken(shop, buyer, path):
    html = buyer.read(path)
    assert "Choose a test card" not in html
    assert "tok_" not in html
    answer = buyer.post(f"{path}/pay", {"token": "tok_visa"})
    assert answer.status_code == 400
    assert "This page cannot take a card yet" in answer.get_data(as_text=True)
    assert answer.headers[CONTENT_POLICY] == POLICY
    assert not shop.payments.things


def test_only_test_money_is_called_so(buyer, path, keys):
    assert ("Test money" in buyer.read(path)) == (keys is KEYS)


def test_stripe_may_act_on_the_page_of_an_order_and_nowhere_else(buyer, order, path):
    assert buyer.get(path).headers[CONTENT_POLICY] == POLICY
    for other in (
        "/",
        "/orders",
        "/none",
        f"/tickets/{order['ticket']['id']}",
        f"{path}/returned",
        "/auth/signin",
    ):
        policy = buyer.get(other).headers[CONTENT_POLICY]
        assert policy == content_policy()


def test_without_a_publishable_key_stripe_is_not_let_in(world):
    buyer = world.visitor("buyer@example.com")
    order = world.orders.create_order(buyer.id, world.sell()["id"])
    answer = buyer.get(f"/orders/{order['id']}")
    assert answer.headers[CONTENT_POLICY] == content_policy()
    assert "js.stripe.com" not in answer.get_data(as_text=True)


def test_a_stand_in_has_no_payment_element():
    checkout = Checkout.of(KEYS | {"STRIPE_API_BASE": "http://127.0.0.1:1"})
    assert not checkout.publishable_key
    assert checkout.cards


@pytest.mark.parametrize(
    ("key", "is_test"), [("pk_test_x", True), ("pk_live_x", False)]
)
def test_the_publishable_key_says_whether_it_is_test_money(key, is_test):
    """The pages need no other key."""
    checkout = Checkout.of({"STRIPE_PUBLISHABLE_KEY": key})
    assert (checkout.publishable_key, checkout.is_test) == (key, is_test)
    assert not checkout.cards


@pytest.mark.parametrize("key", ["sk_live_x", "rk_live_x", ""])
def test_a_live_key_alone_shows_neither_cards_nor_stripe(key):
    checkout = Checkout.of({"STRIPE_SECRET_KEY": key})
    assert checkout == Checkout(stand_in=False, cards=(), is_test=False)


def test_who_confirms_with_the_bank_may_take_another_card_at_stripe(
    shop, buyer, order, path
):
    shop.payments.put(order["id"], "action", redirect_url="https://bank.test/3ds")
    page = buyer.get(path)
    words = told(page)
    assert words.index("Go on to your bank") < words.index("Pay with another card")
    assert "pay.js" in page.get_data(as_text=True)


@pytest.mark.parametrize("status", ["paid", "processing", "cancelled"])
def test_what_is_under_way_or_over_is_not_paid_again(shop, buyer, order, path, status):
    shop.payments.put(order["id"], status)
    html = buyer.read(path)
    assert "pay.js" not in html
    assert "js.stripe.com" not in html
    assert 'id="pay"' not in html


def test_a_decline_in_the_browser_is_told_after_a_reload(shop, buyer, order, path):
    shop.payments.put(order["id"], "declined", message="Your card has expired.")
    shop.payments.things[order["id"]]["code"] = "expired_card"
    words = told(buyer.get(path))
    assert "Your last card did not work: Your card has expired." in words
    assert "Use a card that is still valid." in words
