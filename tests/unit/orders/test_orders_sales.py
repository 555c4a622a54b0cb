"""What sellers see of the orders for their listings, and do with them."""

from datetime import timedelta

import pytest
from unit_doubles import ANN, BOB, EVE, NOWHERE

from orders.models import Status
from ticketing.contract import PaymentCreated, PaymentRefunded
from ticketing.errors import NotFoundError, NotOwnerError
from ticketing.ids import new_id
from ticketing.layout import Layout
from ticketing.messages import Delivery

CANCELLED = "the seller cancelled the event"


@pytest.fixture
def ten(desk):
    return desk.sell(layout=Layout.of_quantity(10))


def buy(desk, ticket_id, quantity, user=BOB, *, paid=True):
    order = desk.rpc.create_order(user, ticket_id, quantity)
    if paid:
        desk.complete(order["id"])
    return order


def refund(desk, order, user=ANN, **more):
    return desk.site.post(f"/api/orders/{order['id']}/refund", more, user=user)


def money_went_back(desk, order, *units):
    payload = PaymentRefunded(
        id=new_id(),
        version=2,
        order_id=order["id"],
        stripe_id="pi_1",
        amount=1,
        reason="x",
        units=list(units),
    )
    desk.rpc.on_payment_refunded(Delivery(payload, ""))


def test_the_seller_has_a_whole_order_refunded(desk, ten):
    order = buy(desk, ten, 3)
    answer = refund(desk, order, reason="it rains")
    assert (answer.status, answer.json["id"]) == (200, order["id"])
    assert desk.payments.refunded == [(order["id"], "it rains")]


def test_the_seller_has_some_units_refunded_and_they_are_on_sale_again(desk, ten):
    order = buy(desk, ten, 10)
    first = order["units"][:2]
    assert refund(desk, order, units=first).status == 200
    reason = "the seller refunded it"
    assert desk.payments.refunded == [(order["id"], reason, first)]
    money_went_back(desk, order, *first)
    assert buy(desk, ten, 2, EVE)["units"] == first
    assert refund(desk, order, units=first).status == 200  # once more is no error


def test_refunds_are_the_sellers_business_alone(desk, ten):
    order = buy(desk, ten, 1)
    for user, status in ((None, 401), (BOB, 401), (EVE, 401)):
        assert refund(desk, order, user).status == status
    assert refund(desk, {"id": NOWHERE}).status == 404
    assert desk.payments.refunded == []


WRONG = [
    ({"units": []}, "units", "a list of 1"),
    ({"units": "1"}, "units", "a list of 1"),
    ({"units": ["99"]}, "units", "Not in this order: 99"),
    ({"units": ["1", "1"]}, "units", "1 stands twice"),
    ({"reason": "x" * 201}, "reason", "at most 200"),
]


@pytest.mark.parametrize(("body", "field", "words"), WRONG)
def test_what_cannot_be_refunded_is_refused_by_its_name(desk, ten, body, field, words):
    answer = refund(desk, buy(desk, ten, 1), **body)
    assert (answer.status, answer.fields) == (400, {field})
    assert words in answer.messages[0]


@pytest.mark.parametrize("end", ["open", "cancelled"])
def test_where_nothing_was_paid_nothing_is_refunded(desk, ten, end):
    order = buy(desk, ten, 1, paid=False)
    if end == "cancelled":
        desk.rpc.cancel_order(order["id"])
    assert refund(desk, order).messages == ["There is nothing to refund"]


def test_a_cancelled_listing_ends_its_orders_and_sends_the_money_back(desk, ten):
    paid, unpaid = buy(desk, ten, 2), buy(desk, ten, 3, EVE, paid=False)
    elsewhere = buy(desk, desk.ticket, 1)
    desk.tell(ten, cancelled=True)
    desk.rpc.wind_up()
    assert desk.rpc.get_order(unpaid["id"])["reason"] == "listing cancelled"
    assert desk.payments.refunded == [(paid["id"], CANCELLED)]
    money_went_back(desk, paid)
    assert desk.orders.holding(ten) == []
    assert desk.orders.get(elsewhere["id"]).status is Status.COMPLETE


def test_the_end_of_a_listing_goes_on_where_it_stopped(desk, ten):
    orders = [buy(desk, ten, 1) for _ in range(3)]
    desk.tell(ten, cancelled=True)
    desk.payments.away = True
    desk.rpc.wind_up()
    assert desk.payments.refunded == []
    desk.payments.away = False
    desk.rpc.wind_up()
    assert {each[0] for each in desk.payments.refunded} == {o["id"] for o in orders}


def test_a_listing_is_watched_until_no_late_order_can_come(desk, ten):
    buy(desk, ten, 1, paid=False)
    desk.tell(ten, cancelled=True)
    desk.rpc.wind_up()
    assert [ticket_id for ticket_id, _ in desk.orders.winding_up()] == [ten]
    desk.clock.now += timedelta(minutes=2)
    desk.rpc.wind_up()
    assert desk.orders.winding_up() == []


def test_a_payment_for_a_cancelled_listing_is_sent_back(desk, ten):
    """Even one that was on its way when the hold had already run out."""
    order = buy(desk, ten, 2, paid=False)
    desk.expire(order["id"])
    desk.tell(ten, cancelled=True)
    payload = PaymentCreated(
        id=new_id(), version=1, order_id=order["id"], stripe_id="pi", amount=3900
    )
    desk.rpc.on_payment_created(Delivery(payload, ""))
    assert desk.payments.refunded == [(order["id"], "the order was cancelled")]
    assert desk.orders.get(order["id"]).passes == ()


def test_the_figures_of_a_listing_are_told_to_its_seller(desk, ten):
    first, second = buy(desk, ten, 2), buy(desk, ten, 3, EVE)
    buy(desk, ten, 4, paid=False)
    desk.rpc.cancel_order(buy(desk, ten, 1, paid=False)["id"])
    held = desk.orders.get(first["id"]).passes[0]
    desk.rpc.admit_pass(held.id, ANN, "North", "scan-1")
    told = desk.rpc.get_sales(ten, ANN)
    points = told.pop("points")
    assert told == {
        "held": 4,
        "sold": 5,
        "orders": 2,
        "earned": 97.5,
        "currency": "usd",
        "admitted": 1,
    }
    assert points[-1]["sold"] == 5
    sold = [point["sold"] for point in points]
    assert sold == sorted(sold)
    listed = desk.rpc.list_sales(ten, ANN)
    assert [each["id"] for each in listed][:2] == [first["id"], second["id"]]
    assert listed[0]["passes"] == [p.id for p in desk.orders.get(first["id"]).passes]


@pytest.mark.parametrize(("currency", "earned"), [("gbp", 19.5), ("jpy", 1950)])
def test_what_is_earned_is_told_in_the_currency_of_the_listing(desk, currency, earned):
    ticket_id = desk.sell(layout=Layout.of_quantity(4), currency=currency)
    buy(desk, ticket_id, 1)
    told = desk.rpc.get_sales(ticket_id, ANN)
    assert (told["earned"], told["currency"]) == (earned, currency)


def test_a_listing_without_sales_has_no_points(desk, ten):
    desk.rpc.unit_states(ten)
    assert desk.rpc.get_sales(ten, ANN)["points"] == []


@pytest.mark.parametrize("call", ["get_sales", "list_sales"])
def test_figures_are_the_sellers_alone(desk, ten, call):
    desk.rpc.unit_states(ten)
    with pytest.raises(NotOwnerError):
        getattr(desk.rpc, call)(ten, BOB)
    with pytest.raises(NotFoundError):
        getattr(desk.rpc, call)(NOWHERE, ANN)
