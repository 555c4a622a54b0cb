"""The scripts of the map by themselves: reading layouts, and looking again."""

import re
from itertools import pairwise

import pytest

from ticketing.layout import Layout


@pytest.fixture
def page(person):
    """A page that hears of no changes, with ``load`` to import a script of the shop."""
    page = person().page
    page.clock.install()
    page.goto("/auth/signin")
    folder = re.search(r"/static/\w+/", page.content())[0]
    page.evaluate(f"() => {{ window.load = (name) => import('{folder}' + name) }}")
    return page


LAYOUTS = [
    "A-1~12;B-01~20;Box",
    "1~100",
    "1",
    "Row 3/098~103;Row 4/7",
    "Loge Ä 1~3;Loge Ä 5~6",
    "X999999998~999999999",
    "X1234567890~234567895",
    "7-1~2;007~012",
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_are_read_as_the_services_read_them(page, layout):
    read = "async (text) => (await load('seats-hall.js')).labelsOf(text)"
    assert page.evaluate(read, layout) == list(Layout.parse(layout).labels)


def test_seats_that_begin_alike_are_a_row(page):
    """Its section and name are what stands before the number."""
    rows = page.evaluate(
        """async (layout) => (await load('seats-hall.js')).rowsOf(
          (await load('seats-hall.js')).labelsOf(layout)
        ).map(({ title, section, name, places }) => [title, section, name, places])""",
        "Left B-1~2;Box;Left B-4;Row 3/1~2;101-07-1",
    )
    assert rows == [
        ["Left B", "Left", "B", [0, 1, 3]],
        ["Box", "", "Box", [2]],
        ["Row 3", "Row", "3", [4, 5]],
        ["101-07", "101", "07", [6]],
    ]


WATCH = """async ({ answers }) => {
  window.asked = [];
  window.told = [];
  const began = Date.now();
  window.fetch = async (url, { headers }) => {
    asked.push({ at: Date.now() - began, tag: headers["If-None-Match"] });
    const [status, tag, seats] = answers.length > 1 ? answers.shift() : answers[0];
    if (!status) throw new TypeError("away");
    const ok = status === 200;
    return { status, ok, headers: new Map([["ETag", tag]]), json: async () => seats };
  };
  const { watchSeats } = await load("seats-source.js");
  watchSeats("/map", {
    onSeats: (seats) => told.push(seats),
    onTrouble: (isInTrouble) => told.push(isInTrouble),
  });
}"""


def watch(page, answers, seconds):
    page.evaluate(WATCH, {"answers": answers})
    page.clock.run_for(seconds * 1000)
    return page.evaluate("[asked, told]")


def test_a_map_that_has_not_changed_is_not_sent_again(page):
    """It is asked for by its tag, and told when it is another one."""
    answers = [[200, "1", "first"], [304], [304], [200, "2", "second"], [304]]
    asked, told = watch(page, answers, 20)
    assert [look.get("tag") for look in asked[:5]] == [None, "1", "1", "1", "2"]
    assert [each for each in told if each] == ["first", "second"]


@pytest.mark.parametrize("answer", [[503], [0]])
def test_a_shop_that_is_away_is_asked_less_and_less_often(page, answer):
    """A single failure is not worth a word; after an answer all is as before."""
    answers = [[304], *[answer] * 6, [304]]
    asked, told = watch(page, answers, 120)
    gaps = [after["at"] - before["at"] for before, after in pairwise(asked)]
    assert sorted(gaps[:6]) == gaps[:6]
    assert gaps[0] < gaps[1] < gaps[5]
    assert gaps[7] == gaps[0]
    assert told[:8] == [False, False, True, True, True, True, True, False]


def test_a_page_out_of_sight_does_not_ask(page):
    """And asks at once when it is seen again."""
    watch(page, [[304]], 3)
    turn = """(isHidden) => {
      const hidden = { value: isHidden, configurable: true };
      Object.defineProperty(document, "hidden", hidden);
      document.dispatchEvent(new Event("visibilitychange"));
      return asked.length;
    }"""
    before = page.evaluate(turn, True)
    page.clock.run_for(60_000)
    assert page.evaluate(turn, False) == before + 1
    page.clock.run_for(3_000)
    assert page.evaluate("asked.length") > before + 1
