"""A person's account: another password, and signing out everywhere."""

import pytest
from web_markup import told

OLD, NEW = "pass word", "battery staple"


def change(buyer, current=OLD, password=NEW):
    form = {"current": current, "password": password}
    return buyer.post("/account/password", form)


def test_the_account_is_found_at_the_address_in_the_header(buyer):
    page = buyer.read("/")
    assert 'href="/account"' in page
    assert "buyer@example.com" in told(buyer.get("/account"))


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/signout"])
def test_who_is_not_signed_in_is_asked_to(world, path):
    location = world.visitor().get(path).headers["Location"]
    assert location.startswith("/auth/signin?next=%2Faccount")
    if path != "/account":
        assert world.visitor().post(path).headers["Location"] == location


def test_the_address_of_a_command_leads_to_the_account(buyer):
    for path in ("/account/password", "/account/signout"):
        assert buyer.get(path).headers["Location"] == "/account"


def test_a_new_password_brings_a_new_cookie_and_a_word_about_it(world, buyer):
    before = buyer.token
    answer = change(buyer)
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/account?note=changed",
    )
    assert buyer.token != before
    assert world.auth.find(buyer.id)["password"] == NEW
    said = told(buyer.get("/account?note=changed"))
    assert "Your password is changed. Everywhere else you are signed out." in said


def test_what_is_wrong_is_told_at_its_field_and_no_password_is_repeated(buyer):
    before = buyer.token
    answer = change(buyer, "my old secret", "short")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "This is not your present password" in told(answer)
    for field in ("current", "password"):
        assert f'href="#{field}"' in page
        assert f'id="{field}-problem"' in page
    assert "my old secret" not in page
    assert buyer.token == before


def test_an_unanswered_change_can_be_tried_again(world, buyer):
    world.auth.away = True
    answer = change(buyer)
    assert answer.status_code == 503
    assert "Not available right now" in told(answer)


def test_signing_out_everywhere_leads_to_the_sign_in_page_with_a_word(world, buyer):
    answer = buyer.post("/account/signout")
    assert answer.headers["Location"] == "/auth/signin?note=everywhere"
    assert world.auth.signed_out == [(buyer.id, None)]
    assert not buyer.token
    page = told(buyer.get("/auth/signin?note=everywhere"))
    assert "You are signed out everywhere." in page
    assert "You are signed out" not in told(buyer.get("/auth/signin"))


def test_who_has_no_account_any_more_is_signed_out_all_the_same(world, buyer):
    del world.auth.things[buyer.id]
    assert buyer.post("/account/signout").status_code == 303
    assert not buyer.token


def test_another_site_can_neither_change_nor_end_anything(world, buyer):
    for path in ("/account/password", "/account/signout"):
        form = {"current": OLD, "password": NEW}
        answer = buyer.post(path, form, sec_fetch_site="cross-site")
        assert answer.status_code == 403
    assert world.auth.find(buyer.id)["password"] == OLD
    assert world.auth.signed_out == []
