"""A form is sent once, however often its button is pressed."""

import pytest
from playwright.sync_api import expect

BUTTON = "List this ticket"


# As often as somebody presses it before the answer comes.
PRESS = """(times) => {
  let sent = 0;
  addEventListener("submit", (event) => { sent += !event.defaultPrevented; });
  const form = document.querySelector("form[action='/tickets/new']");
  const button = form.querySelector(".actions button");
  for (let time = 0; time < times; time += 1) button.click();
  return [sent, form.getAttribute("aria-busy")];
}"""


@pytest.fixture
def seller(person):
    seller = person().join()
    seller.page.goto("/tickets/new")
    seller.fill(title="Once", price="20")
    return seller


def test_another_click_while_a_form_is_on_its_way_does_nothing(seller):
    assert seller.page.evaluate(PRESS, 3) == [1, "true"]
    seller.sees("You are selling this ticket")


@pytest.mark.parametrize("how", ["time", "back"])
def test_a_form_that_did_not_arrive_can_be_sent_again(seller, how):
    """Some seconds later, or when somebody comes back to its page."""
    page = seller.page
    page.clock.install()
    page.route("**/tickets/new", lambda route: route.abort("aborted"))
    with page.expect_event("requestfailed"):
        page.evaluate(PRESS, 1)
    page.unroute_all()
    form = page.locator("form[action='/tickets/new']")
    expect(form).to_have_attribute("aria-busy", "true")
    if how == "time":
        page.clock.run_for(10_000)
    else:
        page.evaluate(
            "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
        )
    seller.press(BUTTON)
    seller.sees("You are selling this ticket")


def test_without_scripts_a_listing_is_listed_once(person):
    """The shop itself knows the form again."""
    seller = person(script=False).join()
    seller.page.goto("/tickets/new")
    seller.fill(title="Once", price="20")
    form = seller.page.locator("form[action='/tickets/new']")
    names = form.locator("[name]").all()
    sent = {n.get_attribute("name"): n.input_value() for n in names}
    pages = [
        seller.page.request.post(
            "/tickets/new", form=sent, headers={"Sec-Fetch-Site": "same-origin"}
        )
        for _ in range(2)
    ]
    assert len({page.url for page in pages}) == 1
    seller.page.goto("/listings")
    expect(seller.page.get_by_role("heading", name="Once")).to_have_count(1)
