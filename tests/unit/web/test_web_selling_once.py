"""A form for a listing lists it once, however often it is sent."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote


def new_listing(seller):
    """Return the fields of the form for one, as they come."""
    html = seller.read("/tickets/new")
    listing = re.search(r'name="listing" value="([^"]*)"', html)[1]
    return {"listing": listing, "title": "Opera", "price": "20"}


def test_a_form_sent_twice_lists_once(world, buyer):
    """By a double click; from the next form it is another listing."""
    form = new_listing(buyer)
    first, second = (buyer.post("/tickets/new", form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    third = buyer.post("/tickets/new", new_listing(buyer))
    assert third.headers["Location"] != first.headers["Location"]
    assert len(world.tickets.things) == 2


def test_who_goes_back_can_list_another_thing(world, buyer):
    form = new_listing(buyer)
    buyer.post("/tickets/new", form)
    buyer.post("/tickets/new", form | {"title": "Ballet"})
    assert {t["title"] for t in world.tickets.things.values()} == {"Opera", "Ballet"}


def test_a_refused_form_keeps_what_its_listing_will_be(world, buyer):
    form = new_listing(buyer)
    answer = buyer.post("/tickets/new", form | {"title": ""})
    assert f'value="{form["listing"]}"' in answer.get_data(as_text=True)
    buyer.post("/tickets/new", form)
    assert list(world.tickets.things) == [form["listing"].partition(".")[0]]


def test_nobody_chooses_the_id_of_a_listing(world, buyer):
    """It tells when it was given: somebody could be the newest for ever."""
    form = new_listing(buyer)
    sealed = form["listing"].partition(".")[2]
    wanted = f"{'f' * 24}.{sealed}"
    stolen = new_listing(world.visitor("other@example.com"))["listing"]
    for listing in (wanted, "f" * 24, stolen):
        buyer.post("/tickets/new", form | {"listing": listing})
    assert world.tickets.things.keys().isdisjoint({"f" * 24, stolen.partition(".")[0]})


def test_a_form_that_was_open_for_long_lists_as_of_now(world, buyer):
    form = new_listing(buyer)
    world.now = datetime.now(UTC) + timedelta(hours=2)
    buyer.post("/tickets/new", form)
    assert form["listing"].partition(".")[0] not in world.tickets.things


def test_who_was_signed_out_is_led_back_to_the_form_and_told(world, buyer):
    """With the mark by which a script brings back what was typed."""
    edit = f"/tickets/{world.sell(seller=buyer)['id']}/edit"
    for path in ("/tickets/new", edit):
        sign_in = world.visitor().post(path).headers["Location"]
        assert unquote(sign_in) == f"/auth/signin?next={path}?typed"
        assert "Nothing was saved yet" in buyer.read(f"{path}?typed")
        assert "Nothing was saved yet" not in buyer.read(path)
