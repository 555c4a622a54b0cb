"""Accounts, selling and looking around."""

import re
from urllib.parse import unquote

import pytest
from web_fake_tickets import PRICE, TITLE

from ticketing.sessions import COOKIE


@pytest.mark.parametrize(
    "path",
    ["/orders", "/tickets/new", f"/orders/{'a' * 24}", f"/tickets/{'a' * 24}/edit"],
)
def test_a_page_that_needs_a_session_asks_for_it_and_comes_back(world, path):
    """After signing in one is where one wanted to be."""
    world.auth.sign_up("me@example.com", "pass word")
    visitor = world.visitor()
    answer = visitor.get(path)
    assert answer.status_code == 303
    sign_in = answer.headers["Location"]
    assert unquote(sign_in) == f"/auth/signin?next={path}"
    wanted = re.search(r'name="next" value="([^"]*)"', visitor.read(sign_in))[1]
    form = {"email": "me@example.com", "password": "pass word", "next": wanted}
    assert visitor.post("/auth/signin", form).headers["Location"] == path


def test_a_command_without_a_session_does_nothing_and_comes_back_to_its_page(world):
    """The address of a command, reloaded, leads to what it was about."""
    ticket = world.sell()
    visitor = world.visitor()
    answer = visitor.post(f"/tickets/{ticket['id']}/reserve")
    assert answer.status_code == 303
    wanted = unquote(answer.headers["Location"].partition("next=")[2])
    assert visitor.get(wanted).headers["Location"] == f"/tickets/{ticket['id']}"
    assert not world.orders.things


def test_the_address_of_a_command_leads_nowhere_else(world):
    """What is no id is not put into a header."""
    visitor = world.visitor()
    thing = "a" * 24
    for command in ("pay", "cancel"):
        answer = visitor.get(f"/orders/{thing}/{command}")
        assert answer.headers["Location"] == f"/orders/{thing}"
    assert visitor.get("/orders/x%0d%0aSet-Cookie:a/pay").status_code == 404


