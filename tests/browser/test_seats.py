"""Choosing numbered seats in a browser, from the map to the order."""

import pytest
from playwright.sync_api import expect
from seats_hall import PASSWORD, Choice, eventually, signed_up

pytest_plugins = ("seats_fixtures",)

DESKTOP, PHONE = 1280, 360


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_seats_are_picked_with_the_mouse_and_reserved(choose, hall, width):
    """What was picked is listed with its price, and is what the order holds."""
    choice = choose(hall, width)
    choice.click("B-3", "B-4", "D-8")
    choice.picks("B-3", "B-4", "D-8")
    expect(choice.basket).to_contain_text("3 of 10")
    expect(choice.basket).to_contain_text("$37.50")
    choice.click("B-4")
    choice.picks("B-3", "D-8")
    choice.basket.get_by_role("button", name="Remove seat B-3").click()
    choice.picks("D-8")
    choice.click("A-1")
    choice.reserve()
    choice.reserved("D-8", "A-1")


def test_seats_are_picked_and_reserved_with_the_keyboard_alone(choose, hall):
    """Each step is seen at a seat and said aloud."""
    choice = choose(hall)
    expect(choice.cursor).to_be_hidden()
    stops = tab_to(choice, "Seat map")
    assert stops[-3:] == ["Zoom in", "Whole map", "Seat map"]
    expect(choice.aloud).to_have_text("Seat A-1, free")
    expect(choice.cursor).to_have_attribute("data-seat", "A-1")
    choice.press("ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp")
    expect(choice.aloud).to_have_text("Seat B-2, free")
    expect(choice.cursor).to_be_visible()
    choice.press("Enter")
    expect(choice.aloud).to_have_text("Seat B-2, free, picked, 1 of 10")
    choice.press("End", "Space")
    expect(choice.aloud).to_have_text("Seat B-8, free, picked, 2 of 10")
    choice.press("ArrowLeft", "ArrowRight")
    expect(choice.aloud).to_have_text("Seat B-8, picked by you")
    choice.press("Home", "Enter")
    choice.picks("B-2", "B-8", "B-1")
    stops = tab_to(choice, "Remove seat B-8")
    choice.press("Enter")
    choice.picks("B-2", "B-1")
    expect(choice.page.get_by_role("button", name="Remove seat B-1")).to_be_focused()
    tab_to(choice, "Reserve")
    choice.press("Enter")
    choice.reserved("B-2", "B-1")


def tab_to(choice, name):
    """Press Tab until something has the focus; return all that had it, seen."""
    stops = []
    while not stops or stops[-1] != name:
        choice.press("Tab")
        stop = choice.page.evaluate(
            """() => {
              const { outlineStyle } = getComputedStyle(document.activeElement);
              const { ariaLabel, textContent } = document.activeElement;
              return [ariaLabel || textContent.trim(), outlineStyle];
            }"""
        )
        assert stop[1] != "none", stop
        assert len(stops) < 50, stops
        stops.append(stop[0])
    return stops


def test_a_seat_that_another_buyer_takes_is_let_go_at_once(choose, hall, other):
    """It is said in words, seen on the map, and not asked for any more."""
    choice = choose(hall)
    choice.click("A-1", "A-2")
    choice.picks("A-1", "A-2")
    drawn = picture(choice)
    hall.hold(other, "A-1", "C-5")
    expect(choice.news).to_contain_text("Seat A-1 has just gone")
    expect(choice.news).to_be_in_viewport()
    expect(choice.news).to_have_role("alert")
    choice.picks("A-2")
    eventually(lambda: picture(choice) != drawn)
    choice.click("C-5")
    expect(choice.aloud).to_have_text("Seat C-5, held, may come back")
    choice.picks("A-2")
    choice.click("A-3")
    choice.picks("A-2", "A-3")
    expect(choice.news).to_be_empty()
    choice.reserve()
    choice.reserved("A-2", "A-3")


def picture(choice):
    """What is drawn, without the cursor."""
    return choice.canvas.evaluate("(canvas) => canvas.toDataURL()")


def test_after_a_refusal_the_seats_that_are_free_stay_picked(choose, hall, other):
    """A buyer may press the button before the news of the map arrives."""
    choice = choose(hall)
    choice.page.route("**/seats", no_news)
    choice.click("A-1", "A-2", "A-3")
    hall.hold(other, "A-1", "A-3")
    choice.reserve()
    choice.person.sees("Seats A-1, A-3 are gone")
    choice.picks("A-2")
    expect(choice.news).to_be_empty()
    choice.page.get_by_role("link", name="are gone").click()
    expect(choice.canvas).to_be_focused()
    choice.reserve()
    choice.reserved("A-2")


