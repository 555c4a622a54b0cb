"""A seller has a sale rehearsed in a browser, looks on, and reads what came of it."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

DESKTOP, PHONE = 1280, 360
# For buyers to sign up, to buy and to be looked after, on a machine that is busy.
WHOLE = 240_000
# More than anybody wants, so that the sale goes on until the last one has come.
UNITS, BUYERS = 60, 15
DONE = f"of {UNITS} tickets sold"
KINDS = [
    pytest.param(DESKTOP, True, id="desktop"),
    pytest.param(PHONE, True, id="phone"),
    pytest.param(PHONE, False, id="phone-without-script"),
]


@pytest.fixture
def seller(person):
    """Makes sellers at the page of what they have just listed."""

    def make(width=DESKTOP, *, script=True):
        made = person(width, script=script).join()
        body = {"title": f"Gala {uuid4().hex[:8]}", "price": 20, "quantity": UNITS}
        answer = made.page.request.post("/api/tickets", data=body)
        made.page.goto(f"/tickets/{answer.json()['id']}")
        made.follow("Rehearse the on-sale")
        return made

    return make


def heading(someone):
    """The first card's, which says how it stands."""
    return someone.page.locator("#rehearsal h2").first


def start(seller, buyers):
    seller.fill(how=str(buyers))
    seller.press("Start the rehearsal")


def fits(page):
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


@pytest.mark.parametrize(("width", "script"), KINDS)
def test_from_the_button_to_the_report(seller, width, script):
    """The page moves on by itself, whoever looks at it and with what."""
    someone = seller(width, script=script)
    start(someone, BUYERS)
    page = someone.page
    expect(page.get_by_role("button", name="Stop the rehearsal")).to_be_visible()
    expect(heading(someone)).to_contain_text("The sale is open", timeout=WHOLE)
    assert fits(page)
    expect(heading(someone)).to_contain_text(DONE, timeout=WHOLE)
    someone.sees("Nothing was sold twice.")
    expect(page.get_by_role("button", name="Stop the rehearsal")).to_have_count(0)
    assert fits(page)
    someone.follow("See the report")
    expect(page.get_by_role("img", name="Purchases a second")).to_be_visible()
    # The style that it brings along is allowed.
    assert page.evaluate("getComputedStyle(document.body).maxWidth") == "832px"


def test_it_goes_on_without_anybody_who_looks(seller):
    """In another tab, and in this one later, it is the same that runs."""
    someone = seller()
    address = someone.page.url
    start(someone, BUYERS)
    someone.page.goto("/")
    other = someone.page.context.new_page()
    other.goto(address)
    title = other.locator("#rehearsal h2").first
    expect(title).to_contain_text(DONE, timeout=WHOLE)
    someone.page.goto(address)
    expect(heading(someone)).to_contain_text(DONE)
    someone.press("Start the rehearsal")
    someone.press("Stop the rehearsal")
    expect(heading(someone)).to_contain_text("was stopped", timeout=WHOLE)
    other.close()


def test_what_it_does_is_read_out(seller):
    """Each time something else begins, and not each number on the way."""
    someone = seller()
    start(someone, BUYERS)
    news = someone.page.get_by_role("status")
    expect(news).to_contain_text("The sale is open", timeout=WHOLE)
    expect(news).to_contain_text(DONE, timeout=WHOLE)


def test_a_rehearsal_in_german(person):
    someone = person().join()
    someone.page.set_extra_http_headers({"Accept-Language": "de"})
    body = {"title": "Gala", "price": 20, "quantity": 2}
    answer = someone.page.request.post("/api/tickets", data=body)
    someone.page.goto(f"/listings/{answer.json()['id']}")
    someone.follow("Verkaufsstart proben")
    someone.page.get_by_label("Wie viele Käufer").fill("6")
    someone.press("Probe starten")
    expect(heading(someone)).to_contain_text("Ausverkauft in", timeout=WHOLE)
    someone.sees("Nichts wurde doppelt verkauft.")
