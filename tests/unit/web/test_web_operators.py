"""Who sees the books: operators, and for everybody else there is no such page."""

import pytest
from web_books_house import BOSS, BooksHouse
from web_fakes import STAND_IN
from web_sales_house import SalesHouse

from web.operators import Operators

NAMED = " Boss@Example.com,, second@example.com ,"


@pytest.fixture
def world(make_shop):
    shop = make_shop(STAND_IN | {"OPERATORS": NAMED})
    SalesHouse(shop)
    return shop


@pytest.fixture
def house(world):
    return BooksHouse(world)


@pytest.fixture
def ways(house, order):
    """Every address of the operator's pages, with what is sent there."""
    house.find("paid twice")
    refund = f"/operator/orders/{order['id']}/refund"
    return (
        ("get", "/operator"),
        ("get", "/operator/reconcile"),
        ("get", "/operator/dismiss"),
        ("post", "/operator/reconcile"),
        ("post", "/operator/dismiss", {"finding": "paid twice:5e"}),
        ("get", refund),
        ("post", refund, {"unit": "1"}),
    )


def ask(visitor, way, *args):
    return getattr(visitor, way)(*args)


def test_for_others_there_is_no_such_page(world, house, ways, order, other, buyer):
    """Not even for the buyer of an order, nor its seller; and nothing is done."""
    nothing = other.get("/something-else").get_data(as_text=True)
    nothing = nothing.partition("</main>")[0]
    for visitor in (other, buyer):
        for way in ways:
            answer = ask(visitor, *way)
            assert answer.status_code == 404
            html = answer.get_data(as_text=True).partition("</main>")[0]
            assert "Opera" not in html
            assert "Stripe" not in html
            if visitor is other:
                assert html.partition("<h1>")[2] == nothing.partition("<h1>")[2]
    assert (house.compared, len(house.found), house.refunds) == (0, 1, [])


def test_who_has_not_signed_in_is_asked_to(world, house, ways):
    for way in ways:
        answer = ask(world.visitor(), *way)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/auth/signin")
    assert (house.compared, len(house.found), house.refunds) == (0, 1, [])


@pytest.mark.parametrize("email", [BOSS, "second@example.com"])
def test_operators_find_the_books_in_the_navigation(world, house, email):
    boss = world.visitor(email)
    for path in ("/", "/orders", "/operator", "/none"):
        html = boss.get(path).get_data(as_text=True)
        assert 'href="/operator"' in html
    assert boss.get("/operator").status_code == 200


def test_nobody_else_finds_them(world, house, other):
    for visitor in (other, world.visitor()):
        for path in ("/", "/orders", "/none"):
            assert "/operator" not in visitor.get(path).get_data(as_text=True)


@pytest.mark.parametrize("command", ["reconcile", "dismiss"])
def test_who_has_to_sign_in_again_is_led_back_to_the_books(world, house, command):
    """What was asked for without a session is not done, and asked for again."""
    answer = world.visitor().post(f"/operator/{command}")
    assert answer.headers["Location"].endswith(f"next=%2Foperator%2F{command}")
    answer = world.visitor(BOSS).get(f"/operator/{command}")
    assert answer.headers["Location"] == "/operator"
    assert not house.compared


def test_no_other_site_may_act_in_an_operators_name(world, house, ways):
    boss = world.visitor(BOSS)
    for way, *rest in ways:
        if way == "post":
            answer = boss.post(*rest, sec_fetch_site="cross-site")
            assert answer.status_code == 403
    assert (house.compared, len(house.found), house.refunds) == (0, 1, [])


@pytest.mark.parametrize("named", ["", " ", ",", " , ,"])
def test_without_names_there_are_no_operators(make_shop, named):
    """An account without an address would be none either."""
    shop = make_shop(STAND_IN | {"OPERATORS": named})
    visitor = shop.visitor(BOSS)
    assert visitor.get("/operator").status_code == 404
    session = shop.keys.verify(visitor.token)
    assert not Operators({"OPERATORS": named}).has(session)
    assert not Operators({}).has(session)
    assert not Operators({"OPERATORS": BOSS}).has(None)


@pytest.mark.parametrize(
    "email", ["boss@example.co", "oss@example.com", "boss@example.com.evil.test"]
)
def test_an_address_that_is_much_alike_is_another_one(world, house, email):
    assert world.visitor(email).get("/operator").status_code == 404
