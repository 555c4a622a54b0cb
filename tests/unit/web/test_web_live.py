"""What is told to open pages, and what who comes back has missed."""

from collections import Counter

import eventlet
import pytest
from web_live_house import ANN, ORDER, PAYMENT, TICKET, UNTIL, created, data_in
from web_live_house import order_event as order
from web_live_house import ticket_event as ticket

from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderExtended,
    OrderReduced,
    PaymentCreated,
    PaymentFailed,
    PaymentRefunded,
)
from ticketing.errors import UnavailableError
from web import live
from web.live import About, Listener, Seen
from web.news import Latest, News, news_of

HERE = Listener("192.0.2.1")
pytest_plugins = ("web_live_house",)

PAID = {"id": PAYMENT, "version": 1, "order_id": ORDER}


@pytest.mark.parametrize(
    ("payload", "data"),
    [
        (created(), {"version": 0, "status": "created", "expiresAt": UNTIL}),
        (order(OrderCompleted, 2), {"version": 2, "status": "complete"}),
        (order(OrderReduced, 3), {"version": 3, "status": "complete"}),
        (
            order(OrderCancelled, 1, reason="expired"),
            {"version": 1, "status": "cancelled"},
        ),
        (
            order(OrderExtended, 1, expires_at=UNTIL),
            {"version": 1, "status": "created", "expiresAt": UNTIL},
        ),
        (PaymentCreated(**PAID, stripe_id="pi", amount=1), {"payment": "created"}),
        (PaymentFailed(**PAID, reason="declined"), {"payment": "failed"}),
        (
            PaymentRefunded(**PAID, stripe_id="pi", amount=1, reason="r", units=["1"]),
            {"payment": "refunded"},
        ),
    ],
)
def test_what_happens_to_an_order_is_told_to_its_page(payload, data):
    news = news_of(payload, 7)
    assert (news.topic, news.data) == (f"order:{ORDER}", {"id": ORDER, **data})


def test_an_event_is_written_as_browsers_read_it(told, hub):
    told.next(order(OrderCompleted, 2))
    ((topic, message),) = hub.told
    assert topic == f"order:{ORDER}"
    text = f'{{"id":"{ORDER}","version":2,"status":"complete"}}'
    assert message.decode() == f"id: 101\nevent: order\ndata: {text}\n\n"


def test_a_payment_is_told_with_what_is_known_of_its_order(told, hub):
    told.next(created())
    told.next(PaymentCreated(**PAID, stripe_id="pi", amount=1))
    assert hub.data[1] == hub.data[0] | {"payment": "created"}


def test_what_nobody_listens_to_is_not_told(told, hub):
    hub.heard.clear()
    told.next(ticket(1))
    told.next(created())
    assert hub.told == []


def test_many_changes_of_a_listing_are_told_in_fewer_words(told, hub, monkeypatch):
    """The first at once, the last soon after, and then at once again."""
    monkeypatch.setattr(live, "APART", 0.01)
    for version in range(1, 8):
        told.next(ticket(version))
    assert [data["version"] for data in hub.data] == [1]
    settle(told)
    assert [data["version"] for data in hub.data] == [1, 7]
    told.next(ticket(8))
    assert [data["version"] for data in hub.data] == [1, 7, 8]


def settle(told):
    with eventlet.Timeout(5):
        while told._waiting:
            eventlet.sleep(0.001)


def opening(told, hub, place=None, version=None, order=None, about=None):
    """The events a page hears first."""
    seen = Seen(told.position(), place, version)
    about = about or About([order] if order else [], TICKET)
    told.follow(about, seen, HERE).take(3)
    opening, *events = hub.first.decode().split("\n\n")[:-1]
    assert opening.startswith("retry: ")
    assert "\nid: " in opening
    return [data_in(event.encode()) for event in events]


def test_a_page_that_is_up_to_date_hears_nothing_first(told, hub):
    assert opening(told, hub) == []
    told.next(ticket(4))
    assert opening(told, hub) == []
    assert opening(told, hub, version=4) == []
    assert opening(told, hub, place=101) == []


def test_a_page_that_is_older_hears_the_newest_first(told, hub):
    told.next(ticket(4))
    told.next(ticket(5, available=3))
    for behind in ({"version": 4}, {"place": 101}, {"place": 5}):
        (data,) = opening(told, hub, **behind)
        assert (data["version"], data["available"]) == (5, 3)


def test_a_list_hears_the_newest_of_what_is_in_it(told, hub):
    """It has no version; one that comes back hears what it has missed."""
    about = About(listed=[TICKET, ORDER])
    assert opening(told, hub, about=about) == []
    told.next(ticket(4, available=3))
    (data,) = opening(told, hub, about=about)
    assert (data["version"], data["available"]) == (4, 3)
    assert opening(told, hub, place=101, about=about) == []
    assert opening(told, hub, place=99, about=about) == [data, {"id": ORDER}]


def test_a_list_is_told_of_a_listing_less_often_than_its_page(told, hub, monkeypatch):
    monkeypatch.setattr(live, "APART", 0.01)
    monkeypatch.setattr(live, "FAR_APART", 3600)
    hub.heard.add(f"listed:{TICKET}")
    told.next(ticket(1))
    told.next(ticket(2))
    with eventlet.Timeout(5):
        while len(hub.told) < 3:
            eventlet.sleep(0.001)
    topics = Counter(topic for topic, _ in hub.told)
    assert topics == {f"ticket:{TICKET}": 2, f"listed:{TICKET}": 1}


def test_a_cancelled_listing_is_told_as_such(told, hub):
    told.next(ticket(1, cancelled=True))
    assert hub.data[0]["cancelled"] is True


def test_who_may_have_missed_something_is_told_to_look(told, hub):
    """This process does not know what happened before it began."""
    assert opening(told, hub, place=99) == [{"id": TICKET}]
    told.next(created())
    assert opening(told, hub, place=99) == [{"id": TICKET}]
    assert opening(told, hub, place=100) == []


def test_an_order_is_told_as_it_was_read_and_what_was_heard_since(told, hub):
    """Also what came between its reading and the opening of the stream."""
    read = {"id": ORDER, "version": 0, "status": "created", "expiresAt": UNTIL}
    seen = Seen(told.position(), None, None)
    response = told.follow(About([read | {"userId": ANN}]), seen, HERE)
    told.next(order(OrderCompleted, 1))
    response.take(3)
    events = hub.first.decode().split("\n\n")[1:-1]
    first, second = (data_in(event.encode()) for event in events)
    assert first == read
    assert second["status"] == "complete"


def test_a_place_beyond_what_was_heard_here_is_taken_for_the_last_one(told, hub):
    """It comes from a process that was faster: what comes now is told again."""
    told.next(ticket(1))
    seen = Seen(told.position(), 5000, None)
    assert seen.place == 101


def test_only_the_last_news_of_the_last_things_are_kept():
    latest = Latest(most=2)
    for place, name in enumerate("abac", 1):
        latest.note(News("ticket", {"id": name}, place))
    assert [latest.of(f"ticket:{name}") is not None for name in "abc"] == [1, 0, 1]
    assert latest.of("ticket:a").place == 3
    assert not latest.knows_all_after(1)
    assert latest.knows_all_after(2)


def test_there_are_only_so_many_streams(told, hub):
    told.check_room(HERE.address)
    hub.is_full = True
    with pytest.raises(UnavailableError):
        told.check_room(HERE.address)
