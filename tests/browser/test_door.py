"""The door in a browser, with the shop in reach: what becomes of each kind of code."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from door_people import PHONE, Door, Person, eventually
from playwright.sync_api import expect

pytest_plugins = ("door_fixtures",)

KINDS = ["id", "code"]


def stop_the_clock(door):
    """Nothing on the page happens by itself, however long a test takes to look."""
    door.page.clock.install()
    door.page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=5))


@pytest.mark.parametrize("kind", KINDS)
def test_a_pass_lets_one_in_once(door, seller, opera, sold, kind):
    """Typed or read by a hand scanner; the second time says where and when it was."""
    first, _ = sold
    door.counts(0, 2)
    door.tells(first[kind], "Welcome", "Seat A-1")
    door.counts(1, 2)
    told = seller.passes(opera)[first["id"]]
    assert (told["status"], told["door"]) == ("admitted", "North door")
    door.scan(first[kind])
    door.says("Already in", "Seat A-1", "North door")
    expect(door.answer).to_contain_text(re.compile(r"North door, \d\d:\d\d"))
    door.counts(1, 2)
    assert "conflicts" not in seller.passes(opera)[first["id"]]


def test_a_code_may_be_typed_in_any_way(door, sold):
    """Case, dashes, spaces and look-alikes do not matter."""
    code = sold[0]["id"].replace("0", "o").replace("1", "l").lower()
    door.tells(f" {code[:4]}-{code[4:8]} {code[8:]} ", "Welcome", "Seat A-1")


@pytest.mark.parametrize("kind", KINDS)
def test_a_pass_for_something_else_is_not_let_in_and_stays_good(
    door, seller, buyer, kind
):
    """Not even one that the same seller sold."""
    other = seller.sell("X-1", title="Ballet")
    (ballet,) = buyer.buy(other, "X-1")
    door.tells(ballet[kind], "Not for this event")
    assert seller.passes(other)[ballet["id"]]["status"] == "valid"


def test_what_is_changed_or_made_up_is_not_genuine(door, seller, opera, sold):
    """A signature fits one text only; the shop is not even asked."""
    asked = []
    door.page.on("request", lambda request: asked.append(request.url))
    header, claims, signature = sold[0]["code"].split(".")
    other_claims = sold[1]["code"].split(".")[1]
    for forged in (
        f"{header}.{claims}.{'A' * len(signature)}",
        f"{header}.{other_claims}.{signature}",
        "https://example.com/",
        "x.y.z",
    ):
        door.tells(forged, "Not genuine")
    assert not [url for url in asked if "/admit" in url]
    assert {each["status"] for each in seller.passes(opera).values()} == {"valid"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_refunded_pass_is_refused(door, seller, opera, sold, kind):
    """Also by a door whose list is older than the refund."""
    seller.refund(opera, sold[0])
    door.tells(sold[0][kind], "Refunded", "Seat A-1")
    door.visit()
    door.counts(0, 0)
    door.tells(sold[1][kind], "Refunded", "Seat A-2")


@pytest.mark.parametrize("kind", KINDS)
def test_a_pass_that_was_sold_a_moment_ago_is_good(door, buyer, opera, kind):
    """Its signature is enough, and for a typed code the list is got again."""
    (late,) = buyer.buy(opera, "A-3")
    door.tells(late[kind], "Welcome", "Seat A-3")
    door.counts(1, 3)


def test_another_door_has_let_the_pass_in_meanwhile(door, seller, sold):
    """The shop is asked before anybody is welcomed, so there is no mistake."""
    seller.admit(sold[0], "South door")
    stop_the_clock(door)  # so that the door waits for the shop's answer
    door.tells(sold[0]["code"], "Already in", "South door")
    door.counts(1, 2)
    door.shows("Last scans here")
    expect(door.page.get_by_text("also admitted at")).to_be_hidden()


def test_a_welcome_that_was_wrong_is_taken_back_on_the_screen(door, seller, sold):
    """Nobody waits long for the shop; it may still know better."""
    seller.admit(sold[0], "South door")
    held = []

    def hold(route):
        held.append(route)

    door.page.route("**/admit", hold)
    door.scan(sold[0]["code"])
    door.says("Welcome")
    held[0].continue_()
    door.says("Already in", "South door")
    door.shows("Seat A-1: let in at North door")
    door.shows("also admitted at South door")


def test_what_the_doors_know_spreads_by_the_list(door, seller, sold):
    """It is got again every fifteen seconds, and shows what was shown twice."""
    door.page.clock.install()
    door.visit()
    for name in ("South door", "West door"):
        seller.admit(sold[0], name)
    door.page.clock.run_for(15_000)
    door.counts(1, 2)
    door.shows("Seat A-1: let in at South door")
    door.shows("shown again at West door")


def test_an_answer_makes_room_for_the_next_by_itself(door, sold):
    """Or when it is tapped; the field keeps the focus for a hand scanner."""
    field = door.page.get_by_label("Code on the pass")
    stop_the_clock(door)
    door.scan(sold[0]["id"])
    door.says("Welcome")
    expect(field).to_be_focused()
    door.answer.click()
    expect(door.answer).to_be_hidden()
    door.page.clock.resume()
    door.scan(sold[1]["id"])
    door.says("Seat A-2")
    expect(door.answer).to_be_hidden()


def test_the_answer_fills_the_screen(door, sold):
    """Nobody has to search for it, on a phone least of all."""
    door.page.set_viewport_size({"width": PHONE, "height": 640})
    stop_the_clock(door)
    door.scan(sold[0]["id"])
    door.says("Welcome")
    assert door.answer.bounding_box() == {"x": 0, "y": 0, "width": PHONE, "height": 640}
    assert door.page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def test_the_name_of_a_door_is_asked_once(door, seller):
    """It is kept for everything the seller has, and can be changed."""
    other = Door(seller.context, seller.sell("B-1"))
    other.shows("This is North door")
    other.page.get_by_role("button", name="Change the name").click()
    other.page.get_by_label("Name of this door").fill("  Back door ")
    other.page.get_by_role("button", name="Use this name").click()
    other.reload()
    other.shows("This is Back door")


def test_the_latest_scans_are_listed_and_stay(door, sold):
    """The last ten, the newest first."""
    for _ in range(9):
        door.tells("nonsense", "Not genuine")
    door.tells(sold[0]["id"], "Welcome")
    door.tells(sold[1]["id"], "Welcome")
    for _ in range(2):
        lines = door.page.locator("#door-latest li")
        expect(lines).to_have_count(10)
        expect(lines.nth(0)).to_contain_text("WelcomeSeat A-2")
        expect(lines.nth(9)).to_contain_text("Not genuine")
        door.reload()


def test_a_seller_finds_the_door_of_a_listing(seller, opera, sold):
    """With its date and how many are sold."""
    # Listings count what was sold a moment after it is.
    path = f"/api/tickets/{opera}"
    eventually(lambda: seller.ask("GET", path)["sold"] == 2)
    page = seller.context.new_page()
    page.goto("/door")
    listing = page.get_by_role("link", name="Opera")
    expect(listing).to_contain_text("31 January 2030")
    expect(listing).to_contain_text("2 tickets sold")
    listing.click()
    expect(page.locator("#door-new-name")).to_be_visible()


def test_a_door_is_for_its_seller_only(opera, buyer, browse):
    """Others are refused, and strangers are asked who they are."""
    page = buyer.context.new_page()
    page.goto(f"/door/{opera}")
    expect(page.get_by_role("main")).to_contain_text("belongs to somebody else")
    stranger = browse().new_page()
    stranger.goto(f"/door/{opera}")
    expect(stranger).to_have_url(re.compile(r"/auth/signin\?next="))


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_the_door_works_without_scripts(browse, buyer, width):
    """A form asks the shop; the words are the same."""
    seller = Person(browse(width, java_script_enabled=False))
    opera, ballet = seller.sell("A-1", "A-2"), seller.sell("X-1", title="Ballet")
    first, second = buyer.buy(opera, "A-1", "A-2")
    (other,) = buyer.buy(ballet, "X-1")
    page = seller.context.new_page()
    page.goto(f"/door/{opera}")
    page.locator("#door").fill("North door")
    for code, words in (
        (first["code"], "Welcome"),
        (first["id"].lower(), "North door"),
        (first["id"], "Already in"),
        (other["code"], "Not for this event"),
        (other["id"], "Not for this event"),
        (f"{second['code'][:-30]}{'A' * 30}", "Not genuine"),
        ("nonsense", "Not genuine"),
        (second["id"], "Welcome"),
    ):
        page.get_by_label("Code on the pass").fill(code)
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.get_by_role("button", name="Scan")).to_be_hidden()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_contain_text("Type the code of the pass")
