"""Values at the ends of what can be: nobody's page breaks by what another one chose."""

import base64

import pytest
from system_control import eventually
from system_people import HTML, Person, form_token, new_token

BOSS = "boss@example.com"
ENDS = [
    ("9999-12-31T23:59:59Z", "Asia/Tokyo"),
    ("9999-12-31T23:59:59-12:00", "UTC"),
    ("0001-01-01T00:00:00Z", "America/New_York"),
]


@pytest.fixture(scope="module")
def shop(systems):
    every = ("auth", "tickets", "orders", "payments", "expiration", "web")
    return systems(every, OPERATORS=BOSS).up()


@pytest.fixture
def seller(shop):
    with Person(shop) as person:
        yield person


@pytest.mark.parametrize(("moment", "zone"), ENDS)
def test_no_time_is_taken_that_some_clock_cannot_show(seller, moment, zone):
    """400: home would break for everybody."""
    event = {"name": "Opera", "startsAt": moment, "timezone": zone}
    for more in ({"event": event}, {"onSaleAt": moment}):
        answer = seller.offer(**more)
        assert answer.status_code == 400, answer.text
        assert answer.json()["errors"]


def test_the_first_and_the_last_year_can_be_shown_everywhere(shop, seller):
    """A day away from where it is refused, on every page that tells of it."""
    last = {"name": "Opera", "startsAt": "9998-12-31T23:59:59Z"}
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        ticket = seller.sell(
            event=last | {"timezone": zone}, onSaleAt="0002-01-01T00:00:00Z"
        )
        address = f"/tickets/{ticket['id']}"
        for path in ("/?text=opera", address, f"{address}/edit", "/listings"):
            assert seller.http.get(path, headers=HTML).status_code == 200, path


def test_a_code_that_is_nested_deep_is_not_genuine(seller):
    """At the door, as any other that nobody signed."""
    ticket = seller.sell()
    path = f"/door/{ticket['id']}"
    claims = base64.urlsafe_b64encode(b"[" * 100_000).decode().rstrip("=")
    form = {"form_token": form_token(seller.http, path), "door": "North", "scan": "s1"}
    form |= {"code": f"x.{claims}.x"}
    answer = seller.http.post(path, data=form, headers=HTML)
    assert answer.status_code == 200, answer.text
    assert "not genuine" in answer.text.lower()


@pytest.mark.parametrize("kind", ["", "text/plain", "application/json"])
@pytest.mark.parametrize("path", ["/auth/signin", "/auth/signup", "/language"])
def test_what_is_no_form_is_refused_by_a_page(seller, path, kind):
    """As one that says nothing."""
    headers = {"Content-Type": kind, **HTML}
    answer = seller.http.post(path, content=b"language=de", headers=headers)
    assert answer.status_code in {400, 403}, answer.text


def test_json_may_be_named_in_capitals(seller):
    """Names of media types know no case (RFC 9110, 8.3.1)."""
    body, headers = b'{"title":"A","price":1}', {"Content-Type": "Application/JSON"}
    answer = seller.http.post("/api/tickets", content=body, headers=headers)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("number", ["0", "9" * 16, "9" * 30])
def test_a_number_that_no_dead_letter_has_breaks_nothing(shop, seller, number):
    """Whatever number an operator's address has."""
    seller.http.cookies["session"] = new_token(shop, seller.id, BOSS)
    path = f"/operator/dead-letters/orders/{number}/discard"
    form = {"form_token": form_token(seller.http, "/operator")}
    for answer in (
        seller.http.get(path, headers=HTML),
        seller.http.post(path, data=form, headers=HTML),
    ):
        assert answer.status_code == 404, answer.text


def test_the_bus_lets_every_process_hear_what_it_follows(shop, seller):
    """Nothing that a service asks of it is forbidden, not even from time to time."""
    ticket = seller.sell("Heard")
    eventually(lambda: "Heard" in seller.http.get("/", headers=HTML).text)
    eventually(lambda: seller.ticket(ticket)["available"] == 1)
    for process in shop.processes.values():
        assert "permissions violation" not in process.log()
