"""The door on various devices: with a camera and without one, without https."""

import os
import re

import pytest
from door_people import PHONE, Door
from PIL import Image
from playwright.sync_api import expect

from web.documents import qr

pytest_plugins = ("door_fixtures",)

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def picture_of(code):
    """A camera's picture of a phone with a code on it, in shades of grey."""
    rows = qr.rows(code)
    symbol = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows))
    symbol = symbol.resize((400, 400), Image.Resampling.NEAREST)
    symbol = symbol.rotate(7, expand=True, fillcolor=255)
    picture = Image.new("L", (640, 480), 90)
    picture.paste(symbol.resize((400, 400)), (110, 40))
    return picture


def film_of(picture, path):
    """Write a short film that a browser takes for its camera."""
    width, height = picture.size
    grey = bytes([128]) * (width * height // 2)
    frame = b"FRAME\n" + picture.tobytes() + grey
    head = f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420mpeg2\n".encode()
    path.write_bytes(head + frame * 3)
    return path


@pytest.fixture
def device(request, chromium, url, seller):
    """Makes devices of the seller's, such as browsers are with these arguments."""

    def launch(*arguments, base=url, **options):
        browser = chromium.browser_type.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", *arguments]
        )
        request.addfinalizer(browser.close)
        context = browser.new_context(base_url=base, **options)
        (session,) = seller.context.cookies()
        cookie = {"name": session["name"], "value": session["value"], "url": base}
        context.add_cookies([cookie])
        return context

    return launch


@pytest.fixture
def camera(device, tmp_path):
    """Makes devices whose camera sees a code."""

    def launch(code):
        film = film_of(picture_of(code), tmp_path / "camera.y4m")
        return device(
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
            permissions=["camera"],
        )

    return launch


def test_the_camera_reads_passes(camera, opera, sold):
    """A pass that stays in view is one scan."""
    door = Door(camera(sold[0]["code"]), opera, "North door")
    door.page.get_by_role("button", name="Scan with the camera").click()
    door.says("Welcome", "Seat A-1")
    expect(door.answer).to_be_hidden()
    door.counts(1, 2)
    expect(door.page.locator("#door-latest li")).to_have_count(1)
    door.page.get_by_role("button", name="Stop the camera").click()
    expect(door.page.locator("video")).to_be_hidden()


def test_the_camera_reads_without_a_network(camera, opera, sold):
    """The reader of codes is kept with the page."""
    door = Door(camera(sold[0]["code"]), opera, "North door")
    door.context.set_offline(True)
    door.reload()
    door.page.get_by_role("button", name="Scan with the camera").click()
    door.says("Welcome", "Seat A-1")


def test_without_a_camera_one_is_told_to_type(door, sold):
    """And that works."""
    door.page.get_by_role("button", name="Scan with the camera").click()
    expect(door.page.locator("#door-camera-problem")).to_contain_text("ype the codes")
    door.tells(sold[0]["id"], "Welcome")


def test_a_page_without_https_does_what_it_can(device, url, opera, sold):
    """No camera and no signatures, but the list; what is sent is the same."""
    port = url.rpartition(":")[2]
    rule = "--host-resolver-rules=MAP shop.test 127.0.0.1"
    page = device(rule, base=f"http://shop.test:{port}").new_page()
    page.goto(f"/door/{opera}")
    page.locator("#door-new-name").fill("North door")
    page.get_by_role("button", name="Use this name").click()
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("#door-camera-problem")).to_contain_text("https only")
    page.get_by_label("Code on the pass").fill(sold[0]["code"])
    page.keyboard.press("Enter")
    expect(page.locator("#door-answer")).to_contain_text("Welcome")
    expect(page.locator("#door-waiting")).to_have_text("0")
    expect(page.locator("#door-used")).to_have_text("1")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile(r":\d+/$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(browse, seller, buyer, scheme):
    """Whatever a seller has called things, and whatever is listed below."""
    context = browse(PHONE, color_scheme=scheme)
    context.request.post("/api/users/signin", data=seller.credentials)
    opera = seller.sell("Row 3/12 right side", title="W" * 60 + " and so on " * 12)
    (sold,) = buyer.buy(opera, "Row 3/12 right side")
    door = Door(context, opera, "N" * 60)
    for name in ("South", "West"):
        seller.admit(sold, name * 12)
    door.tells(sold["id"], "Already in", "Row 3/12 right side")
    door.reload()
    door.shows("shown again at")
    pages = [door.page, context.new_page()]
    pages[1].goto("/door")
    for page in pages:
        assert page.evaluate(
            "document.documentElement.scrollWidth"
            " <= document.documentElement.clientWidth"
        )
