"""Whom a crowd keeps out has a page that asks again when it is his turn."""

import pytest
from axe_barriers import AXE, barriers
from playwright.sync_api import expect
from werkzeug.test import EnvironBuilder

from ticketing.errors import BusyError
from ticketing.http import Request
from web.checkout import Checkout
from web.form_tokens import FormTokens
from web.operators import Operators
from web.rendering import Renderer

SECONDS = 7


def refused(route):
    """As the shop answers what was sent while it is busy."""
    sent = route.request
    environ = EnvironBuilder(
        sent.url, method="POST", data=sent.post_data, headers=sent.headers
    ).get_environ()
    forms = FormTokens([b"k" * 32], secure=False)
    renderer = Renderer(Checkout.of({}), Operators({}), forms)
    page = renderer.refuse(Request(environ), BusyError(SECONDS, ahead=812))
    assert page.status_code == 503  # which a browser would complain of
    route.fulfill(body=page.get_data(as_text=True), content_type="text/html")


@pytest.fixture
def kept_out(person):
    """Somebody whose reservation met a crowd."""
    buyer, seller = person().join(), person().join()
    ticket = seller.offer("Opera", 20)
    page = buyer.page
    page.route("**/reserve", refused, times=1)
    page.goto(ticket)
    page.clock.install()
    buyer.press("Reserve")
    buyer.sees("Many people want to buy right now")
    buyer.sees("About 812 people are before you.")
    return buyer


def test_it_asks_again_by_itself_and_the_ticket_is_held(kept_out):
    page = kept_out.page
    line = page.locator("#turn [data-asks]")
    expect(line).to_have_text(
        "This page asks again by itself in 7 seconds: leave it open."
    )
    page.clock.run_for(6000)
    expect(line).to_contain_text("in 1 second:")
    page.clock.run_for(1000)
    kept_out.sees("Held for you until")


def test_it_asks_again_at_the_press_of_its_button(kept_out):
    kept_out.press("Try again")
    kept_out.sees("Held for you until")


@pytest.mark.skipif(not AXE.exists(), reason="axe is not installed")
def test_it_has_no_barrier(kept_out):
    kept_out.page.add_script_tag(path=AXE)
    assert barriers(kept_out.page) == []
