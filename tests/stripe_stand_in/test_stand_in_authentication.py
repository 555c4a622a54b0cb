"""3-D Secure: the customer acts, the payment goes on or is open again."""

from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

BACK = "https://shop.example/orders/7?lang=de&redirect_status=mine"
AUTHENTICATING = [
    "pm_card_threeDSecure2Required",
    "pm_card_authenticationRequired",
    "pm_card_authenticationRequiredOnSetup",
    "pm_card_authenticationRequiredSetupForOffSession",
]
POOR = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"


class Buttons(HTMLParser):
    """What a form on the page would send."""

    def __init__(self, page):
        super().__init__()
        self.fields, self.outcomes, self.action, self.tags = {}, [], None, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        if tag == "form":
            self.action = attrs["action"]
        if tag == "input":
            self.fields[attrs["name"]] = attrs["value"]
        if tag == "button":
            self.outcomes.append((attrs["name"], attrs["value"]))


@pytest.fixture(scope="module")
def browser():
    """Without a key."""
    with httpx.Client() as browser:
        yield browser


@pytest.fixture
def waiting(client):
    """An intent whose customer has to authenticate."""

    def waiting(method="pm_card_authenticationRequired", **more):
        params = {
            "amount": 1500,
            "currency": "usd",
            "confirm": True,
            "payment_method": method,
            "return_url": BACK,
        }
        return client.payment_intents.create(params | more)

    return waiting


def press(browser, intent, outcome):
    """Opens the page, presses a button and stays where that leads."""
    url = intent.next_action.redirect_to_url.url
    form = Buttons(browser.get(url).text)
    field = next(pair for pair in form.outcomes if pair[1] == outcome)
    data = form.fields | dict([field])
    return browser.post(httpx.URL(url).join(form.action), data=data)


def redirect_status(answer):
    assert answer.status_code == 303
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))[
        "redirect_status"
    ]


@pytest.mark.parametrize("method", AUTHENTICATING)
def test_a_completed_authentication_takes_the_money(browser, client, waiting, method):
    """And leads back with what Stripe adds to the address, each name once."""
    intent = waiting(method)
    assert (intent.status, intent.latest_charge) == ("requires_action", None)
    assert intent.next_action.type == "redirect_to_url"
    assert intent.next_action.redirect_to_url.return_url == BACK
    answer = press(browser, intent, "complete")
    paid = client.payment_intents.retrieve(intent.id)
    assert (paid.status, paid.next_action) == ("succeeded", None)
    assert client.charges.retrieve(paid.latest_charge).paid
    back = urlsplit(answer.headers["Location"])
    assert (back.netloc, back.path) == ("shop.example", "/orders/7")
    assert parse_qsl(back.query) == [
        ("lang", "de"),
        ("payment_intent", intent.id),
        ("payment_intent_client_secret", intent.client_secret),
        ("redirect_status", "succeeded"),
    ]


def test_a_failed_authentication_leaves_the_intent_open(browser, client, waiting):
    """Without a charge; the error names the method, the event is told once."""
    intent = waiting()
    assert redirect_status(press(browser, intent, "fail")) == "failed"
    failed = client.payment_intents.retrieve(intent.id)
    assert failed.status == "requires_payment_method"
    assert (failed.payment_method, failed.next_action) == (None, None)
    error = failed.last_payment_error
    assert error.code == "payment_intent_authentication_failure"
    assert error.payment_method.id == intent.payment_method
    assert client.charges.list({"payment_intent": intent.id}).data == []
    kinds = [event.type for event in client.events.list({"limit": 3}).data]
    assert kinds == [
        "payment_intent.payment_failed",
        "payment_intent.requires_action",
        "payment_intent.created",
    ]
    more = {"payment_method": "pm_card_visa", "return_url": BACK}
    assert client.payment_intents.confirm(intent.id, more).status == "succeeded"


@pytest.mark.parametrize(
    ("method", "decline_code"),
    [
        ("pm_card_threeDSecureRequiredChargeDeclined", "generic_decline"),
        (POOR, "insufficient_funds"),
    ],
)
def test_a_card_may_be_declined_after_its_authentication(
    browser, client, waiting, method, decline_code
):
    """The bank has the last word."""
    intent = waiting(method)
    assert intent.status == "requires_action"
    assert redirect_status(press(browser, intent, "complete")) == "failed"
    declined = client.payment_intents.retrieve(intent.id)
    assert declined.status == "requires_payment_method"
    assert declined.last_payment_error.decline_code == decline_code
    assert client.charges.retrieve(declined.latest_charge).status == "failed"


