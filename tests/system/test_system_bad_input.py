"""Values that no honest client sends: refused with the reason, and nothing breaks."""

import json

import pytest
from system_people import PASSWORD, new_email

ROUTES = [
    ("POST", "/api/users/signup"),
    ("POST", "/api/users/signin"),
    ("POST", "/api/tickets"),
    ("PUT", "/api/tickets/5f0000000000000000000000"),
    ("POST", "/api/orders"),
    ("POST", "/api/payments"),
]
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"1",
        b'{"a": 1, "a": 2}',
        b'{"email": "a@b.com", "email": "c@d.com", "title": 1, "title": 2}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"title": NaN}',
        b"\xff\xfe{}",
        b'\xef\xbb\xbf{"a": 1}',
        b"email=a%40b.com&password=longenough",
        b"1" * 100_000,
    ],
    ids=[
        "empty",
        "open",
        "list",
        "null",
        "text",
        "number",
        "twice",
        "twice2",
        "deep",
        "deeper",
        "nan",
        "bytes",
        "bom",
        "form",
        "digits",
    ],
)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_body_that_is_no_json_object_is_refused(seller, method, path, body):
    """400 on every route that takes a body."""
    response = seller.http.request(method, path, content=body, headers=JSON)
    assert response.status_code == 400, response.text
    assert response.json()["errors"]


TWICE = {
    "/api/users/signup": f'"email": "{new_email()}", "password": "{PASSWORD}"',
    "/api/tickets": '"title": "A seat", "price": 1',
    "/api/orders": '"ticketId": "{ticket}"',
}


@pytest.mark.parametrize("path", TWICE)
def test_a_key_that_stands_twice_is_refused(seller, buyer, path):
    """Two who read it could see two things; all else about the body is right."""
    fields = TWICE[path].replace("{ticket}", seller.sell()["id"])
    first = fields.partition(",")[0]
    twice = buyer.http.post(path, content=f"{{{first}, {fields}}}", headers=JSON)
    assert twice.status_code == 400, twice.text
    once = buyer.http.post(path, content=f"{{{fields}}}", headers=JSON)
    assert once.status_code == 201, once.text


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\0", "\ud800@b.com"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_half_characters_break_nothing(seller, method, path, text):
    """400, or 404 where it would have to be an id."""
    names = ("email", "password", "title", "ticketId", "orderId", "token")
    body = json.dumps(dict.fromkeys(names, text * 10) | {"price": 1, text: text})
    response = seller.http.request(method, path, content=body, headers=JSON)
    assert response.status_code in {400, 404}, response.text


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data; boundary=x"])
def test_a_form_is_no_json(seller, kind):
    """400: a form on another site could send these without being asked."""
    body = json.dumps({"title": "A seat", "price": 1})
    headers = {"Content-Type": kind}
    response = seller.http.post("/api/tickets", content=body, headers=headers)
    assert response.status_code == 400


CROSS_SITE = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
]


@pytest.mark.parametrize("headers", CROSS_SITE)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_another_site_cannot_act_in_a_visitors_name(seller, method, path, headers):
    """403 whatever the body, also with a session."""
    response = seller.http.request(method, path, json={}, headers=headers)
    assert response.status_code == 403
    assert response.json()["errors"]


def test_a_cross_site_sign_out_and_cancellation_do_nothing(seller, buyer):
    """403, and the session and the order stay."""
    order = buyer.reserve(seller.sell())
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert buyer.http.post("/api/users/signout", headers=headers).status_code == 403
    url = f"/api/orders/{order['id']}"
    assert buyer.http.delete(url, headers=headers).status_code == 403
    assert buyer.order(order) == order


def test_our_own_pages_and_programs_may_act(system, seller):
    """The same origin, a person's own address bar, and no browser at all."""
    for headers in (
        {"Sec-Fetch-Site": "same-origin", "Origin": system.url},
        {"Sec-Fetch-Site": "none"},
        {"Origin": system.url},
        {},
    ):
        body = {"title": "A seat", "price": 1}
        response = seller.http.post("/api/tickets", json=body, headers=headers)
        assert response.status_code == 201, response.text


def test_forged_forwarding_headers_change_nothing(system, seller):
    """Neither the site nor the address of the caller is what they say."""
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }
    evil = forged | {"Origin": "https://evil.example"}
    body = {"title": "A seat", "price": 1}
    assert seller.http.post("/api/tickets", json=body, headers=evil).status_code == 403
    own = forged | {"Origin": system.url}
    assert seller.http.post("/api/tickets", json=body, headers=own).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"email": {"$gt": ""}, "password": {"$gt": ""}},
        {"email": ["a@b.com"], "password": ["x"]},
        {"email.$gt": "", "password": PASSWORD},
        {"email": "a@b.com", "password": {"$regex": ".*"}},
        {"$where": "1", "email": "$ne", "password": PASSWORD},
    ],
)
def test_no_query_can_be_smuggled_in(anonymous, body):
    """400: values have the exact type that is asked for."""
    response = anonymous.post("/api/users/signin", json=body)
    assert response.status_code == 400, response.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/tickets/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/api/orders/%00",
        "/api/orders/%ff%fe",
        "/api/orders/" + "5" * 8000,
        "/api/orders/5f00000000000000000000zz",
        "/api/orders/5F0000000000000000000000",
        "/api/orders/$where",
    ],
)
def test_an_id_that_is_none_is_not_found(seller, path):
    """404 for whatever is there in its place."""
    assert seller.http.get(path).status_code == 404


def test_a_megabyte_of_password_is_refused(anonymous):
    """400 like any other that is too long."""
    body = {"email": "a@b.com", "password": "x" * 1_000_000}
    for path in ("/api/users/signup", "/api/users/signin"):
        assert anonymous.post(path, json=body).status_code == 400


@pytest.mark.parametrize("after", ["x", "$gt", "\0", "é", '{"$ne":1}', "f" * 3000])
def test_a_page_after_nothing_known_is_a_page(seller, after):
    """200 with a list, whatever stands there."""
    for path in ("/api/tickets", "/api/orders"):
        response = seller.http.get(path, params={"after": after})
        assert response.status_code == 200, response.text
        assert isinstance(response.json(), list)


def test_slow_clients_do_not_keep_others_waiting(slow, anonymous):
    """Everybody else is answered meanwhile, again and again."""
    for _ in range(50):
        assert anonymous.get("/api/tickets").status_code == 200
