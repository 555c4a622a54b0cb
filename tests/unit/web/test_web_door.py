"""The door: which listings it has, its page, and scans by browsers without scripts."""

import re

import pytest
from web_fakes import NOW
from web_markup import told
from web_pass_house import CODES, EVENT

from orders.passes.codes import Claims, checked_pass_id
from orders.passes.inputs import AdmitInput
from ticketing.clock import iso
from ticketing.errors import BadRequestError, NotFoundError, UnavailableError
from ticketing.http.request import validate
from web import assets

FIRST, SECOND, OTHER = "K7QM4T9X0001", "K7QM4T9X0002", "K7QM4T9X9999"


class Gate:
    """The part of the orders service that a door asks; ``asked`` are the scans."""

    def __init__(self, world):
        self.passes, self.asked, self.away = {}, [], False
        world.orders.list_ticket_passes = self.list_ticket_passes
        world.orders.admit_pass = self.admit_pass

    def issue(self, ticket, pass_id, unit, status="valid"):
        """Return the code of a new pass."""
        self.passes[pass_id] = {"unit": unit, "ticket": ticket["id"], "status": status}
        return CODES.sign(Claims(ticket["id"], unit, pass_id))

    def list_ticket_passes(self, ticket_id, user_id):
        if self.away:
            raise UnavailableError
        own = (i for i, each in self.passes.items() if each["ticket"] == ticket_id)
        return {"ticketId": ticket_id, "passes": [{"id": each} for each in own]}

    def admit_pass(self, id, user_id, door, scan, at=None, code=None):  # noqa: A002
        validate(AdmitInput, {"door": door, "scan": scan, "at": at, "code": code})
        known = self.passes.get(checked_pass_id(id))
        if known is None:
            raise NotFoundError
        claims = Claims(known["ticket"], known["unit"], id)
        if code is not None and CODES.read(code) != claims:
            raise BadRequestError("This code is not genuine")
        self.asked.append((id, user_id, door, scan))
        entry = known.setdefault("entry", (scan, door, iso(NOW)))
        outcome = "welcome" if entry[0] == scan else "already in"
        if known["status"] == "refunded":
            return {"id": id, "unit": known["unit"], "outcome": "refunded"}
        told = {"id": id, "unit": known["unit"], "outcome": outcome}
        return told | {"admittedAt": entry[2], "door": entry[1]}


@pytest.fixture
def gate(world):
    return Gate(world)


@pytest.fixture
def seller(world):
    return world.visitor("seller@example.com")


@pytest.fixture
def opera(world, seller):
    return world.sell("Opera", seller=seller, seats=["A-1", "A-2"], event=EVENT)


def scan(seller, ticket, code, door="North door", number="1"):
    form = {"door": door, "code": code, "scan": number}
    return seller.post(f"/door/{ticket['id']}", form)


