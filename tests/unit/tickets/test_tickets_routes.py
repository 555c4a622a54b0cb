"""The tickets service over HTTP, as its contract says."""

from urllib.parse import quote

import pytest
from unit_doubles import ANN, BOB, NO_IDS, NOWHERE, ORDER

from tickets import models
from tickets.models import Share

OFFER = {"title": "Row 3", "price": 19.5}
PRICE = "Price must be above 0 and at most 999999.99, with at most two decimals"
TITLE = "Title must have 1 to 200 characters"


@pytest.fixture
def ticket(shop):
    return shop.site.post("/api/tickets", OFFER, user=ANN).json


def hold(shop, ticket):
    shop.tickets.change(
        ticket["id"], lambda t: models.follow(t, {ORDER: Share(0, 1)}, {})
    )


def test_a_ticket_is_listed_for_its_seller(shop):
    answer = shop.site.post("/api/tickets", OFFER, user=ANN)
    assert answer.status == 201
    assert answer.json == {
        "id": answer.json["id"],
        "title": "Row 3",
        "price": 19.5,
        "currency": "usd",
        "userId": ANN,
        "version": 0,
        "quantity": 1,
        "available": 1,
        "held": 0,
        "sold": 0,
        "maxPerOrder": 10,
        "seated": False,
    }
    assert [event.subject for event in shop.tickets.events] == ["ticket.created"]


def test_nobody_chooses_an_owner_id_or_version(shop):
    forged = OFFER | {"userId": BOB, "id": NOWHERE, "version": 9, "orderId": ORDER}
    ticket = shop.site.post("/api/tickets", forged, user=ANN).json
    assert (ticket["userId"], ticket["version"]) == (ANN, 0)
    assert ticket["id"] != NOWHERE
    assert "orderId" not in ticket


@pytest.mark.parametrize("title", ["x", "x" * 200, "<script>", "{{7*7}}", "🎟️"])
def test_a_title_is_text(shop, title):
    answer = shop.site.post("/api/tickets", OFFER | {"title": f"  {title} "}, user=ANN)
    assert (answer.status, answer.json["title"]) == (201, title)


@pytest.mark.parametrize(
    "title", ["", "   ", "x" * 201, "x" * 10_000, "a\0b", "\ud800", 5, None, ["x"]]
)
def test_what_is_no_title_is_refused(shop, title):
    answer = shop.site.post("/api/tickets", OFFER | {"title": title}, user=ANN)
    assert (answer.status, answer.messages) == (400, [TITLE])
    assert answer.fields == {"title"}
    assert shop.tickets.events == []


BAD_PRICES = ["-1", "0", "1e309", '"10"', "0.001", str(2**63), "true", "null", "[1]"]


@pytest.mark.parametrize("price", BAD_PRICES)
def test_what_is_no_price_is_refused(shop, price):
    body = b'{"title": "x", "price": %b}' % price.encode()
    answer = shop.site.post("/api/tickets", body, user=ANN)
    assert (answer.status, answer.messages) == (400, [PRICE])
    assert answer.fields == {"price"}


@pytest.mark.parametrize("price", ["NaN", "Infinity", "1e99999999999999999999"])
def test_a_price_that_is_no_json_is_refused(shop, price):
    body = b'{"title": "x", "price": %b}' % price.encode()
    assert shop.site.post("/api/tickets", body, user=ANN).status == 400


@pytest.mark.parametrize(
    ("price", "shown"),
    [("0.01", 0.01), ("999999.99", 999999.99), ("20.00", 20), ("1e2", 100)],
)
def test_a_price_is_shown_as_it_was_given(shop, price, shown):
    body = b'{"title": "x", "price": %b}' % price.encode()
    assert shop.site.post("/api/tickets", body, user=ANN).json["price"] == shown


def test_both_wrong_fields_are_named_at_once(shop):
    answer = shop.site.post("/api/tickets", {"price": -1}, user=ANN)
    assert answer.fields == {"title", "price"}


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_selling_takes_a_session(shop, ticket, method):
    path = "/api/tickets" + (f"/{ticket['id']}" if method == "PUT" else "")
    for body in (OFFER, {}, b"not json"):
        answer = shop.site.ask(method, path, body)
        assert (answer.status, answer.messages) == (401, ["Not authorized"])


def test_its_seller_edits_a_ticket(shop, ticket):
    path = f"/api/tickets/{ticket['id']}"
    answer = shop.site.put(path, {"title": "Row 4", "price": 5}, user=ANN)
    assert answer.status == 200
    changes = {"title": "Row 4", "price": 5, "version": 1}
    assert answer.json == ticket | changes


def test_an_edit_is_checked_in_the_order_of_the_contract(shop, ticket):
    """401 no session, 400 body, 404, 400 reserved, 401 not the owner."""
    path, nowhere = f"/api/tickets/{ticket['id']}", f"/api/tickets/{NOWHERE}"
    bad = {"title": "", "price": 5}
    assert shop.site.put(nowhere, bad).status == 401
    assert shop.site.put(nowhere, bad, user=BOB).status == 400
    assert shop.site.put(nowhere, OFFER, user=BOB).status == 404
    assert shop.site.put(path, OFFER, user=BOB).status == 401
    hold(shop, ticket)
    answer = shop.site.put(path, OFFER, user=BOB)
    assert (answer.status, answer.messages) == (400, ["Cannot edit a reserved ticket"])
    assert shop.tickets.get(ticket["id"]).offer.title == "Row 3"


def test_a_ticket_is_shown_to_everyone(shop, ticket):
    assert shop.site.get(f"/api/tickets/{ticket['id']}").json == ticket


IN_A_PATH = [quote(value, safe="") for value in NO_IDS if value]


@pytest.mark.parametrize("ticket_id", [NOWHERE, "..", *IN_A_PATH])
def test_a_ticket_that_is_not_there_is_not_found(shop, ticket_id):
    answer = shop.site.get(f"/api/tickets/{ticket_id}")
    assert (answer.status, answer.messages) == (404, ["Not found"])


def test_the_list_shows_what_can_be_bought(shop, ticket):
    assert shop.site.get("/api/tickets").json == [ticket]
    hold(shop, ticket)
    assert shop.site.get("/api/tickets").json == []


def test_the_list_is_read_page_by_page(shop):
    made = [shop.site.post("/api/tickets", OFFER, user=ANN).json["id"] for _ in "abc"]
    first = shop.site.get("/api/tickets?limit=2").json
    rest = shop.site.get(f"/api/tickets?limit=2&after={first[-1]['id']}").json
    assert [ticket["id"] for ticket in first + rest] == made
    turned = shop.site.get("/api/tickets?order=desc&limit=2").json
    assert [ticket["id"] for ticket in turned] == made[:0:-1]


def test_a_page_that_cannot_be_is_refused(shop):
    answer = shop.site.get("/api/tickets?limit=0&order=up")
    assert (answer.status, answer.fields) == (400, {"limit", "order"})


def test_a_page_has_an_etag(shop, ticket):
    etag = shop.site.get("/api/tickets").headers["ETag"]
    assert shop.site.get("/api/tickets", If_None_Match=etag).status == 304
    hold(shop, ticket)
    assert shop.site.get("/api/tickets", If_None_Match=etag).status == 200
