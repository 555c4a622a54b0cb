"""The map of seats: how it is drawn, and moved with fingers and the wheel."""

import pytest
from playwright.sync_api import expect
from seats_hall import eventually

from ticketing.layout import Layout

pytest_plugins = ("seats_fixtures",)

PHONE = 360
WIDE = Layout("A-1~30;B-1~30;C-1~30;D-1~30;E-1~30;F-1~30").labels
BLOCKS = 30, 25, 40
LARGE = Layout(
    ";".join(
        f"{100 + block}-{row:02}-01~{BLOCKS[2]}"
        for block in range(BLOCKS[0])
        for row in range(BLOCKS[1])
    )
).labels


class Fingers:
    """Touches of a page, as a phone tells them; places are of the whole page's."""

    def __init__(self, page):
        self._session = page.context.new_cdp_session(page)

    def _send(self, kind, *points):
        touches = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        event = {"type": kind, "touchPoints": touches}
        self._session.send("Input.dispatchTouchEvent", event)

    def move(self, *steps):
        """Put fingers down where the first step is, and lift them after the last."""
        self._send("touchStart", *steps[0])
        for step in steps[1:]:
            self._send("touchMove", *step)
        self._send("touchEnd")

    def tap(self, point):
        self.move([point])


def middle_of(choice):
    choice.canvas.scroll_into_view_if_needed()
    box = choice.canvas.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def seen_at(choice):
    """How far from the left the middle of the cursor is."""
    box = choice.cursor.bounding_box()
    return box["x"] + box["width"] / 2


def size_of(choice):
    """How wide a seat is on the screen, where the cursor is."""
    return choice.cursor.bounding_box()["width"]


def test_a_thumb_zooms_in_before_it_can_pick_a_small_seat(choose, make_hall):
    """A first tap brings the seats near, a second one picks."""
    choice = choose(make_hall(WIDE), PHONE)
    fingers = Fingers(choice.page)
    fingers.tap(middle_of(choice))
    choice.picks()
    place = choice.find("C-15")
    assert size_of(choice) > 24
    fingers.tap(place)
    choice.picks("C-15")
    expect(choice.page.locator(".seat-tip")).to_have_text("C-15, picked by you")
    assert choice.page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def test_fingers_move_and_spread_the_map_without_picking(choose, make_hall):
    """One finger takes the map along, two make it larger; the button shows it all."""
    choice = choose(make_hall(WIDE), PHONE)
    fingers, (x, y) = Fingers(choice.page), middle_of(choice)
    spread = [[(x - d, y), (x + d, y)] for d in (20, 40, 80)]
    fingers.move(*spread)
    choice.find("C-15")
    near = size_of(choice)
    left, top = choice.find("C-15")
    fingers.move([(left, top), (left, top + 30)])
    choice.picks()
    fingers.move([(x, y)], [(x - 20, y)], [(x - 40, y)])
    choice.press("ArrowLeft", "ArrowRight")
    expect(choice.cursor).to_have_attribute("data-seat", "C-15")
    eventually(lambda: seen_at(choice) == pytest.approx(left - 40, abs=1))
    moved = choice.cursor.bounding_box()
    choice.page.get_by_role("button", name="Whole map").click()
    fingers.tap((moved["x"] + near / 2, moved["y"] + near / 2))
    choice.find("C-15")
    choice.picks()


def test_the_wheel_moves_a_large_map_and_else_the_page(choose, make_hall):
    """And with Ctrl it zooms, where the mouse is."""
    choice = choose(make_hall(WIDE), PHONE)
    page = choice.page
    page.mouse.move(*middle_of(choice))
    end = page.get_by_role("contentinfo")
    expect(end).not_to_be_in_viewport()
    page.mouse.wheel(0, 3000)
    expect(end).to_be_in_viewport()
    page.mouse.move(*middle_of(choice))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -400)
    page.keyboard.up("Control")
    x, y = choice.find("C-15")
    seen = page.evaluate("scrollY")
    page.mouse.move(x, y)
    page.mouse.wheel(30, 0)
    choice.press("ArrowLeft", "ArrowRight")
    expect(choice.cursor).to_have_attribute("data-seat", "C-15")
    eventually(lambda: seen_at(choice) == pytest.approx(x - 30, abs=1))
    assert page.evaluate("scrollY") == seen


# The four quarters of what is drawn, made small; a pixel is four numbers.
QUARTERS = """(canvas) => [0, 1, 2, 3].map((part) => {
  const [w, h] = [canvas.width / 2, canvas.height / 2];
  const copy = document.createElement("canvas");
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, (part % 2) * w, (part >> 1) * h, w, h, 0, 0, 60, 40);
  return [...context.getImageData(0, 0, 60, 40).data];
})"""


def is_drawn_light(choice):
    """By the first of the pixels, where no seat is."""
    return choice.canvas.evaluate(QUARTERS)[0][0] > 128


def greens(pixels):
    """The share of pixels that are rather green, as free seats are."""
    pairs = zip(pixels[::4], pixels[1::4], strict=True)
    return sum(green > red + 20 for red, green in pairs) / (len(pixels) / 4)


def test_thirty_thousand_seats_are_drawn_and_can_be_picked(choose, make_hall):
    """All over the map; near by, one of the last is found and picked."""
    assert len(LARGE) == 30_000
    choice = choose(make_hall(LARGE))
    expect(choice.page.get_by_text("30,000 of 30,000 seats free")).to_be_visible()
    eventually(lambda: min(map(greens, choice.canvas.evaluate(QUARTERS))) > 0.5)
    choice.open_rows()
    choice.page.get_by_label("Row", exact=True).select_option("129-24")
    expect(choice.cursor).to_have_attribute("data-seat", "129-24-01")
    assert size_of(choice) >= 24
    box = choice.cursor.bounding_box()
    choice.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    choice.picks("129-24-01")


def test_the_map_follows_the_colour_scheme_while_it_is_shown(choose, hall):
    choice = choose(hall)
    for scheme, is_light in (("light", True), ("dark", False)):
        choice.page.emulate_media(color_scheme=scheme)
        eventually(lambda light=is_light: is_drawn_light(choice) == light)


def test_trouble_with_the_map_is_told_until_it_is_over(choose, hall):
    """Nobody tells the page of changes, so that it looks often."""
    choice = choose(hall)
    trouble = choice.page.get_by_text("the map may be out of date")
    choice.page.route("**/live?*", lambda route: route.fulfill(status=404))
    choice.page.reload()
    expect(trouble).to_be_hidden()
    choice.page.route("**/seats", lambda route: route.fulfill(status=404))
    expect(trouble).to_be_visible(timeout=20_000)
    choice.page.unroute("**/seats")
    expect(trouble).to_be_hidden(timeout=20_000)
