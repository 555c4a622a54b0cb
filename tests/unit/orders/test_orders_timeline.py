"""The story of an order: every change, event, call and letter, in its order."""

import pytest
from unit_doubles import BOB, NOWHERE

from orders.models import Reason
from orders.timeline import timeline
from ticketing import tracing
from ticketing.errors import NotFoundError
from ticketing.progress import Progress

SERVICES = {"order.created": ("tickets", "web"), "order.completed": ("web",)}


class BusDouble:
    """How far services are: all of them up to one number."""

    def __init__(self, settled=0):
        self.settled = settled

    def progress(self):
        return [
            Progress(service, subject, self.settled, self.settled, 0, 0)
            for subject, services in SERVICES.items()
            for service in services
        ]


@pytest.fixture
def order(desk):
    tracing.act_for("POST /api/orders")
    desk.rpc.bus = BusDouble()
    return desk.rpc.create_order(BOB, desk.ticket)["id"]


def told(desk, order):
    return [(each["service"], each["what"]) for each in desk.rpc.timeline(order)]


def test_a_new_order_tells_who_made_it_and_what_is_under_way(desk, order):
    made, event = desk.rpc.timeline(order)
    assert (made["by"], made["version"]) == ("POST /api/orders", 0)
    assert made["what"].startswith("created: 1 unit, held until 2026")
    assert event["what"] == "order.created"
    assert event["handled"] == dict.fromkeys(("tickets", "web"), "not published yet")


def test_what_payments_tell_stands_where_it_belongs(desk, order):
    created = desk.rpc.timeline(order)[0]["at"]
    before, after = "2020-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"
    assert before < created < after
    asked = {"at": after, "what": "Stripe is asked to charge, attempt 1"}
    early = {"at": before, "what": "webhook payment_intent.succeeded: heeded"}
    desk.payments.told[order] = [asked, early]
    story = told(desk, order)
    assert story[0] == ("payments", early["what"])
    assert story[-1] == ("payments", asked["what"])


def test_it_ends_with_why_it_was_cancelled(desk, order):
    desk.rpc.cancel_order(order)
    assert told(desk, order)[2:] == [
        ("orders", f"cancelled: {Reason.BUYER.value}"),
        ("orders", "order.cancelled"),
    ]


def test_of_an_order_that_is_not_there_nothing_is_told(desk):
    desk.rpc.bus = BusDouble()
    with pytest.raises(NotFoundError):
        desk.rpc.timeline(NOWHERE)


def event(subject, number, version=1):
    told = {"at": "2026-01-31T12:00:00.000Z", "what": subject, "trace": "t"}
    return told | {"event": f"x:{version}", "sequence": number}


def change(what, version=1):
    at = "2026-01-31T12:00:00.000Z"
    return {"at": at, "what": what, "by": "", "trace": "t", "version": version}


@pytest.mark.parametrize(
    ("settled", "delivered", "unsettled", "state"),
    [
        (9, 9, 0, "not sent yet"),
        (9, 10, 1, "being sent"),
        (10, 12, 1, "sent"),
        (0, 12, 0, "sent"),
    ],
)
def test_a_letter_is_sent_when_its_event_is_done_with(
    settled, delivered, unsettled, state
):
    web = Progress("web", "order.completed", settled, delivered, 0, unsettled)
    *_, letter = timeline([event("order.completed", 10)], [], [], [web])
    assert letter["service"] == "web"
    assert letter["what"] == f"letter about order.completed: {state}"


@pytest.mark.parametrize(
    ("reason", "letters"),
    [("refunded", 1), ("listing cancelled", 1), ("expired", 0), ("payment failed", 0)],
)
def test_an_end_has_a_letter_if_its_buyer_had_something(reason, letters):
    web = Progress("web", "order.cancelled", 10, 10, 0, 0)
    entries = [change(f"cancelled: {reason}"), event("order.cancelled", 10)]
    story = timeline(entries, [], [], [web])
    assert sum("letter" in each["what"] for each in story) == letters
