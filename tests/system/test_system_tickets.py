"""Tickets over HTTP: listed, shown, made and edited."""

import secrets

import pytest
from system_people import message_of

WRONG = [
    ({}, {"title", "price"}),
    ({"title": "  ", "price": 0}, {"title", "price"}),
    ({"title": "x" * 201, "price": -1}, {"title", "price"}),
    ({"title": "A\0seat", "price": 0.001}, {"title", "price"}),
    ({"title": {"$gt": ""}, "price": "10"}, {"title", "price"}),
    ({"title": 7, "price": 1_000_000}, {"title", "price"}),
    ({"title": None, "price": None}, {"title", "price"}),
    ({"title": ["A seat"], "price": True}, {"title", "price"}),
    ({"title": "A seat", "price": 2**63}, {"price"}),
    ({"title": "A seat", "price": 10.005}, {"price"}),
    ({"title": "A seat", "price": 999_999.991}, {"price"}),
]
NO_ID = "5f0000000000000000000000"


def fields_of(response):
    return {error["field"] for error in response.json()["errors"]}


def put(person, ticket, title="Another", price=30):
    body = {"title": title, "price": price}
    return person.http.put(f"/api/tickets/{ticket['id']}", json=body)


def test_a_ticket_has_the_shape_of_the_contract(seller, anonymous):
    """201; everybody may see it, and it is on the list."""
    body = {"title": "  Row 1  ", "price": 19.9, "userId": NO_ID, "version": 9}
    response = seller.http.post("/api/tickets", json=body)
    ticket = response.json()
    assert response.status_code == 201
    assert ticket == {
        "id": ticket["id"],
        "title": "Row 1",
        "price": 19.9,
        "currency": "usd",
        "userId": seller.id,
        "version": 0,
        "quantity": 1,
        "available": 1,
        "held": 0,
        "sold": 0,
        "maxPerOrder": 10,
        "seated": False,
    }
    assert anonymous.get(f"/api/tickets/{ticket['id']}").json() == ticket
    assert ticket in anonymous.get("/api/tickets?order=desc").json()


@pytest.mark.parametrize("price", [0.01, 1, 10.5, 19.99, 999_999.99])
def test_a_price_comes_back_to_the_cent(seller, price):
    """A JSON number in dollars, from a cent to just below a million."""
    ticket = seller.sell(price=price)
    assert seller.ticket(ticket)["price"] == price


@pytest.mark.parametrize(("body", "fields"), WRONG)
def test_a_new_ticket_names_every_wrong_field(seller, body, fields):
    """400, all of them at once."""
    response = seller.http.post("/api/tickets", json=body)
    assert response.status_code == 400, response.text
    assert fields_of(response) == fields


@pytest.mark.parametrize(
    "price", ["NaN", "Infinity", "-Infinity", "1e309", "1" * 5000, "1e-400", "01", "1."]
)
def test_a_price_is_a_plain_number(seller, price):
    """400 for what only some parsers take for one, and nothing breaks."""
    body = f'{{"title": "A seat", "price": {price}}}'
    headers = {"Content-Type": "application/json"}
    response = seller.http.post("/api/tickets", content=body, headers=headers)
    assert response.status_code == 400, response.text


def test_more_decimals_than_any_computer_keeps_are_too_many(seller):
    """A price is not rounded to one that would do."""
    body = f'{{"title": "A seat", "price": 1.{"0" * 60}1}}'
    response = seller.http.post("/api/tickets", content=body)
    assert response.status_code == 400, response.text


def test_a_title_comes_back_as_it_was(seller):
    """Markup, templates and any language are text; only the ends are trimmed."""
    title = "<script>alert(1)</script> {{7*7}} $where Ω 🎟 \u202e"
    ticket = seller.sell(title=title)
    assert seller.ticket(ticket)["title"] == title.strip()


def test_the_seller_changes_what_is_offered(seller):
    """200, and the version counts the change."""
    ticket = seller.sell()
    response = put(seller, ticket, title="Row 2", price=25)
    changed = ticket | {"title": "Row 2", "price": 25, "version": 1}
    assert (response.status_code, response.json()) == (200, changed)
    assert seller.ticket(ticket) == changed


@pytest.mark.parametrize(("body", "fields"), WRONG)
def test_an_edit_names_every_wrong_field(seller, body, fields):
    """400, and the ticket stays as it is."""
    ticket = seller.sell()
    response = seller.http.put(f"/api/tickets/{ticket['id']}", json=body)
    assert response.status_code == 400, response.text
    assert fields_of(response) == fields
    assert seller.ticket(ticket) == ticket


