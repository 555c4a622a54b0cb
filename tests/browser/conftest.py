"""A running shop and people with browsers in front of it.

TICKETING_URL names a system that runs already; without it one is started.
"""

import os
import socket
import time
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import expect, sync_playwright

from launcher.testing import CHROMIUM, FLAGS, Launched

PASSWORD = "correct horse battery"
DESKTOP, PHONE = 1280, 360
# In seconds: what a page without a script shows is looked for again and again so long.
PATIENCE = 30
# What a page expects comes by events, late on a busy machine, and yet before the page
# would look by itself, which is every ten seconds.
expect.set_options(timeout=9_000)


class Person:
    """Somebody with a browser of their own; each method is something people do."""

    def __init__(self, page):
        self.page = page
        self.email = f"{uuid4().hex[:12]}@example.com"

    def sees(self, text):
        """Wait until a text stands on the page."""
        expect(self.page.locator("main")).to_contain_text(text)

    def sees_not(self, text):
        expect(self.page.locator("main")).not_to_contain_text(text)

    def looks(self, address, text):
        """Look at a page until a text stands on it."""
        main, deadline = self.page.locator("main"), time.monotonic() + PATIENCE
        self.page.goto(address)
        while text not in main.inner_text() and time.monotonic() < deadline:
            self.page.goto(address)
        self.sees(text)

    def press(self, name):
        self.page.locator("main").get_by_role("button", name=name, exact=False).click()

    def follow(self, name):
        self.page.get_by_role("link", name=name, exact=False).first.click()

    def find(self, title):
        """Look at what is on sale until a ticket is among it, and follow it."""
        found, deadline = self.page.get_by_role("link", name=title), time.monotonic()
        self.page.goto("/")
        while not found.count() and time.monotonic() < deadline + PATIENCE:
            self.page.goto("/")
        self.follow(title)

    def fill(self, **fields):
        for label, value in fields.items():
            self.page.get_by_label(label.capitalize(), exact=False).first.fill(value)

    def sign_up(self):
        self.page.goto("/")
        self.follow("Sign up")
        self.fill(email=self.email, password=PASSWORD)
        self.press("Create account")
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()
        return self

    def join(self):
        """Sign up without the pages, for tests that are about something else."""
        self._send("users/signup", email=self.email, password=PASSWORD)
        return self

    def offer(self, title, price):
        """List a ticket without the pages, and return its address."""
        return f"/tickets/{self._send('tickets', title=title, price=price)['id']}"

    def _send(self, path, **body):
        answer = self.page.request.post(f"/api/{path}", data=body)
        assert answer.ok, answer.text()
        return answer.json()

    def sell(self, title, price):
        """List a ticket and return its address."""
        self.follow("Sell")
        self.fill(title=title, price=price)
        self.press("List this ticket")
        self.sees("You are selling this ticket")
        return self.page.url

    def reserve(self, ticket):
        """Reserve a ticket and return the order's address."""
        self.page.goto(ticket)
        self.press("Reserve this ticket")
        self.sees("Held for you until")
        return self.page.url

    def pay(self, token):
        self.page.locator(f"input[value={token}]").check()
        self.press("Pay $")


@pytest.fixture(scope="session")
def instance(tmp_path_factory):
    """The system that was started, None if it is another one's."""
    if os.environ.get("TICKETING_URL"):
        yield None
        return
    data = Path(tmp_path_factory.mktemp("shop")) / "data"
    with Launched(data, "--hold", "900") as launched:
        yield launched.instance


@pytest.fixture(scope="session")
def url(instance):
    """The address of the shop."""
    return os.environ.get("TICKETING_URL") or instance.url


@pytest.fixture(scope="session")
def chromium():
    if socket.socket.__module__.startswith("eventlet"):
        pytest.skip("browsers need a process without eventlet: run plain pytest")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def person(url, chromium):
    """Makes people; anything their browsers complain about fails the test."""
    contexts, complaints = [], []

    def make(width=DESKTOP, *, script=True):
        context = chromium.new_context(
            base_url=url,
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(complaints, message))
        return Person(page)

    yield make
    for context in contexts:
        context.close()
    assert not complaints


def _note(complaints, message):
    """Answers with an error status are part of some tests; the rest is not."""
    expected = "the server responded with a status of 4" in message.text
    if message.type in {"error", "warning"} and not expected:
        complaints.append(message.text)
