"""Orders over HTTP: made, shown, listed and cancelled."""

from datetime import UTC, datetime, timedelta

import pytest
from system_control import eventually
from system_people import message_of

NO_ID = "5f0000000000000000000000"


def test_an_order_has_the_shape_of_the_contract(seller, buyer):
    """201; it holds the ticket for fifteen minutes at the price of this moment."""
    ticket = seller.sell(price=12.5)
    before = datetime.now(UTC)
    response = buyer.ask_for(ticket)
    order = response.json()
    assert response.status_code == 201
    assert order == {
        "id": order["id"],
        "userId": buyer.id,
        "status": "created",
        "expiresAt": order["expiresAt"],
        "version": 0,
        "ticket": {"id": ticket["id"], "title": ticket["title"], "price": 12.5},
        "quantity": 1,
        "units": ["1"],
        "total": 12.5,
        "currency": "usd",
    }
    assert order["expiresAt"].endswith("Z")
    hold = datetime.fromisoformat(order["expiresAt"]) - before
    assert timedelta(minutes=15) - timedelta(milliseconds=2) <= hold
    assert hold < timedelta(minutes=16)
    assert buyer.order(order) == order


def test_a_ticket_is_reserved_once(seller, buyer, other):
    """400 for the next, and for the same buyer, too."""
    ticket = seller.sell()
    order = buyer.reserve(ticket)
    for person in (other, buyer, seller):
        refused = person.ask_for(ticket)
        assert refused.status_code == 400
        assert message_of(refused) == "Ticket is already reserved"
    assert buyer.order(order)["status"] == "created"


def test_the_price_stays_the_price_of_the_reservation(seller, buyer, other):
    """A later edit is for later buyers."""
    ticket = seller.sell(price=10)
    order = buyer.reserve(ticket)
    assert buyer.cancel(order).status_code == 204
    seller.until_free(ticket)
    body = {"title": "Dearer", "price": 99}
    url = f"/api/tickets/{ticket['id']}"
    eventually(lambda: seller.http.put(url, json=body).status_code == 200)
    assert buyer.order(order)["ticket"]["price"] == 10

    def dearer():
        later = other.ask_for(ticket).json()
        if later.get("ticket", {}).get("price") == 99:
            return later
        other.cancel(later)
        return None

    later = eventually(dearer)
    assert later["ticket"] == {"id": ticket["id"], "title": "Dearer", "price": 99}


@pytest.mark.parametrize(
    "body",
    [{}, {"ticketId": None}, {"ticketId": 5}, {"ticketId": {"$ne": ""}}, {"x.y": 1}],
)
def test_an_order_needs_a_ticket_id(buyer, body):
    """400 naming the field."""
    response = buyer.http.post("/api/orders", json=body)
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["ticketId"]


@pytest.mark.parametrize("ticket_id", [NO_ID, "x", "../x", "", "x" * 9000])
def test_what_is_no_ticket_cannot_be_ordered(buyer, ticket_id):
    """404."""
    response = buyer.http.post("/api/orders", json={"ticketId": ticket_id})
    assert response.status_code == 404, response.text


def test_what_the_body_says_beyond_the_ticket_is_ignored(seller, buyer, other):
    """Nobody orders in another's name, at another price or already paid."""
    ticket = seller.sell()
    body = {"ticketId": ticket["id"], "userId": other.id, "status": "complete"}
    body |= {"version": 7, "price": 1, "expiresAt": "2099-01-01T00:00:00.000Z"}
    order = buyer.http.post("/api/orders", json=body).json()
    assert (order["userId"], order["status"]) == (buyer.id, "created")
    assert (order["version"], order["ticket"]["price"]) == (0, 20)
    assert order["expiresAt"] < "2099"


def test_a_cancelled_order_frees_its_ticket(seller, buyer, other):
    """204, again 204, and anybody may have the ticket."""
    ticket = seller.sell()
    order = buyer.reserve(ticket)
    for _ in range(2):
        response = buyer.cancel(order)
        assert (response.status_code, response.content) == (204, b"")
    cancelled = buyer.order(order)
    assert (cancelled["status"], cancelled["version"]) == ("cancelled", 1)
    taken = other.reserve(ticket)
    assert other.until_held(ticket, taken)["orderId"] == taken["id"]


def test_a_complete_order_cannot_be_cancelled(seller, buyer):
    """400; a refund is another thing."""
    order = buyer.buy(seller.sell())
    response = buyer.cancel(order)
    assert response.status_code == 400
    assert message_of(response) == "Cannot cancel a complete order"
    assert buyer.order(order)["status"] == "complete"


def test_an_order_is_checked_in_order(seller, buyer, other, anonymous):
    """No session, then no such order, then somebody else's."""
    order = buyer.reserve(seller.sell())
    own, nowhere = f"/api/orders/{order['id']}", f"/api/orders/{NO_ID}"
    for method in ("GET", "DELETE"):
        assert anonymous.request(method, nowhere).status_code == 401
        assert anonymous.request(method, own).status_code == 401
        assert other.http.request(method, nowhere).status_code == 404
        assert other.http.request(method, f"{own}0").status_code == 404
        assert other.http.request(method, own).status_code == 401
        assert seller.http.request(method, own).status_code == 401
    assert anonymous.post("/api/orders", json={}).status_code == 401
    assert buyer.order(order) == order


def test_one_sees_all_of_ones_own_orders(seller, buyer, other):
    """Oldest first, each with its ticket, a page at a time; nobody else's."""
    made = [buyer.reserve(seller.sell(title=f"Row {n}")) for n in range(4)]
    other.reserve(seller.sell())

    def page(**query):
        return buyer.http.get("/api/orders", params=query).json()

    assert page() == made
    assert page(order="desc") == made[::-1]
    assert page(limit=2) == made[:2]
    assert page(limit=2, after=made[1]["id"]) == made[2:]
    assert page(limit=1, order="desc", after=made[1]["id"]) == made[:1]
    refused = buyer.http.get("/api/orders?limit=x&order=y")
    assert refused.status_code == 400
    assert {e["field"] for e in refused.json()["errors"]} == {"limit", "order"}
