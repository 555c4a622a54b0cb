"""The page on which numbered seats are chosen, as it comes from the server."""

import re
from pathlib import Path

import pytest
from web_markup import Outline, check

from ticketing.layout import Layout
from web import assets

WEB = Path(assets.__file__).parent
MODULES = sorted(WEB.glob("static/seats*.js"))
SEATS = [*Layout("A-1~40;B-01~20").labels, "Box"]


@pytest.fixture
def hall(world):
    return world.sell("Opera", 19.5, seats=SEATS, max_per_order=7)


def choice_of(page):
    """What the script is told: the ``data-`` attributes around the choice."""
    return dict(re.findall(r'data-(url|most|price|currency)="([^"]*)"', page))


def fields_of(page):
    inputs = [f for f in Outline(page).all("input") if f.get("type") != "hidden"]
    return {field["name"]: field["value"] for field in inputs}


def test_the_map_is_told_where_its_seats_are_and_what_they_cost(buyer, hall):
    page = buyer.read(f"/tickets/{hall['id']}")
    assert choice_of(page) == {
        "url": f"/api/tickets/{hall['id']}/seats",
        "most": "7",
        "price": "19.5",
        "currency": "usd",
    }
    assert f'<script type="module" src="{assets.address("seats.js")}"' in page


def test_without_a_script_seats_are_typed_and_their_names_are_told(buyer, hall):
    """An example is a seat that is there; rows are written as people write them."""
    page = buyer.read(f"/tickets/{hall['id']}")
    assert fields_of(page) == {"seats": "", "quantity": ""}
    assert "For example A-1<" in page
    assert "A-1 to 40, B-01 to 20, Box" in page.partition("<noscript>")[2]


def test_after_a_refusal_the_choice_is_still_there(world, buyer, hall):
    """For the script to keep what is still free of it."""
    world.orders.create_order(buyer.id, hall["id"], seats=["A-1"])
    path = f"/tickets/{hall['id']}/reserve"
    answer = buyer.post(path, {"seats": "A-1, Box", "quantity": ""})
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert fields_of(page) == {"seats": "A-1, Box", "quantity": ""}


def test_a_listing_without_numbered_seats_has_no_map(world, buyer):
    ticket = world.sell("Opera", 20, quantity=5)
    assert "seats.js" not in buyer.read(f"/tickets/{ticket['id']}")


def test_the_choice_is_labelled_and_free_of_inline_code(world, buyer, hall):
    """Which browsers would ignore, and say nothing to the buyer."""
    page = buyer.read(f"/tickets/{hall['id']}")
    check(page)
    canvas = Outline(page).all("canvas")
    assert [(c["tabindex"], c["aria-label"]) for c in canvas] == [("0", "Seat map")]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_every_module_finds_what_it_imports(buyer, module):
    """Under the address that changes with any of them."""
    served = buyer.read(assets.address(module.name))
    assert served == module.read_text(encoding="utf-8")
    for name in re.findall(r'from "\./([^"]+)"', served):
        assert assets.has(name)


def test_who_is_not_signed_in_sees_the_map_as_well(world, hall):
    page = world.visitor().read(f"/tickets/{hall['id']}")
    assert choice_of(page)["url"] == f"/api/tickets/{hall['id']}/seats"
    assert "<button>Sign in to reserve</button>" in page
