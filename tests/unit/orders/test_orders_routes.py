"""The orders service over HTTP, as its contract says."""

from urllib.parse import quote

import pytest
from unit_doubles import ANN, BOB, EVE, NO_IDS, NOWHERE

from tickets import models as tickets
from tickets.models import Share

IN_A_PATH = [quote(value, safe="") for value in NO_IDS if value]
RESERVED = "Ticket is already reserved"


def reserve(desk, user=BOB, ticket=None, **headers):
    body = {"ticketId": ticket or desk.ticket}
    return desk.site.post("/api/orders", body, user=user, **headers)


@pytest.fixture
def order(desk):
    return reserve(desk).json


def complete(desk, order):
    desk.complete(order["id"])


def test_a_ticket_is_reserved_for_fifteen_minutes(desk):
    answer = reserve(desk)
    assert answer.status == 201
    assert answer.json == {
        "id": answer.json["id"],
        "userId": BOB,
        "status": "created",
        "expiresAt": "2026-01-31T12:15:00.000Z",
        "version": 0,
        "ticket": {"id": desk.ticket, "title": "Row 3", "price": 19.5},
        "quantity": 1,
        "units": ["1"],
        "total": 19.5,
        "currency": "usd",
    }
    assert [event.subject for event in desk.orders.events] == ["order.created"]


def test_a_ticket_is_reserved_once(desk, order):
    for buyer in (EVE, BOB):
        answer = reserve(desk, buyer)
        assert (answer.status, answer.messages) == (400, [RESERVED])
    assert len(desk.orders.events) == 1


def test_nobody_chooses_a_price_owner_status_or_end(desk):
    forged = {
        "ticketId": desk.ticket,
        "userId": EVE,
        "price": 1,
        "status": "complete",
        "expiresAt": "2099-01-01T00:00:00.000Z",
        "version": 9,
        "units": [],
    }
    answer = desk.site.post("/api/orders", forged, user=BOB)
    assert answer.json["userId"] == BOB
    assert answer.json["status"] == "created"
    assert answer.json["ticket"]["price"] == 19.5
    assert answer.json["expiresAt"] == "2026-01-31T12:15:00.000Z"
    assert reserve(desk, EVE).status == 400


def test_the_price_stays_that_of_the_reservation(desk, order):
    copy = {"title": "Row 9", "price": 5, "userId": ANN}
    desk.orders.tickets.put(desk.ticket, 7, copy)
    shown = desk.site.get(f"/api/orders/{order['id']}", user=BOB).json
    assert shown["ticket"] == order["ticket"]


@pytest.mark.parametrize("body", [{}, {"ticketId": None}, {"ticketId": {"$gt": ""}}])
def test_a_reservation_names_its_ticket(desk, body):
    answer = desk.site.post("/api/orders", body, user=BOB)
    assert (answer.status, answer.fields) == (400, {"ticketId"})
    assert answer.messages == ["TicketId must be provided"]


@pytest.mark.parametrize("ticket_id", [NOWHERE, *NO_IDS])
def test_a_ticket_that_is_not_there_is_not_found(desk, ticket_id):
    answer = desk.site.post("/api/orders", {"ticketId": ticket_id}, user=BOB)
    assert (answer.status, answer.messages) == (404, ["Not found"])


def test_a_ticket_that_was_not_heard_of_yet_is_asked_for(desk):
    assert reserve(desk).status == 201
    assert desk.tickets_rpc.asked == [desk.ticket]
    reserve(desk, EVE)
    assert desk.tickets_rpc.asked == [desk.ticket]


def test_a_known_ticket_is_reserved_while_the_tickets_are_away(desk, order):
    desk.site.delete(f"/api/orders/{order['id']}", user=BOB)
    desk.tickets_rpc.away = True
    assert reserve(desk).status == 201
    assert reserve(desk, ticket=desk.sell()).status == 503


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/orders"),
        ("POST", "/api/orders"),
        ("GET", f"/api/orders/{NOWHERE}"),
        ("DELETE", f"/api/orders/{NOWHERE}"),
    ],
)
def test_every_route_takes_a_session(desk, method, path):
    answer = desk.site.ask(method, path, b"not json" if method == "POST" else None)
    assert (answer.status, answer.messages) == (401, ["Not authorized"])


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_anothers_order_is_out_of_reach(desk, order, method):
    for stranger in (EVE, ANN):  # Ann is the seller
        answer = desk.site.ask(method, f"/api/orders/{order['id']}", user=stranger)
        assert (answer.status, answer.messages) == (401, ["Not authorized"])
    assert desk.orders.get(order["id"]).version == 0


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("order_id", [NOWHERE, "..", *IN_A_PATH])
def test_an_order_that_is_not_there_is_not_found(desk, method, order_id):
    answer = desk.site.ask(method, f"/api/orders/{order_id}", user=BOB)
    assert (answer.status, answer.messages) == (404, ["Not found"])