def test_an_edit_is_checked_in_its_own_order(seller, buyer, other, anonymous):
    """No session, the body, the ticket, its reservation, its owner."""
    ticket = seller.sell()
    url, nowhere = f"/api/tickets/{ticket['id']}", f"/api/tickets/{NO_ID}"
    good = {"title": "Mine now", "price": 1}
    assert anonymous.put(nowhere, json={}).status_code == 401
    assert other.http.put(nowhere, json={}).status_code == 400
    assert other.http.put(nowhere, json=good).status_code == 404
    assert other.http.put(url, json=good).status_code == 401
    buyer.until_held(ticket, buyer.reserve(ticket))
    for person in (other, seller):
        refused = put(person, ticket)
        assert refused.status_code == 400
        assert message_of(refused) == "Cannot edit a reserved ticket"
    assert other.http.put(url, json={}).status_code == 400


def test_a_reserved_ticket_is_off_the_list(seller, buyer, anonymous):
    """It can be seen, with the order that holds it, but not found for buying."""
    ticket = seller.sell()
    held = buyer.until_held(ticket, buyer.reserve(ticket))
    assert held["version"] == 1
    listed = anonymous.get("/api/tickets?order=desc&limit=200").json()
    assert ticket["id"] not in {each["id"] for each in listed}


def test_the_list_comes_in_pages(seller, anonymous):
    """Oldest first, `after` a ticket, `order=desc` turns it round."""
    made = [seller.sell(title=f"Row {number}")["id"] for number in range(5)]

    def page(**query):
        answer = anonymous.get("/api/tickets", params=query)
        return [ticket["id"] for ticket in answer.json()]

    assert page(after=made[0], limit=2) == made[1:3]
    assert page(after=made[2], limit=200)[:2] == made[3:]
    assert page(order="desc", limit=3) == made[:1:-1]
    assert page(order="desc", limit=2, after=made[2]) == made[1::-1]
    assert page(after="f" * 24) == []


def test_a_page_has_fifty_unless_asked(systems, seller, anonymous):
    """At most 200 when asked."""
    for number in range(51):
        seller.sell(title=f"Standing {number}")
    assert len(anonymous.get("/api/tickets").json()) == 50
    assert len(anonymous.get("/api/tickets?limit=51").json()) == 51


@pytest.mark.parametrize(
    "limit", ["0", "-1", "201", "x", "", "1.5", "1e1", "0000000001000", "9" * 30]
)
def test_a_page_that_cannot_be_is_refused(anonymous, limit):
    """400 naming each parameter."""
    response = anonymous.get("/api/tickets", params={"limit": limit, "order": "up"})
    assert response.status_code == 400, response.text
    assert fields_of(response) == {"limit", "order"}


def test_a_search_finds_by_words_and_days_what_can_be_bought_when(seller, anonymous):
    """Beginnings of words, in whatever case; from a day on, to its end."""
    word = f"x{secrets.token_hex(10)}"
    event = {"name": f"Über {word}", "startsAt": "2099-06-01T23:30:00Z"}
    now = seller.sell(title="Row 1", event=event)["id"]
    later = seller.sell(title=word, onSaleAt="2099-01-01T00:00:00Z")["id"]
    gone = seller.sell(title=word)["id"]
    seller.http.delete(f"/api/tickets/{gone}")

    def found(text=word, **query):
        answer = anonymous.get("/api/tickets", params={"text": text, **query})
        return [ticket["id"] for ticket in answer.json()]

    assert found() == found(f"{word.upper()} row") == found(word[:15]) == [now]
    assert found(f"üb {word}") == [now]
    assert found(f"ber {word}") == found(f"{word}0") == found(f"{word}.z") == []
    assert found(availability="upcoming") == [later]
    assert found(availability="all") == [now, later]
    assert found(**{"from": "2099-06-01", "to": "2099-06-01"}) == [now]
    assert found(**{"from": "2099-06-02"}) == found(to="2099-05-31") == []
    assert found(to="2099-06-01T23:29:59Z") == []


def test_a_search_that_cannot_be_is_refused(anonymous):
    """400 naming each parameter."""
    wrong = {"text": "x" * 101, "from": "soon", "to": "2099-13-01", "availability": "x"}
    response = anonymous.get("/api/tickets", params=wrong)
    assert response.status_code == 400, response.text
    assert fields_of(response) == set(wrong)


@pytest.mark.parametrize(
    "name",
    [NO_ID, "x", "..%2Fx", "5F0000000000000000000000", "0" * 7000, "%00", "$ne", "%ff"],
)
def test_what_is_no_ticket_is_not_found(anonymous, name):
    """404 in the shape of every error, whatever the id looks like."""
    response = anonymous.get(f"/api/tickets/{name}")
    assert response.status_code == 404
    assert response.json() == {"errors": [{"message": "Not found"}]}
