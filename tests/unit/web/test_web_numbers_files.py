"""The files of orders and passes that a seller downloads."""

import csv
import io
import re

import pytest
from web_sales_house import SalesHouse

from ticketing.errors import UnavailableError
from web import sales


@pytest.fixture
def house(world, monkeypatch):
    monkeypatch.setattr(sales, "PAUSE", 0)
    return SalesHouse(world)


@pytest.fixture
def listing(world, seller):
    return world.sell("Quartet & more", 30, seller, quantity=8)


@pytest.fixture
def path(listing):
    return f"/listings/{listing['id']}"


def rows_of(answer):
    assert answer.status_code == 200
    text = io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text))


def test_the_file_of_orders_has_a_row_for_each(house, buyer, other, seller, listing):
    paid = house.buy(buyer, listing, quantity=2)
    part = house.buy(other, listing, quantity=3)
    house.give_back(part["id"], [part["units"][1]])
    answer = seller.get(f"/listings/{listing['id']}/orders.csv")
    first, second = rows_of(answer)
    assert answer.headers["Content-Disposition"].endswith('"orders-quartet-more.csv"')
    assert first["Order"] == paid["id"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", first["Bought at (UTC)"])
    assert list(first.values())[2:] == [
        "buyer@example.com", "paid", "2", "1, 2", "30.00", "60.00", "USD", "", "",
    ]  # fmt: skip
    assert list(second.values())[2:] == [
        "other@example.com", "paid", "2", "3, 5", "30.00", "60.00", "USD", "4", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "cells"),
    [("gbp", ["30.00", "60.00", "GBP"]), ("jpy", ["30", "60", "JPY"])],
)
def test_the_file_has_sums_with_the_decimals_of_their_currency(
    house, world, buyer, seller, currency, cells
):
    listing = world.sell("Opera", 30, seller, quantity=8, currency=currency)
    house.buy(buyer, listing, quantity=2)
    (row,) = rows_of(seller.get(f"/listings/{listing['id']}/orders.csv"))
    assert [row[name] for name in ("Price", "Total", "Currency")] == cells


def test_what_is_not_sold_adds_nothing_to_the_sums_of_the_file(
    house, buyer, seller, listing, path
):
    """What was refunded still says which units it was."""
    house.orders.create_order(buyer.id, listing["id"], quantity=2)
    for end in ("refunded", "expired"):
        order = house.buy(buyer, listing, quantity=3)
        house.orders.end(order["id"], end)
    rows = rows_of(seller.get(f"{path}/orders.csv"))
    assert [list(row.values())[3:] for row in rows] == [
        ["reserved", "2", "1, 2", "30.00", "60.00", "USD", "", ""],
        ["refunded", "0", "", "30.00", "0.00", "USD", "3, 4, 5", "refunded"],
        ["cancelled", "0", "", "30.00", "0.00", "USD", "", "expired"],
    ]


def test_the_file_of_orders_has_all_of_them_read_page_by_page(
    house, world, buyer, seller, monkeypatch
):
    monkeypatch.setattr(sales, "PAGE", 2)
    listing = world.sell("Many", 1, seller, quantity=9)
    made = [house.buy(buyer, listing)["id"] for _ in range(5)]
    rows = rows_of(seller.get(f"/listings/{listing['id']}/orders.csv"))
    assert [row["Order"] for row in rows] == made
    assert house.asked == [None, made[1], made[3], made[4]]


def failing(method, *, times):
    """Let a method fail so often, once it has answered once."""
    calls = []

    def called(*args, **options):
        calls.append(args)
        if 1 < len(calls) <= times + 1:
            raise UnavailableError
        return method(*args, **options)

    return called


@pytest.mark.parametrize("name", ["list_sales", "get_users"])
def test_a_file_goes_on_when_a_service_comes_back(
    house, world, buyer, seller, monkeypatch, name
):
    """Half a file would be of no use; of a service that stays away it is all."""
    monkeypatch.setattr(sales, "PAGE", 1)
    listing = world.sell("Many", 1, seller, quantity=9)
    made = [house.buy(buyer, listing)["id"] for _ in range(3)]
    service = world.orders if name == "list_sales" else world.auth
    method, path = getattr(house, name), f"/listings/{listing['id']}/orders.csv"
    setattr(service, name, failing(method, times=sales.TRIES - 1))
    assert [row["Order"] for row in rows_of(seller.get(path))] == made
    setattr(service, name, failing(method, times=sales.TRIES))
    with pytest.raises(UnavailableError):
        seller.get(path).get_data()


def test_the_file_of_passes_has_a_row_for_each_and_no_name(
    house, buyer, seller, listing, path
):
    order = house.buy(buyer, listing, quantity=2)
    house.passes[order["id"]][1] |= {
        "status": "admitted",
        "admittedAt": "2026-06-30T17:05:00.000Z",
        "door": "=North",
    }
    answer = seller.get(f"{path}/passes.csv")
    assert [list(row.values()) for row in rows_of(answer)] == [
        ["K7QM-4T9X-0000", "1", "valid", "", ""],
        ["K7QM-4T9X-0001", "2", "admitted", "2026-06-30 17:05:00", "'=North"],
    ]
    assert b"buyer@example.com" not in answer.get_data()


def test_the_file_of_passes_has_all_of_them(house, buyer, seller, listing, path):
    order = house.buy(buyer, listing, quantity=8)
    many = [{"id": f"{n:012}", "unit": str(n), "status": "valid"} for n in range(450)]
    house.passes[order["id"]] = many
    rows = rows_of(seller.get(f"{path}/passes.csv"))
    assert [row["Unit"] for row in rows] == [each["unit"] for each in many]


def test_files_are_in_the_language_of_who_loads_them(house, buyer, seller, listing):
    """Their headings, and what their lines tell, which are written later."""
    order = house.buy(buyer, listing)
    (german,) = rows_of(
        seller.get(f"/listings/{listing['id']}/orders.csv", accept_language="de")
    )
    assert (german["Bestellung"], german["Status"]) == (order["id"], "bezahlt")
    passes = seller.get(f"/listings/{listing['id']}/passes.csv", accept_language="de")
    assert "Eintrittskarte,Platz oder Nummer" in passes.get_data(as_text=True)