@pytest.mark.parametrize("outcomes", [("complete", "fail"), ("fail", "complete")])
def test_a_button_pressed_twice_has_one_effect(browser, client, waiting, outcomes):
    """The second press leads back as well, with what the first one did."""
    intent = waiting()
    page = browser.get(intent.next_action.redirect_to_url.url)
    form = Buttons(page.text)
    answers = [
        browser.post(
            page.url.join(form.action), data=form.fields | {"outcome": outcome}
        )
        for outcome in outcomes
    ]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    paid = outcomes[0] == "complete"
    charges = client.charges.list({"payment_intent": intent.id}).data
    assert len(charges) == int(paid)
    status = client.payment_intents.retrieve(intent.id).status
    assert status == ("succeeded" if paid else "requires_payment_method")
    again = browser.get(intent.next_action.redirect_to_url.url)
    assert Buttons(again.text).outcomes == []
    assert "Return to the shop" in again.text


def test_a_canceled_intent_is_not_authenticated(browser, client, waiting):
    """Whoever comes too late is sent back without success."""
    intent = waiting()
    page = browser.get(intent.next_action.redirect_to_url.url)
    client.payment_intents.cancel(intent.id)
    fields = Buttons(page.text).fields | {"outcome": "complete"}
    answer = browser.post(page.url.copy_with(query=None), data=fields)
    assert redirect_status(answer) == "failed"
    assert client.payment_intents.retrieve(intent.id).status == "canceled"


def test_the_page_is_plain(browser, waiting):
    """It names the amount and the test, has no script and needs nothing else."""
    page = browser.get(waiting().next_action.redirect_to_url.url)
    form = Buttons(page.text)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "$15.00 USD" in page.text
    assert "test money" in page.text
    assert '<html lang="en">' in page.text
    assert "width=device-width" in page.text
    assert not {"script", "img", "link"} & set(form.tags)
    assert "Complete authentication" in page.text
    assert "Fail authentication" in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("secret", [None, "", "wrong", "ü", "{other}"])
def test_the_page_needs_its_own_secret(browser, client, waiting, secret):
    """404 otherwise, for looking and for pressing."""
    intent, other = waiting(), waiting()
    url = urlsplit(intent.next_action.redirect_to_url.url)
    others = urlsplit(other.next_action.redirect_to_url.url).query
    if secret is not None:
        secret = secret.format(other=others.partition("=")[2])
    page = f"http://{url.netloc}{url.path}"
    params = {} if secret is None else {"secret": secret}
    assert browser.get(page, params=params).status_code == 404
    pressed = browser.post(page, data=params | {"outcome": "complete"})
    assert pressed.status_code in {400, 404}
    assert client.payment_intents.retrieve(intent.id).status == "requires_action"


def test_a_new_confirmation_makes_the_old_page_void(browser, client, waiting):
    """Only the latest attempt can be authenticated."""
    intent = waiting()
    card = {"payment_method": "pm_card_authenticationRequired", "return_url": BACK}
    again = client.payment_intents.confirm(intent.id, card)
    assert browser.get(intent.next_action.redirect_to_url.url).status_code == 404
    assert redirect_status(press(browser, again, "complete")) == "succeeded"


def test_the_page_is_where_the_request_went(raw, stand_in):
    """The Host header says so; a strange one is not repeated."""
    data = {
        "amount": 1500,
        "currency": "usd",
        "confirm": "true",
        "payment_method": "pm_card_authenticationRequired",
        "return_url": BACK,
    }

    def page(host):
        answer = raw.post("/v1/payment_intents", data=data, headers={"Host": host})
        return answer.json()["next_action"]["redirect_to_url"]["url"]

    assert page(f"localhost:{stand_in.port}").startswith(
        f"http://localhost:{stand_in.port}/stand-in/3ds/pi_"
    )
    assert page("shop.example/@evil").startswith("http://127.0.0.1/stand-in/3ds/")


def test_an_address_in_other_letters_leads_back_too(browser, waiting):
    """It is escaped in the header."""
    intent = waiting(return_url="https://shop.example/über?q=ä%20b#ende")
    answer = press(browser, intent, "complete")
    location = answer.headers["Location"]
    assert location.startswith("https://shop.example/%C3%BCber?q=%C3%A4+b&payment_")
    assert location.endswith("redirect_status=succeeded#ende")