def test_a_seller_chooses_among_the_own_listings_page_by_page(world, seller):
    """With their dates; following the links shows each of them once."""
    world.tickets.list_own = lambda user_id, limit, after, order: world.tickets.page(
        lambda each: each["userId"] == user_id, limit, after, order
    )
    mine = [world.sell(f"Row {n}", seller=seller)["id"] for n in range(30)]
    mine.append(world.sell("Opera", seller=seller, event=EVENT)["id"])
    world.sell("Not mine")
    assert "30 June 2026, 19:30 Berlin time" in told(seller.get("/door"))
    seen, path = [], "/door"
    while path:
        html = seller.read(path)
        seen += re.findall(r'href="/door/([0-9a-f]{24})"', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        path = following[1] if following else None
    assert seen == mine[::-1]


def test_whoever_sells_nothing_is_told_how_to(world, buyer):
    """The page is not simply empty."""
    world.tickets.list_own = lambda *_args, **_kwargs: []
    assert "You sell nothing yet" in told(buyer.get("/door"))


def test_a_door_is_for_its_seller_only(world, gate, opera, buyer):
    """Neither others nor strangers see it or scan at it."""
    gate.issue(opera, FIRST, "A-1")
    path = f"/door/{opera['id']}"
    for answer in (buyer.get(path), scan(buyer, opera, FIRST)):
        assert answer.status_code == 403
    stranger = world.visitor()
    for each in ("/door", path):
        assert "/auth/signin?next=" in stranger.get(each).headers["Location"]
    assert "/auth/signin" in scan(stranger, opera, FIRST).headers["Location"]
    assert buyer.get(f"/door/{'0' * 24}").status_code == 404
    assert not gate.asked


def test_the_page_brings_all_that_its_scripts_need(seller, opera):
    """What it names is what is kept for times without a network."""
    html = seller.read(f"/door/{opera['id']}")
    told(seller.get(f"/door/{opera['id']}"))
    static = {path.name for path in assets._HERE.glob("static/door-*.js")}
    modules = re.findall(r'rel="modulepreload" href="/static/\w+/([^"]+)"', html)
    assert set(modules) == {*static, "words.js"} - {"door-worker.js"}
    assert f'data-listing="{opera["id"]}"' in html
    assert 'data-unit="Seat"' in html
    outcomes = set(re.findall(r'<template data-outcome="([^"]+)"', html))
    assert outcomes >= {"welcome", "early", "already in", "refunded", "unknown"}


@pytest.mark.parametrize("there", [True, False])
def test_the_reader_of_codes_is_named_where_it_is_installed(
    seller, opera, monkeypatch, there
):
    """Browsers of their own mind do without."""
    reader = dict.fromkeys(["decode.js", "index.js"], b"")
    own = {n: text for n, text in assets._FILES.items() if n not in reader}
    monkeypatch.setattr(assets, "_FILES", own | reader if there else own)
    html = seller.read(f"/door/{opera['id']}")
    assert ('rel="prefetch"' in html) == there
    assert bool(re.search(r'data-reader="/static/\w+/decode.js"', html)) == there


def test_the_worker_is_allowed_on_the_pages_of_the_door_only(world):
    """Browsers look for a newer one each time, at the same address."""
    answer = world.visitor().get("/door/worker.js")
    assert answer.headers["Service-Worker-Allowed"] == "/door"
    assert answer.mimetype == "text/javascript"
    assert "immutable" not in answer.headers["Cache-Control"]
    assert b"addEventListener" in answer.get_data()


@pytest.mark.parametrize("typed", [False, True])
def test_a_pass_is_welcome_once(seller, gate, opera, typed):
    """The second scan tells where and when, by the clock of the event."""
    code = gate.issue(opera, FIRST, "A-1")
    shown = "k7qm-4t9x-oool" if typed else code
    first = told(scan(seller, opera, shown, door="North <door>"))
    assert "Welcome Seat A-1" in first
    second = scan(seller, opera, shown, number="2")
    assert "Already in Seat A-1 North &lt;door&gt;, 31 January 2026, 13:00" in told(
        second
    )
    assert gate.asked[0] == (FIRST, seller.id, "North <door>", "1")


def test_a_page_that_is_sent_again_is_the_same_scan(seller, gate, opera):
    """The form has a scan's id, which is a new one on each page."""
    gate.issue(opera, FIRST, "A-1")
    number = re.compile(r'name="scan" value="([0-9a-f]{32})"')
    first, second = (
        number.search(seller.read(f"/door/{opera['id']}"))[1] for _ in range(2)
    )
    assert first != second
    for _ in range(2):
        assert "Welcome" in told(scan(seller, opera, FIRST, number=first))


def test_the_name_of_the_door_stays_in_the_form(seller, gate, opera):
    """The code does not: the next one is another."""
    gate.issue(opera, FIRST, "A-1")
    html = scan(seller, opera, FIRST).get_data(as_text=True)
    assert 'value="North door"' in html
    assert FIRST not in html


def test_a_pass_for_something_else_is_not_admitted_there(world, seller, gate, opera):
    """Not even where the same seller has both."""
    ballet = world.sell("Ballet", seller=seller)
    code = gate.issue(ballet, OTHER, "1")
    for shown in (code, OTHER):
        assert "Not for this event" in told(scan(seller, opera, shown))
    assert not gate.asked


def test_what_is_made_up_is_not_genuine(seller, gate, opera):
    """Neither nonsense nor changed codes, whatever they claim."""
    header, claims, signature = gate.issue(opera, FIRST, "A-1").split(".")
    unknown = CODES.sign(Claims(opera["id"], "A-9", OTHER))
    for forged in (
        "nonsense",
        f"{header}.{claims}.{signature[::-1]}",
        f"{header}.e30.{signature}",
        f"{header}.W10.{signature}",
        f"{header}.é.{signature}",
        unknown,
    ):
        assert "Not genuine" in told(scan(seller, opera, forged)), forged
    assert not gate.asked


def test_a_refunded_pass_is_refused(seller, gate, opera):
    gate.issue(opera, FIRST, "A-1", status="refunded")
    assert "Refunded Seat A-1" in told(scan(seller, opera, FIRST))


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ({"code": "  "}, "code", "Type the code of the pass"),
        ({"code": FIRST, "door": " "}, "door", "Name the door in 1 to 60 characters"),
    ],
)
def test_what_is_missing_is_asked_for(seller, gate, opera, form, field, words):
    """What was typed stays."""
    gate.issue(opera, FIRST, "A-1")
    given = {"door": "North door", "scan": "1"} | form
    answer = seller.post(f"/door/{opera['id']}", given)
    assert answer.status_code == 400
    assert words in told(answer)
    html = answer.get_data(as_text=True)
    assert f'<a href="#{field}">{words}</a>' in html
    assert f'value="{given["door"]}"' in html
    assert not gate.asked


def test_nothing_typed_is_lost_while_a_service_is_away(seller, gate, opera):
    gate.away = True
    answer = scan(seller, opera, FIRST)
    assert answer.status_code == 503
    assert f'value="{FIRST}"' in answer.get_data(as_text=True)
