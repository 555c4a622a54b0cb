"""What is sent comes from a page that this browser was shown, or nothing is done."""

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from web_declared import FORMS, declared_pages
from web_fake_auth import FakeAuth

import web
from ticketing.ids import new_id
from ticketing.keyring import KeyRing
from web.form_tokens import FIELD, FormTokens
from web.page import MAX_FIELDS, MAX_UNKNOWN

PAGES = [page for _, page in declared_pages()]
FREE = "/language"
COMMANDS = sorted({page.path for page in PAGES if page.method == "POST"} - {FREE})
TEMPLATES = sorted((Path(web.__file__).parent / "templates").glob("*.html"))


def token_in(html):
    return re.search(f'name="{FIELD}" value="([^"]+)"', html)[1]


def send(visitor, path, form, **headers):
    """A form as it is given, without a token of its own accord."""
    body = urlencode(form).encode()
    return visitor._ask("POST", path, body, headers)


@pytest.mark.parametrize("path", COMMANDS)
@pytest.mark.parametrize("token", [None, "", "x", "x.y", "é.é"])
def test_nothing_is_done_without_a_token(world, buyer, path, token):
    """On every page that takes commands, with a session and the right site."""
    before = repr(vars(world.orders)), repr(vars(world.tickets))
    address = re.sub("<[a-z_]+>", new_id(), path.replace("<number>", "7"))
    form = {} if token is None else {FIELD: token}
    answer = send(buyer, address, form, sec_fetch_site="same-origin")
    assert answer.status_code == 403
    assert "That page was out of date" in answer.get_data(as_text=True)
    assert before == (repr(vars(world.orders)), repr(vars(world.tickets)))
    assert world.auth.signed_out == []


def test_the_token_of_a_page_is_good(world, buyer):
    """For every form of whom it was shown to, and of nobody else."""
    token = token_in(buyer.read("/tickets/new"))
    assert token_in(buyer.read("/tickets/new")) == token
    assert token_in(buyer.read("/tickets/new?x=1")) != token
    form = {"title": "Opera", "price": "20", FIELD: token}
    assert send(buyer, "/tickets/new", form).status_code == 303
    other = world.visitor("other@example.com")
    assert send(other, "/tickets/new", form).status_code == 403


@pytest.mark.parametrize("path", ["/tickets/new", "/auth/signin", FREE])
def test_a_form_of_countless_fields_is_not_even_read(buyer, monkeypatch, path):
    """It would hold up all that the process does meanwhile."""
    monkeypatch.setattr("ticketing.http.request.Request.form", None)
    sent = b"a&" * MAX_FIELDS
    assert buyer._ask("POST", path, sent, {}).status_code == 413


@pytest.mark.parametrize("path", ["/auth/signin", "/auth/signup", FREE])
def test_of_who_has_no_session_no_long_form_is_read(world, buyer, monkeypatch, path):
    """Half a megabyte of escapes takes as long to read."""
    visitor, sent = world.visitor(), b"a=" + b"%41" * MAX_UNKNOWN
    assert buyer._ask("POST", path, sent, {}).status_code in {400, 403}
    monkeypatch.setattr("ticketing.http.request.Request.form", None)
    assert visitor._ask("POST", path, sent, {}).status_code == 413


def test_who_has_no_session_is_known_by_a_cookie_of_their_own(world):
    """Nobody can be made to sign in as somebody else."""
    world.auth.sign_up("me@example.com", "pass word")
    form = {"email": "me@example.com", "password": "pass word"}
    new, other = world.visitor(), world.visitor()
    new.cookies.clear()
    other.cookies.clear()
    answer = new.get("/auth/signin")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    form[FIELD] = token_in(answer.get_data(as_text=True))
    assert "Set-Cookie" not in new.get("/auth/signin").headers
    other.get("/auth/signin")
    assert send(other, "/auth/signin", form).status_code == 403
    assert send(new, "/auth/signin", form).status_code == 303


def test_a_page_without_a_form_gives_no_cookie(world):
    visitor = world.visitor()
    visitor.cookies.clear()
    assert "Set-Cookie" not in visitor.get("/").headers


def test_who_signs_in_elsewhere_can_still_send_the_form_before_them(world, buyer):
    """In two windows: what was shown to this browser stays its own."""
    shown = FORMS.make(buyer.visitor, "/auth/signin")
    assert send(buyer, "/auth/signout", {FIELD: shown}).status_code == 303


BACK = '<a class="button" href="{}">Back to where you were</a>'


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://shop.test/tickets/new?x=1", "/tickets/new?x=1"),
        ("http://shop.test//evil.test", "/"),
        ("http://shop.test.evil.test/x", "/orders/7/pay"),
        ("https://evil.test/tickets/new", "/orders/7/pay"),
        ("http://[", "/orders/7/pay"),
        ("", "/orders/7/pay"),
    ],
)
def test_who_has_signed_in_anew_is_led_back_to_the_form(buyer, referer, back):
    """Never to another site, whatever the browser says of where it was."""
    answer = send(buyer, "/orders/7/pay", {FIELD: "of before"}, referer=referer)
    assert answer.status_code == 403
    assert BACK.format(back) in answer.get_data(as_text=True)


def test_what_has_no_page_to_be_led_back_to_leads_to_the_tickets(buyer):
    assert "Back to where" not in buyer.get("/nothing").get_data(as_text=True)


def test_programs_get_a_refusal_that_they_understand(buyer):
    answer = send(buyer, "/tickets/new", {}, accept="application/json")
    assert (answer.status_code, answer.mimetype) == (403, "application/json")


def test_keys_can_be_replaced_while_people_fill_in_forms(world):
    old, new = (FakeAuth(KeyRing.parse(f"k={c * 32}")).keys.derive("f") for c in "on")
    made = FormTokens(old).make("cookie", "/")
    assert FormTokens(new + old)._fits(made, "cookie")
    assert not FormTokens(new)._fits(made, "cookie")
    assert not FormTokens(old)._fits(made, "another cookie")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_form_that_is_posted_has_a_token(template):
    # That of somebody's turn has the one that was sent.
    form = r"<form(?! class=.languages.| id=.turn.)[^>]*method=.post.[^>]*>(.{0,18})"
    assert set(re.findall(form, template.read_text())) <= {"{{ form_token() }}"}
