"""Every page in every state, as axe sees it: no rule for accessible pages is broken.

On a phone in light colours, and on a desktop in dark ones; with EVERY_LOOK=1 in the
environment each in both.
"""

import os
from pathlib import Path

import pytest
from axe_barriers import AXE, LOOKS, barriers
from axe_scenes import SCENES
from axe_shop import OPERATOR, Shop
from axe_weight import Scales, shifts

from launcher.testing import Launched

LIGHT = 50_000
STEADY = ("home", "several", "seats", "order, open", "order, complete", "passes")
pytestmark = [
    pytest.mark.skipif(
        not AXE.exists(), reason="axe is not installed: scripts/setup --test, with npm"
    ),
    pytest.mark.skipif(
        "TICKETING_URL" in os.environ, reason="this needs a shop of its own"
    ),
]


@pytest.fixture(scope="module")
def empty(chromium, tmp_path_factory):
    """A shop of which nothing is asked yet, and who will be in front of it."""
    contexts = []
    data = Path(tmp_path_factory.mktemp("axe")) / "data"
    given = {"OPERATORS": OPERATOR}
    with Launched(data, "--hold", "900", environment=given) as launched:

        def browse():
            contexts.append(chromium.new_context(base_url=launched.instance.url))
            contexts[-1].add_init_script(path=AXE)
            contexts[-1].set_default_timeout(15_000)
            return contexts[-1]

        yield Shop(launched.instance, browse)
        for context in contexts:
            context.close()


@pytest.fixture(scope="module")
def shop(empty):
    empty.fill()
    return empty


# WCAG 2.2, 1.4.10 and 1.4.4: nothing scrolls sideways on the smallest screen, nor with
# text twice as large on a laptop.
SIZES = [(320, "100%"), (768, "100%"), (1600, "100%"), (1280, "200%")]
SPREAD = """(size) => {
  const root = document.documentElement;
  root.style.fontSize = size;
  return root.scrollWidth - root.clientWidth;
}"""
MOVING = (
    "document.getAnimations().filter((each) => each.playState === 'running').length"
)


def misfits(page):
    """The sizes at which something does not fit, and what moves though it must not."""
    found = {}
    for width, size in SIZES:
        page.set_viewport_size({"width": width, "height": 800})
        if (over := page.evaluate(SPREAD, size)) > 0:
            found[f"{width} px, text at {size}"] = f"{over} px too wide"
    page.evaluate(SPREAD, "100%")
    if moving := page.evaluate(MOVING):
        found["reduced motion"] = f"{moving} animations"
    return found


def test_a_shop_without_listings(empty):
    """The first page that anybody sees."""
    page = empty.people["visitor"].page
    page.goto("/")
    assert "\n".join(barriers(page)) == ""


def test_a_barrier_would_be_found(empty):
    """In the markup, and in the colours of one scheme."""
    page = empty.people["visitor"].page
    page.goto("/")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate("document.querySelector('h1').style.color = 'black'")
    language, *colours = barriers(page)
    assert language.startswith("html-has-lang")
    assert "360 light" in language
    assert {text.partition(":")[0] for text in colours} == {"color-contrast"}
    assert "light" not in "".join(colours)


def test_what_does_not_fit_or_moves_would_be_found(empty):
    page = empty.people["visitor"].page
    page.goto("/")
    heading = page.get_by_role("heading", level=1)
    heading.evaluate("it => { it.style.minWidth = '30em' }")
    barriers(page)  # sees the page with reduced motion from here on
    heading.evaluate("it => it.animate({ opacity: [0, 1] }, { duration: 1e6 })")
    assert list(misfits(page)) == [
        "320 px, text at 100%",
        "768 px, text at 100%",
        "1280 px, text at 200%",
        "reduced motion",
    ]


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_no_page_has_a_barrier(shop, scene):
    page = shop.people[scene.who].page
    page.first_pass = shop.ids["passes"][0]
    page.rehearsals, page.ids = shop.rehearsals, shop.ids
    page.goto(scene.path.format(**shop.ids))
    if scene.act:
        scene.act(page)
    assert "\n".join(barriers(page)) == ""
    assert misfits(page) == {}


def test_every_page_is_light(shop):
    """Without pictures, compressed: its HTML, its stylesheet and all of its scripts."""
    scales, weights = Scales(), {}
    for name, scene in SCENES.items():
        request = shop.people[scene.who].page.request
        weights[name] = scales.weigh(request, scene.path.format(**shop.ids))
    assert {name: size for name, size in weights.items() if size >= LIGHT} == {}


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_while_a_page_is_shown(shop, width):
    """What is read or aimed at stays where it is until somebody does something."""
    moved = {
        name: shifts(shop.people[scene.who].page, scene.path.format(**shop.ids), width)
        for name, scene in SCENES.items()
        if name in STEADY
    }
    assert moved == {name: {} for name in STEADY}


@pytest.mark.parametrize(
    "name", ["home, found", "order, open", "passes", "seats, own", "rehearsal"]
)
def test_no_page_has_a_barrier_in_german(shop, name):
    """What differs is the words, and where there is room for them."""
    scene = SCENES[name]
    page = shop.people[scene.who].page
    page.set_extra_http_headers({"Accept-Language": "de"})
    page.goto(scene.path.format(**shop.ids))
    found = barriers(page, LOOKS[:1])
    page.set_extra_http_headers({})
    assert "\n".join(found) == ""
