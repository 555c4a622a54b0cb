"""``scripts/pictures``: takes the pictures of docs/pictures from a shop of its own.

Each page on a wide and on a narrow screen; the pictures of the README are among them.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from demo.__main__ import fill
from demo.filling import Filling
from demo.people import Person
from launcher import ROOT
from launcher.testing import CHROMIUM, FLAGS, Launched

FOLDER = ROOT / "docs" / "pictures"
SCREENS = {"wide": (1280, 800), "narrow": (360, 720)}
PLAY, BAND = "The Winter's Tale", "The Lighthouse Keepers, live"


def main() -> None:
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "data"
        shop = stack.enter_context(Launched(data))
        filling = fill(shop.instance.url, stack)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        FOLDER.mkdir(exist_ok=True)
        for screen in SCREENS:
            take(browser, shop.instance.url, filling, screen)
        browser.close()


@dataclass(frozen=True)
class Scene:
    """What ``who`` sees (None: somebody without an account), from ``top`` on."""

    name: str
    path: str
    who: Person | None = None
    language: str = "en-GB"
    top: str = "body"


def take(browser: Browser, url: str, filling: Filling, screen: str) -> None:
    for scene in scenes(filling):
        page = opened(browser, url, scene, screen)
        page.goto(scene.path, wait_until="networkidle")
        page.locator(scene.top).first.evaluate("element => element.scrollIntoView()")
        save(page.screenshot(), f"{scene.name}-{screen}")
        page.context.close()


def scenes(filling: Filling) -> Iterator[Scene]:
    filled, seller = filling.filled, filling.seller
    buyer, paid = filled.complete[PLAY][-1]
    guest, held = filled.held[BAND][-1]
    play = filled.listings[PLAY]
    yield Scene("home", "/")
    yield Scene("home-german", "/", language="de-DE")
    yield Scene("seats", f"/tickets/{play}", top=".seats-head")
    yield Scene("order", f"/orders/{held}", guest)
    yield Scene("passes", f"/orders/{paid}/passes", buyer, top=".pass")
    yield Scene("numbers", f"/listings/{play}", seller)


def opened(browser: Browser, url: str, scene: Scene, screen: str) -> Page:
    width, height = SCREENS[screen]
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        device_scale_factor=1 if screen == "wide" else 2,
        locale=scene.language,
        reduced_motion="reduce",
    )
    if scene.who:
        cookies = scene.who.cookies.items()
        context.add_cookies([{"name": k, "value": v, "url": url} for k, v in cookies])
    return context.new_page()


def save(png: bytes, name: str) -> None:
    """As WebP, a third of the size."""
    with Image.open(io.BytesIO(png)) as image:
        image.save(FOLDER / f"{name}.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
