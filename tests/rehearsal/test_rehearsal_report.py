"""The report is one page that needs nothing else, and says what was missed."""

import re
from html.parser import HTMLParser

import pytest
from rehearsal_books import told

from rehearsal import charts
from rehearsal.figures import figures
from rehearsal.looks import Look
from rehearsal.rehearsal import Outcome
from rehearsal.report import Story, html
from rehearsal.targets import of_sale


class Reader(HTMLParser):
    """Counts tags, and those that were left open."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def story(broken=(), units=3):
    record = told()
    record.kills = [1.5]
    record.request("reserve", 0.0, 201)
    record.step("reserve", 0.0)
    queues = {"outbox": 2, "letters": 1}
    looks = [Look(at, at, queues, {"services": 0.1}) for at in (-1, 0, 1, 2)]
    found = figures(record, looks, units, None, 0.01)
    targets = list(of_sale(found, killed=False))
    return Story("Rehearsal <1>", found, record, looks, targets, broken, ["seed 1"])


def test_it_is_one_file():
    """Nothing is loaded, every tag is closed, and there are charts in it."""
    page = html(story())
    reader = Reader(page)
    assert not reader.open
    assert not re.search(r"https?:|url\(|@import", page)
    asked = {"src", "href", "srcset", "data"}
    assert not any(asked & attrs.keys() for _, attrs in reader.tags)
    names = [name for name, _ in reader.tags]
    assert names.count("svg") >= 5
    assert "script" not in names


def test_it_says_what_was_kept_and_missed():
    """Each broken promise stands there, and words are no tags."""
    assert "Nothing sold twice" in html(story())
    page = html(story(broken=["Unit <3> is in 2 orders."]))
    assert "Unit &lt;3&gt; is in 2 orders." in page
    assert "Nothing sold twice" not in page
    assert "Rehearsal &lt;1&gt;" in page
    assert "killed at 1.5 s" in page


def test_what_nobody_looked_at_is_not_told():
    """From outside nobody sees CPU and queues; every picture has a name."""
    record = told()
    seen = [Look(0.0, 0), Look(2.0, 3)]
    found = figures(record, seen, 3, None)
    page = html(Story("Rehearsal", found, record, seen, [], [], []))
    assert "CPU" not in page
    assert "What waits" not in page
    pictures = [attrs for name, attrs in Reader(page).tags if name == "svg"]
    assert pictures
    assert all(attrs["aria-label"] for attrs in pictures)


def test_what_makes_a_rehearsal_good():
    """No promise is broken, and no target that counts is missed."""
    assert Outcome(story()).is_good
    assert Outcome(story()).line.endswith("all kept")
    assert not Outcome(story(broken=["sold twice"])).is_good
    assert not Outcome(story(units=4)).is_good
    assert Outcome(story(units=4)).line.endswith("missed something")


@pytest.mark.parametrize(
    "chart",
    [
        charts.lines({}),
        charts.lines({"a": []}),
        charts.lines({"a": [(0.0, 0.0)]}),
        charts.columns([]),
        charts.columns([0]),
        charts.bars([], ("ms",)),
        charts.bars([("a", [0.0])], ("ms",)),
    ],
)
def test_charts_of_little_or_nothing(chart):
    """They are drawn without a number that is none."""
    assert not Reader(chart).open
    assert "nan" not in chart
    assert "inf" not in chart


@pytest.mark.parametrize(
    ("most", "top"), [(0, 1), (0.03, 1), (1, 1), (7, 8), (11, 20), (101, 200)]
)
def test_scales_end_with_a_round_number(most, top):
    assert charts.round_top(most) == top