def test_ones_own_order_is_shown(desk, order):
    assert desk.site.get(f"/api/orders/{order['id']}", user=BOB).json == order


def test_a_buyer_gives_an_order_up_and_the_ticket_is_free(desk, order):
    answer = desk.site.delete(f"/api/orders/{order['id']}", user=BOB)
    assert (answer.status, answer.body) == (204, b"")
    assert desk.orders.get(order["id"]).status == "cancelled"
    assert reserve(desk, EVE).status == 201


def test_giving_up_twice_is_giving_up_once(desk, order):
    for _ in range(2):
        assert desk.site.delete(f"/api/orders/{order['id']}", user=BOB).status == 204
    assert desk.orders.get(order["id"]).version == 1


def test_a_complete_order_is_not_given_up(desk, order):
    complete(desk, order)
    answer = desk.site.delete(f"/api/orders/{order['id']}", user=BOB)
    assert (answer.status, answer.messages) == (400, ["Cannot cancel a complete order"])


def test_a_list_shows_ones_own_orders_oldest_first(desk, order):
    second = reserve(desk, ticket=desk.sell()).json
    reserve(desk, EVE, desk.sell())
    listed = desk.site.get("/api/orders", user=BOB).json
    assert listed == [order, second]
    turned = desk.site.get("/api/orders?order=desc", user=BOB).json
    assert turned == [second, order]


def test_a_list_is_read_page_by_page(desk, order):
    second = reserve(desk, ticket=desk.sell()).json
    first_page = desk.site.get("/api/orders?limit=1", user=BOB).json
    rest = desk.site.get(f"/api/orders?after={order['id']}", user=BOB).json
    assert (first_page, rest) == ([order], [second])
    assert desk.site.get("/api/orders?limit=201", user=BOB).fields == {"limit"}


def test_the_same_request_again_is_one_order_and_one_answer(desk):
    answers = [reserve(desk, Idempotency_Key="k1") for _ in range(3)]
    assert {(answer.status, answer.body) for answer in answers} == {
        (201, answers[0].body)
    }
    assert len(desk.orders.events) == 1


@pytest.mark.parametrize("later", ["complete", "cancel"])
def test_the_same_request_gets_the_same_answer_whatever_came_of_it(desk, later):
    first = reserve(desk, Idempotency_Key="k1")
    if later == "complete":
        complete(desk, first.json)
    else:
        desk.site.delete(f"/api/orders/{first.json['id']}", user=BOB)
    assert reserve(desk, Idempotency_Key="k1").body == first.body
    assert len(desk.orders.events) == 2


def test_the_same_key_for_another_ticket_is_refused(desk):
    reserve(desk, Idempotency_Key="k1")
    answer = reserve(desk, ticket=desk.sell(), Idempotency_Key="k1")
    assert answer.status == 422
    assert len(desk.orders.events) == 1


def test_a_key_is_its_users_own(desk):
    reserve(desk, Idempotency_Key="k1")
    other = reserve(desk, EVE, desk.sell(), Idempotency_Key="k1")
    assert other.json["userId"] == EVE


def test_another_key_is_another_request(desk):
    reserve(desk, Idempotency_Key="k1")
    answer = reserve(desk, Idempotency_Key="k2")
    assert (answer.status, answer.messages) == (400, [RESERVED])


def test_a_key_of_another_kind_is_refused(desk):
    assert reserve(desk, Idempotency_Key="x" * 256).status == 400
    assert desk.orders.events == []


def test_a_seller_may_buy_and_a_reserved_ticket_may_not_be_edited(desk):
    """Reserving is the index's business alone; the ticket hears of it later."""
    assert reserve(desk, ANN).status == 201
    assert desk.tickets.get(desk.ticket).held == 0
    heard = {NOWHERE: Share(0, 1)}
    desk.tickets.change(desk.ticket, lambda t: tickets.follow(t, heard, {}))
    assert reserve(desk, BOB).messages == [RESERVED]