def test_signing_up_signs_in(world):
    """The session cookie comes with the way home."""
    visitor = world.visitor()
    form = {"email": "new@example.com", "password": "pass word"}
    answer = visitor.post("/auth/signup", form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "new@example.com" in visitor.read("/")


def test_signing_up_twice_is_signing_up_once(world):
    """By a double click; somebody else is told that there is this account."""
    form = {"email": "new@example.com", "password": "pass word"}
    first, second = (world.visitor().post("/auth/signup", form) for _ in range(2))
    assert [each.headers["Location"] for each in (first, second)] == ["/", "/"]
    assert f"{COOKIE}=" in second.headers["Set-Cookie"]
    assert world.auth.callers[-1]["address"]
    other = world.visitor().post("/auth/signup", form | {"password": "pass words"})
    assert other.status_code == 400
    assert "This email already has an account" in other.get_data(as_text=True)
    assert COOKIE not in other.headers.get("Set-Cookie", "")


def test_signing_in_from_a_search_leads_back_to_it(world):
    html = world.visitor().read("/?text=opera&sort=event")
    assert html.count("next=/%3Ftext%3Dopera%26sort%3Devent") == 2


def test_wrong_details_are_told_beside_their_fields(world):
    """What was typed stays, but for the password; screen readers hear it all."""
    answer = world.visitor().post(
        "/auth/signup", {"email": 'x"y', "password": "short", "next": "/orders"}
    )
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "<title>Error: " in html
    assert 'value="x&#34;y"' in html
    assert "short" not in html
    assert html.count('aria-invalid="true"') == 2
    assert 'aria-describedby="password-problem password-hint"' in html
    assert '<a href="#email">Email must be valid</a>' in html
    assert 'name="next" value="/orders"' in html


def test_a_wrong_password_does_not_tell_which_part_is_wrong(world):
    """One text for unknown people and wrong passwords."""
    world.auth.sign_up("me@example.com", "pass word")
    pages = []
    for email in ("me@example.com", "no@example.com"):
        answer = world.visitor().post("/auth/signin", {"email": email, "password": "x"})
        assert answer.status_code == 400
        assert "Set-Cookie" not in answer.headers
        pages.append(answer.get_data(as_text=True).replace(email, ""))
    assert pages[0] == pages[1]


def test_whoever_is_signed_in_need_not_sign_in(world, buyer):
    """The form is skipped, and only ways within the site are taken."""
    answer = buyer.get("/auth/signin?next=/orders")
    assert answer.headers["Location"] == "/orders"
    assert buyer.get("/auth/signup?next=//evil").headers["Location"] == "/"


def test_signing_in_never_leads_to_another_site(world):
    """A forged form leads home."""
    world.auth.sign_up("me@example.com", "pass word")
    form = {"email": "me@example.com", "password": "pass word"}
    for evil in ("//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/e"):
        answer = world.visitor().post("/auth/signin", form | {"next": evil})
        assert answer.headers["Location"] == "/"


def test_signing_out_ends_the_session(world, buyer):
    """The session is revoked, not only forgotten; a link alone cannot do it."""
    assert "Sign out?" in buyer.read("/auth/signout")
    answer = buyer.post("/auth/signout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert [user_id for user_id, _ in world.auth.signed_out] == [buyer.id]
    assert not buyer.token
    assert buyer.post("/auth/signout").status_code == 303


def test_a_ticket_is_listed_and_shown(world, buyer):
    """Its price is a number of dollars, exact to the cent."""
    answer = buyer.post("/tickets/new", {"title": "Opera", "price": "$19.99"})
    assert answer.status_code == 303
    (ticket,) = world.tickets.things.values()
    assert (ticket["title"], ticket["price"]) == ("Opera", 19.99)
    assert ticket["userId"] == buyer.id
    html = buyer.read(answer.headers["Location"])
    assert "$19.99" in html
    assert "You are selling this ticket" in html


def test_a_listing_that_is_refused_keeps_what_was_typed(world, buyer):
    """Both fields are told at once, in the API's words."""
    answer = buyer.post("/tickets/new", {"title": "  ", "price": "a <lot>"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert f'<a href="#title">{TITLE}</a>' in html
    assert f'<a href="#price">{PRICE}</a>' in html
    assert 'value="a &lt;lot&gt;"' in html
    assert not world.tickets.things


def test_nothing_typed_is_lost_when_a_service_is_away(world, buyer):
    """The form comes back filled in, with the advice to try again."""
    world.tickets.away = True
    answer = buyer.post("/tickets/new", {"title": "Opera", "price": "20"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert 'value="Opera"' in html
    assert "Not available right now" in html


def test_a_form_that_is_no_form_is_refused_like_a_foreign_one(world, buyer):
    """Neither JSON nor broken text is taken for fields, its token included."""
    for kind in ("application/json", "text/plain", "multipart/form-data", "x"):
        answer = buyer.post("/tickets/new", {"title": "x"}, content_type=kind)
        assert answer.status_code == 403, kind


def test_a_seller_changes_a_ticket(world):
    """The form starts with what is there."""
    seller = world.visitor("seller@example.com")
    ticket = world.tickets.create_ticket(seller.id, "Opera", 20)
    html = seller.read(f"/tickets/{ticket['id']}/edit")
    assert 'value="Opera"' in html
    assert 'value="20.00"' in html
    edit = f"/tickets/{ticket['id']}/edit"
    assert seller.post(edit, {"title": "", "price": "30"}).status_code == 400
    answer = seller.post(edit, {"title": "Opera, box 5", "price": "30.5"})
    assert answer.headers["Location"] == f"/tickets/{ticket['id']}"
    changed = world.tickets.get_ticket(ticket["id"])
    assert (changed["title"], changed["price"]) == ("Opera, box 5", 30.5)


def test_nobody_else_changes_a_ticket(world, buyer):
    """Neither sees the form nor sends it; a ticket that is not there is a 404."""
    ticket = world.sell("Opera")
    edit = f"/tickets/{ticket['id']}/edit"
    for answer in (buyer.get(edit), buyer.post(edit, {"title": "Mine", "price": "1"})):
        assert answer.status_code == 403
        assert "belongs to somebody else" in answer.get_data(as_text=True)
    assert world.tickets.get_ticket(ticket["id"])["title"] == "Opera"
    assert buyer.get(f"/tickets/{'0' * 24}/edit").status_code == 404


def test_a_reserved_ticket_cannot_be_changed(world, buyer):
    """The page says why, and so does a form that was open before."""
    seller = world.visitor("seller@example.com")
    ticket = world.tickets.create_ticket(seller.id, "Opera", 20)
    world.orders.create_order(buyer.id, ticket["id"])
    edit = f"/tickets/{ticket['id']}/edit"
    assert "it cannot be changed" in seller.read(edit)
    answer = seller.post(edit, {"title": "Other", "price": "1"})
    assert answer.status_code == 400
    assert "Cannot edit a reserved ticket" in answer.get_data(as_text=True)


def test_the_home_page_shows_the_newest_tickets_first_page_by_page(world):
    """Following the links shows every ticket once."""
    seller = world.visitor("seller@example.com")
    made = [world.sell(f"Seat {n}", seller=seller)["id"] for n in range(50)]
    visitor, seen, path = world.visitor(), [], "/"
    while path:
        html = visitor.read(path)
        seen += re.findall(r'href="/tickets/([0-9a-f]{24})"', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        path = following[1] if following else None
    assert seen == made[::-1]


def test_a_reserved_ticket_is_not_on_the_home_page(world, buyer):
    """It cannot be bought."""
    ticket = world.sell("Opera")
    assert "Opera" in buyer.read("/")
    world.orders.create_order(buyer.id, ticket["id"])
    assert "Opera" not in buyer.read("/")
