"""A seller sees how a rehearsal stands, and what came of it."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from web_markup import told
from web_rehearsed import OFFERED, OUTCOME, SALE, now, over, start


@pytest.fixture
def world(make_shop):
    return make_shop(OFFERED)


@pytest.fixture
def listing(world, seller):
    return world.sell("Quartet & more", 30, seller, quantity=8)


@pytest.fixture
def path(listing):
    return f"/listings/{listing['id']}/rehearsal"


STANDING = {
    "signing": ({"done": 3, "of": 21}, "3 of 21 people have an account"),
    "looking": ({"done": 1, "of": 1}, "1 of 1 buyer has the page open"),
    "selling": ({"sale": SALE}, "1,234 of 8 tickets sold in 2.5 s"),
    "checking": ({"sale": SALE}, "The books are compared"),
}


@pytest.mark.parametrize("phase", STANDING)
def test_it_shows_how_it_stands(world, seller, listing, path, phase):
    """By itself, without a script as well; and it can be stopped."""
    start(seller, path)
    state, words = STANDING[phase]
    now(world, listing, phase=phase, **state)
    page = seller.get(path)
    assert words in told(page)
    html = page.get_data(as_text=True)
    assert f'<meta http-equiv="refresh" content="3; url={path}">' in html
    assert "/rehearsal.js" in html
    assert f'action="{path}/stop"' in html
    assert "Start the rehearsal" not in html


def test_who_did_not_buy_is_told_of(world, seller, listing, path):
    """What nobody did is not."""
    start(seller, path)
    now(world, listing, phase="selling", sale=SALE)
    words = told(seller.get(path))
    assert re.search(r"Came too late\s*3", words)
    assert re.search(r"Asked to wait\s*12", words)
    assert "Gave up" not in words
    assert "Errors" not in words


def test_whoever_rehearses_another_listing_waits(world, seller, path):
    """Nothing is told of whose it is; the page looks again by itself."""
    other = world.visitor("other@example.com")
    own = world.sell("Another", 30, other, quantity=8)["id"]
    start(seller, path)
    page = other.get(f"/listings/{own}/rehearsal")
    assert "Another listing is being rehearsed" in told(page)
    html = page.get_data(as_text=True)
    assert "Quartet" not in html
    assert "/stop" not in html
    assert "/rehearsal.js" in html
    assert start(other, f"/listings/{own}/rehearsal").status_code == 303
    assert len(world.spawned) == 1


def test_it_is_stopped(world, seller, listing, path):
    start(seller, path)
    run = now(world, listing)
    answer = seller.post(f"{path}/stop")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert world.rehearsals.keep(run, world.rehearsals.find(listing["id"])) == "stop"


def test_what_came_of_it(world, seller, listing, path):
    """And it may be started again, with as many buyers as before."""
    start(seller, path)
    over(world, listing, "<p>", phase="done", sale=SALE, outcome=OUTCOME)
    page = seller.get(path)
    for words in (
        "Sold out in 3.2 s",
        "Nothing was sold twice.",
        "There is one pass for each ticket that was sold.",
        "Whoever paid has what they paid for.",
        "2,056 ms",
        "Start it again",
    ):
        assert words in told(page)
    html = page.get_data(as_text=True)
    assert f'href="{path}/report"' in html
    assert 'value="20"' in html
    assert "/rehearsal.js" not in html
    assert start(seller, path).status_code == 303
    assert len(world.spawned) == 2


def test_what_was_not_sold_and_not_kept_is_told(world, seller, listing, path):
    start(seller, path)
    missed = OUTCOME | {"took": None, "sold": 5, "broken": ["Unit <3> is in 2 orders."]}
    over(world, listing, phase="done", sale=SALE, outcome=missed)
    page = seller.get(path)
    words = told(page)
    assert "5 of 8 tickets sold" in words
    assert "Something that is promised was not kept:" in words
    assert "Unit &lt;3&gt; is in 2 orders." in words
    assert "Nothing was sold twice." not in words


BROKEN_OFF = {
    "stopped": "The rehearsal was stopped",
    "failed": "The rehearsal could not go on",
    "lost": "The rehearsal ended before its time",
}


@pytest.mark.parametrize("phase", BROKEN_OFF)
def test_what_was_broken_off_leaves_nothing_for_sale(
    world, seller, listing, path, phase
):
    stand_in = world.visitor("rehearsal@example.com")
    twin = world.sell("Rehearsal: Quartet", 30, stand_in, quantity=8)
    start(seller, path)
    place = {"id": twin["id"], "seller": stand_in.id}
    over(world, listing, phase=phase, twin=place, why="No answer")
    page = seller.get(path)
    assert BROKEN_OFF[phase] in told(page)
    assert ("No answer" in told(page)) == (phase == "failed")
    assert world.tickets.find(twin["id"])["cancelled"]
    assert start(seller, path).status_code == 303


def test_whoever_ran_it_is_gone(world, seller, listing, path):
    """Nobody renews its lease: the page does not wait for ever."""
    start(seller, path)
    now(world, listing, phase="selling", sale=SALE)
    world.rehearsals._until = 0
    assert BROKEN_OFF["lost"] in told(seller.get(path))


REPORT = "<!doctype html><style>b { color: red }</style><b>so</b>"


def test_the_report_may_have_the_style_that_stands_in_it(world, seller, listing, path):
    """And nothing else: no script, and nothing from elsewhere."""
    start(seller, path)
    over(world, listing, REPORT, phase="done", sale=SALE, outcome=OUTCOME)
    answer = seller.get(f"{path}/report")
    assert answer.get_data(as_text=True) == REPORT
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    style = REPORT.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}'" in policy
    assert "script-src" not in policy
    assert "default-src 'self'" in policy


def test_there_is_no_report_before_its_time(seller, path):
    start(seller, path)
    assert seller.get(f"{path}/report").status_code == 404
