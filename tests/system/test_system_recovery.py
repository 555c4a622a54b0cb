"""Backup and restore: nothing paid is undelivered, nothing is sold twice."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from system_bus import Bus
from system_control import eventually
from system_people import Person
from system_restored import SERVICES, Shop, pay_at_stripe


@pytest.fixture
def shop(systems, tmp_path):
    return Shop(systems(SERVICES).up(), tmp_path / "backups")


@pytest.fixture
def seller(shop):
    with Person(shop.system) as seller:
        yield seller


@pytest.fixture
def buyer(shop):
    with Person(shop.system) as buyer:
        yield buyer


def test_what_was_sold_after_the_backup_is_there_after_the_disaster(
    shop, seller, buyer
):
    """All databases are lost; Stripe and the stream know what came after."""
    hall = seller.sell(quantity=6)
    before = buyer.buy(hall, quantity=2)
    ended, freed = buyer.reserve(hall), seller.sell()
    begun = datetime.now(UTC)
    shop.settle()
    shop.backup()

    after = buyer.buy(hall, quantity=3)
    buyer.cancel(ended)
    new = seller.sell("New", seats=["A-1", "A-2"])
    seat = buyer.buy(new, seats=["A-2"])
    part = buyer.buy(seller.sell(quantity=3), quantity=3)
    assert seller.refund(part, units=part["units"][:1]).status_code == 200
    eventually(lambda: buyer.order(part)["quantity"] == 2)
    unheard = buyer.reserve(freed)
    shop.settle()
    pay_at_stripe(shop, unheard)
    kept, orders = shop.kept(), shop.books.orders()
    assert shop.process.stop() == 0
    shop.wipe()

    said = shop.restore()
    assert "2 order.completed" not in said
    assert "3 order.completed" in said
    assert shop.books.orders().keys() == orders.keys()
    restored = shop.reconcile(begun)
    assert restored["findings"] == []
    for order in (before, after, seat, part, unheard):
        buyer.until(order, "complete")
        passes = buyer.passes(order)
        good = [each["unit"] for each in passes if each["status"] != "revoked"]
        assert len(good) >= buyer.order(order)["quantity"]
    assert buyer.order(ended)["status"] == "cancelled"
    assert buyer.order(part)["refunded"] == part["units"][:1]
    shop.settle()

    eventually(lambda: not shop.ledger()[0]["difference"])
    sums, findings = shop.ledger()
    assert findings == []
    assert sums["kept"] == kept == shop.kept()
    assert buyer.ask_for(new, {"seats": ["A-2"]}).status_code == 400
    assert buyer.ask_for(hall, {"quantity": 2}).status_code == 400
    buyer.buy(hall)
    assert [*shop.books.held(hall).values()] == [1] * 6


def test_where_the_stream_is_lost_as_well_it_is_as_it_was_saved(shop, seller, buyer):
    ticket = seller.sell(quantity=2)
    order = buyer.buy(ticket)
    shop.settle()
    shop.backup()
    said = {each.headers["ce-id"] for each in Bus(shop.system).messages("")}
    assert shop.process.stop() == 0
    shop.wipe()
    shop.lose_streams()
    assert "Streams that were gone are back" in shop.restore()
    assert {each.headers["ce-id"] for each in Bus(shop.system).messages("")} == said
    assert buyer.order(order)["status"] == "complete"
    buyer.buy(ticket)
    shop.settle()


def test_a_shop_can_be_brought_back_to_a_moment(shop, seller, buyer):
    """What came after it is as if it had not been, but for the money, which is told."""
    ticket = seller.sell(quantity=3)
    shop.backup()
    first = buyer.buy(ticket)
    shop.settle()
    moment = datetime.now(UTC)
    later = buyer.buy(ticket)
    shop.settle()
    assert shop.process.stop() == 0
    said = shop.restore("--replace", "--at", moment.isoformat())
    assert "which are gone now" in said
    assert buyer.order(first)["status"] == "complete"
    assert buyer.http.get(f"/api/orders/{later['id']}").status_code == 404
    shop.settle()
    assert seller.ticket(ticket)["sold"] == 1
    (finding,) = shop.reconcile(moment)["findings"]
    assert (finding["kind"], finding["orderId"]) == ("unknown order", later["id"])
    buyer.buy(ticket, quantity=2)
    assert [*shop.books.held(ticket).values()] == [1] * 3


def test_what_cannot_be_restored_changes_nothing(shop, seller, tmp_path):
    """While services run, onto other data, of a damaged backup, of no backup."""
    ticket = seller.sell()
    path = shop.backup()
    shop.settle()
    tickets = shop.books.tickets()

    def refused(*arguments):
        done = shop.recovery("restore", *arguments)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert shop.books.tickets() == tickets
        return done.stderr

    assert "The services are running" in refused(shop.target, "--replace")
    assert shop.process.stop() == 0
    assert "is not empty" in refused(shop.target)
    assert "There is no complete backup" in refused(tmp_path / "nowhere")
    early = ("--at", "2020-01-01T00:00:00Z")
    assert "no complete backup from before 2020" in refused(shop.target, *early)
    documents = f"{path}/mongodb/tickets/tickets.bson"
    with Path(documents).open("r+b") as file:
        file.write(b"x")
    assert "is not as it was written" in refused(shop.target, "--replace")
    shop.process.start().wait_until_ready()
    assert seller.ticket(ticket) == ticket


def test_a_backup_that_breaks_off_is_none(shop, seller, tmp_path):
    seller.sell()
    environment = shop.system.settings | {"MONGODB_URI": "mongodb://127.0.0.1:1"}
    shop.system.settings = environment
    done = shop.recovery("backup", shop.target)
    assert done.returncode == 1
    assert "MongoDB does not answer" in done.stderr
    assert not [*tmp_path.glob("backups/*")]


def test_a_backup_names_what_is_in_it(shop, seller):
    seller.sell()
    path = shop.backup()
    manifest = json.loads(Path(path, "manifest.json").read_text(encoding="utf-8"))
    assert manifest["databases"]["tickets"]["tickets"]["count"] == 1
    assert {*manifest["streams"]} >= {"TICKETING"}
    indexes = manifest["databases"]["auth"]["users"]["indexes"]
    assert any(index.get("unique") for index in indexes)
