"""What holds on every route: methods, health, conditional answers, headers."""

import socket
import threading

import pytest
from system_control import eventually
from system_people import Person

from ticketing.ids import new_id


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/users/signup", {"POST"}),
        ("/api/users/currentuser", {"GET", "HEAD"}),
        ("/api/tickets", {"GET", "HEAD", "POST"}),
        ("/api/tickets/x", {"GET", "HEAD", "PUT", "DELETE"}),
        ("/api/tickets/x/seats", {"GET", "HEAD"}),
        ("/api/orders", {"GET", "HEAD", "POST"}),
        ("/api/orders/x", {"GET", "HEAD", "DELETE"}),
        ("/api/orders/x/passes", {"GET", "HEAD"}),
        ("/api/orders/x/refund", {"POST"}),
        ("/api/passes", {"GET", "HEAD"}),
        ("/api/passes/keys", {"GET", "HEAD"}),
        ("/api/passes/x/admit", {"POST"}),
        ("/api/payments", {"POST"}),
        ("/api/payments/webhook", {"POST"}),
        ("/livez", {"GET", "HEAD"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(anonymous, path, allowed):
    """405 with Allow, in the shape of every error."""
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - allowed:
        response = anonymous.request(method, path)
        assert response.status_code == 405, (method, response.text)
        assert set(response.headers["Allow"].split(", ")) == allowed
        assert response.json() == {"errors": [{"message": "Method not allowed"}]}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/api", "/api/nothing", "/api/users", "/api//tickets"]
)
def test_what_is_no_route_is_not_found(anonymous, method, path):
    """404 in the shape of every error."""
    response = anonymous.request(method, path)
    assert response.status_code == 404
    assert response.json() == {"errors": [{"message": "Not found"}]}


def test_head_is_get_without_the_body(anonymous, seller):
    """Same status, same headers, same length announced."""
    ticket = seller.sell()
    newest = "/api/tickets?limit=1&order=desc"  # older ones are others', and may move
    for path in (newest, f"/api/tickets/{ticket['id']}", "/livez"):
        got, head = anonymous.get(path), anonymous.head(path)
        assert (head.status_code, head.content) == (got.status_code, b"")
        for name in ("Content-Length", "Content-Type", "ETag"):
            assert head.headers[name] == got.headers[name]
    assert anonymous.head("/api/tickets/x").status_code == 404


def test_what_has_not_changed_is_not_sent_again(anonymous, seller):
    """304 without a body for the ETag of the same, 200 as soon as it changes."""
    ticket = seller.sell()
    for path in (f"/api/tickets?after={ticket['id']}", f"/api/tickets/{ticket['id']}"):
        etag = {"If-None-Match": anonymous.get(path).headers["ETag"]}
        same = anonymous.get(path, headers=etag)
        assert (same.status_code, same.content) == (304, b"")
        assert same.headers["ETag"] == etag["If-None-Match"]
        body = {"title": f"Now {path[-30:]}", "price": 3}
        seller.http.put(f"/api/tickets/{ticket['id']}", json=body)
        seller.sell()
        assert anonymous.get(path, headers=etag).status_code == 200


def test_own_orders_are_conditional_and_private(seller, buyer):
    """A shared cache keeps no copy of them."""
    order = buyer.reserve(seller.sell())
    for path in ("/api/orders", f"/api/orders/{order['id']}"):
        first = buyer.http.get(path)
        assert "private" in first.headers["Cache-Control"]
        etag = {"If-None-Match": first.headers["ETag"]}
        assert buyer.http.get(path, headers=etag).status_code == 304
        assert seller.http.get(path, headers=etag).status_code != 304


def test_it_says_that_it_lives(anonymous):
    """/livez asks nobody."""
    response = anonymous.get("/livez")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def ready(client):
    """The answer, when every dependency had the time to give one."""
    response = client.get("/readyz")
    return response if response.status_code == 200 else None


def test_readiness_names_every_dependency(anonymous):
    """/readyz, each with its state."""
    response = eventually(lambda: ready(anonymous))
    report = response.json()
    assert report["status"] == "ok"
    owners = ("auth", "tickets", "orders", "payments")
    expected = {f"mongodb/{name}" for name in owners} | {"nats", "redis", "rabbitmq"}
    assert report["dependencies"] == dict.fromkeys(expected, "ok")


def test_a_service_without_routes_tells_of_its_health(systems):
    """Expiration alone, as it runs where each service has its own process."""
    system = systems(("expiration",)).up()
    process = system.processes["expiration"]
    assert process.probe("/livez").status_code == 200
    assert process.probe("/metrics").status_code == 200
    report = process.probe("/readyz").json()
    assert set(report["dependencies"]) == {"nats", "redis", "rabbitmq"}
    system.end()


def test_metrics_count_requests_by_route(anonymous):
    """/metrics, in Prometheus' text, with patterns for labels, never ids."""
    anonymous.get("/api/tickets/5f0000000000000000000000")
    text = anonymous.get("/metrics").text
    wanted = 'method="GET",route="/api/tickets/<ticket_id>",status="404"'
    assert f"ticketing_http_requests_total{{{wanted}}}" in text
    assert "5f0000000000000000000000" not in text


def test_every_answer_has_an_id_and_is_safe_to_show(anonymous):
    """Errors as well; the caller's trace is gone on with, if it is one."""
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    for path in ("/api/tickets", "/api/nothing"):
        response = anonymous.get(path, headers=headers)
        assert response.headers["X-Request-Id"] == trace
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Content-Security-Policy" in response.headers
        assert response.headers["Content-Type"] == "application/json"
        strange = anonymous.get(path, headers={"traceparent": "00-x"})
        assert len(strange.headers["X-Request-Id"]) == 32


def test_slow_clients_have_been_cut_off(slow):
    """A request that does not come to its end is not waited for without end."""

    def is_cut(each):
        try:
            return each.recv(1, socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except ConnectionResetError:  # it was saying something
            return True

    eventually(lambda: all(is_cut(each) for each in slow))


def test_probes_answer_when_every_hand_is_busy(systems):
    """Two workers wait for Stripe, a third request waits for them, and it is ready."""
    system = systems(("payments",), gates=["STRIPE_API_BASE"], MAX_WORKERS="2").up()
    process = system.processes["payments"]
    answers = []

    def pay(order_id):
        with Person(system) as buyer:
            copy = {"_id": order_id, "version": 0, "userId": buyer.id}
            copy |= {"status": "created", "price": 2000, "total": 2000, "units": ["1"]}
            system.database("payments")["orders"].insert_one(copy)
            answers.append(buyer.pay({"id": order_id}).status_code)

    orders = [new_id() for _ in range(3)]
    threads = [threading.Thread(target=pay, args=[order]) for order in orders]
    with system.gates["STRIPE_API_BASE"].held():
        for thread in threads:
            thread.start()
        eventually(lambda: len(system.money().keys() & set(orders)) == 2)
        for path in ("/livez", "/metrics"):
            assert process.probe(path).status_code == 200
        process.wait_until_ready()
        assert answers == []
    for thread in threads:
        thread.join()
    assert answers == [201] * 3
    system.end()