def test_once_the_button_is_pressed_the_map_is_left_alone(choose, hall):
    """The buyer's own reservation takes seats, too, and that is no news."""
    choice = choose(hall)
    choice.page.clock.install()
    choice.page.goto(hall.path)
    choice.click("A-1")
    press = """() => document.querySelector("form:has(.seats)").dispatchEvent(
        new SubmitEvent("submit", { bubbles: true }))"""
    choice.page.evaluate(press)
    hall.hold(choice.person, "A-1")
    looks = []
    choice.page.on("request", lambda request: looks.append(request.url))
    choice.page.clock.run_for(60_000)
    choice.picks("A-1")
    assert looks == []


def no_news(route):
    """Let a map be fetched once, and then say that nothing has changed."""
    if "if-none-match" in route.request.headers:
        route.fulfill(status=304)
    else:
        route.continue_()


def test_no_more_are_picked_than_an_order_may_have(choose, make_hall):
    choice = choose(make_hall(maxPerOrder=2))
    choice.click("A-1", "A-2", "A-3")
    expect(choice.news).to_contain_text("One order can have 2 seats")
    choice.picks("A-1", "A-2")
    choice.click("A-2", "A-3")
    choice.picks("A-1", "A-3")
    expect(choice.news).to_be_empty()


def test_seats_are_picked_by_row(choose, hall, other):
    """Beside the map and together with it; a taken one is told and is not picked."""
    hall.hold(other, "C-2")
    choice = choose(hall)
    choice.open_rows()
    choice.page.get_by_label("Row", exact=True).select_option("C")
    expect(choice.page.get_by_text("7 of 8 free")).to_be_visible()
    expect(choice.cursor).to_have_attribute("data-seat", "C-1")
    expect(choice.row_button("C-2")).to_have_accessible_name("C-2, held, may come back")
    expect(choice.row_button("C-2")).to_be_disabled()
    choice.row_button("C-2").click(force=True)
    choice.row_button("C-7").click()
    choice.picks("C-7")
    expect(choice.row_button("C-7")).to_have_attribute("aria-pressed", "true")
    expect(choice.row_button("C-7")).to_be_focused()
    hall.hold(other, "C-7")
    choice.picks()
    expect(choice.row_button("C-7")).to_be_disabled()
    expect(choice.row_button("C-7")).to_be_focused()
    choice.click("B-2")
    expect(choice.row_button("B-2")).to_have_attribute("aria-pressed", "true")


def test_who_does_not_care_gets_seats_side_by_side(choose, hall, other):
    """As long as none is picked: then it is one or the other."""
    hall.hold(other, "A-2")
    choice = choose(hall)
    choice.click("D-1")
    expect(choice.quantity).to_be_hidden()
    choice.click("D-1")
    choice.picks()
    choice.quantity.fill("3")
    choice.reserve()
    choice.reserved("A-3", "A-4", "A-5")


def test_picks_are_still_there_when_the_page_is_opened_again(choose, hall, other):
    """Those that are free; after a reservation none is left over."""
    choice = choose(hall)
    choice.click("A-1", "A-2", "A-3")
    choice.picks("A-1", "A-2", "A-3")
    choice.page.goto("/")
    hall.hold(other, "A-2")
    choice.page.goto(hall.path)
    expect(choice.news).to_have_text("Seat A-2 is no longer free.")
    choice.picks("A-1", "A-3")
    choice.reserve()
    choice.reserved("A-1", "A-3")
    choice.page.goto(hall.path)
    choice.picks()
    expect(choice.news).to_be_empty()


@pytest.mark.parametrize(
    ("label", "typed", "seats"),
    [
        ("Seats, separated", "B-1, D-4", ["B-1", "D-4"]),
        ("Or the best seats", "2", ["A-1", "A-2"]),
    ],
)
def test_seats_are_reserved_without_a_script(person, hall, label, typed, seats):
    buyer = signed_up(person(script=False))
    buyer.page.goto(hall.path)
    buyer.page.locator("noscript summary").click()
    expect(buyer.page.locator("noscript p")).to_be_visible()
    expect(buyer.page.get_by_text("Choose your seats")).to_be_hidden()
    buyer.page.get_by_label(label).fill(typed)
    buyer.press("Reserve")
    buyer.sees("Held for you until")
    buyer.sees(f"Seats {', '.join(seats)}")


def test_who_is_not_signed_in_picks_seats_and_has_them_after_signing_in(person, hall):
    choice = Choice(person(), hall)
    choice.click("C-3", "C-4")
    choice.picks("C-3", "C-4")
    choice.page.get_by_role("button", name="Sign in to reserve").click()
    choice.page.get_by_role("link", name="Create an account").click()
    choice.person.fill(Email=choice.person.email, Password=PASSWORD)
    choice.person.press("Create account")
    choice.picks("C-3", "C-4")
    choice.reserve()
    choice.reserved("C-3", "C-4")
