"""An account in a browser: another password, and signing out everywhere."""

import re
import time

import pytest
from conftest import PATIENCE, Person
from playwright.sync_api import expect

from launcher.testing import CHROMIUM, FLAGS

DESKTOP, PHONE = 1280, 360
OLD, NEW = "correct horse battery", "staple battery"
KINDS = [
    pytest.param(DESKTOP, True, id="desktop"),
    pytest.param(PHONE, True, id="phone"),
    pytest.param(PHONE, False, id="phone-without-script"),
]


def fits(page):
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def sign_in(person, email, password):
    person.page.goto("/auth/signin?next=/account")
    person.fill(email=email, password=password)
    person.press("Sign in")


def change(person, current, new):
    page = person.page
    page.get_by_label("Present password").fill(current)
    page.get_by_label("New password").fill(new)
    person.press("Change password")


def is_signed_out(person):
    deadline = time.monotonic() + PATIENCE
    person.page.goto("/orders")
    while "/auth/signin" not in person.page.url and time.monotonic() < deadline:
        person.page.goto("/orders")
    return "/auth/signin" in person.page.url


@pytest.mark.parametrize(("width", "script"), KINDS)
def test_a_new_password_and_the_end_of_all_sessions(person, width, script):
    """The other browser is signed out; the new password is good, the old one is not."""
    ann, elsewhere = person(width, script=script).sign_up(), person()
    sign_in(elsewhere, ann.email, OLD)
    elsewhere.sees("Your account")

    ann.page.get_by_role("link", name=f"Your account: {ann.email}").click()
    ann.sees(f"You are signed in as {ann.email}")
    assert fits(ann.page)
    change(ann, "not the password", NEW)
    ann.sees("This is not your present password")
    change(ann, "", "short")
    ann.sees("Fill in your present password")
    for label in ("Present password", "New password"):
        field = ann.page.get_by_label(label)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_be_empty()
    assert fits(ann.page)
    change(ann, OLD, NEW)
    ann.sees("Your password is changed")
    assert is_signed_out(elsewhere)
    sign_in(elsewhere, ann.email, OLD)
    elsewhere.sees("The email or the password is not right")
    sign_in(elsewhere, ann.email, NEW)
    elsewhere.sees("Your account")

    ann.page.goto("/account")
    ann.press("Sign out everywhere")
    ann.sees("You are signed out everywhere")
    assert fits(ann.page)
    assert is_signed_out(ann)
    assert is_signed_out(elsewhere)


def test_a_new_password_can_be_seen_while_it_is_typed(person):
    """By a button that also the keyboard reaches."""
    ann = person().join()
    ann.page.goto("/account")
    field = ann.page.get_by_label("New password")
    field.fill(NEW)
    ann.page.keyboard.press("Tab")
    ann.page.keyboard.press("Enter")
    expect(field).to_have_attribute("type", "text")
    ann.press("Hide password")
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_value(NEW)


def test_without_script_there_is_a_plain_field_and_no_button_to_show_it(person):
    ann = person(script=False).join()
    ann.page.goto("/account")
    expect(ann.page.get_by_label("New password")).to_be_editable()
    expect(ann.page.get_by_role("button", name="Show password")).to_be_hidden()


@pytest.fixture
def keeper(url, chromium):
    """Somebody whose browser keeps pages for the button Back, as browsers do."""
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM,
        args=FLAGS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield Person(browser.new_page(base_url=url))
    browser.close()


def test_back_shows_nothing_of_who_has_signed_out(keeper):
    """Neither the page on which they did, nor the one before it."""
    ann = keeper.join()
    for path in ("/orders", "/account"):
        ann.page.goto(path)
    ann.page.get_by_role("button", name="Sign out", exact=True).click()
    ann.sees("Tickets you can buy now")
    for path in ("account", "orders"):
        ann.page.go_back(wait_until="commit")
        expect(ann.page).to_have_url(re.compile(rf"/auth/signin\?next=%2F{path}$"))
        ann.sees_not(ann.email)


def test_who_signs_up_can_see_the_password(person):
    ann = person()
    ann.page.goto("/auth/signup")
    field = ann.page.get_by_label("Password")
    ann.press("Show password")
    expect(field).to_have_attribute("type", "text")
    ann.press("Hide password")
    expect(field).to_have_attribute("type", "password")
