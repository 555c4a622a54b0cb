"""What tickets, time and money tell the orders."""

import eventlet
import pytest
from unit_doubles import ANN, BOB, EVE, HOLD, NOWHERE, PAYMENT, TICKET

from orders.models import NotYetError, Status
from ticketing.contract import (
    ExpirationComplete,
    PaymentCreated,
    PaymentFailed,
    PaymentRefunded,
    TicketCreated,
    TicketUpdated,
)
from ticketing.errors import (
    BadRequestError,
    HopelessError,
    NotFoundError,
    UnavailableError,
)
from ticketing.messages import Delivery


@pytest.fixture
def order(desk):
    return desk.rpc.create_order(BOB, desk.ticket)["id"]


def ticket(version, price=19.5, title="Row 3"):
    shape = TicketUpdated if version else TicketCreated
    payload = shape(id=TICKET, version=version, title=title, price=price, user_id=ANN)
    return Delivery(payload, "")


def expired(order_id):
    return Delivery(ExpirationComplete(order_id=order_id), "")


def paid(order_id, amount=1950):
    payload = PaymentCreated(
        id=PAYMENT, version=1, order_id=order_id, stripe_id="pi_1", amount=amount
    )
    return Delivery(payload, "")


def failed(order_id):
    payload = PaymentFailed(id=PAYMENT, version=1, order_id=order_id, reason="declined")
    return Delivery(payload, "")


def refunded(order_id, *units):
    payload = PaymentRefunded(
        id=PAYMENT,
        version=3,
        order_id=order_id,
        stripe_id="pi_1",
        amount=1950,
        reason="asked for",
        units=list(units),
    )
    return Delivery(payload, "")


def status(desk, order_id):
    return desk.orders.get(order_id).status


def test_a_ticket_is_followed_as_its_events_come(desk):
    desk.rpc.on_ticket_created(ticket(0))
    desk.rpc.on_ticket_updated(ticket(1, price=0.29, title="Row 4"))
    desk.rpc.on_ticket_updated(ticket(1, price=5))
    copy = desk.orders.tickets.find(TICKET)
    assert (copy["version"], copy["title"], copy["price"]) == (1, "Row 4", 29)


def test_a_ticket_that_was_heard_of_is_not_asked_for(desk):
    desk.rpc.on_ticket_created(ticket(0))
    assert desk.rpc.create_order(BOB, TICKET)["ticket"]["price"] == 19.5
    assert desk.tickets_rpc.asked == []


@pytest.mark.parametrize(
    "odd",
    [
        {"id": {"$gt": ""}},
        {"id": 7},
        {"id": "x"},
        {"version": {"$gt": 0}},
        {"version": "9"},
        {"version": None},
        {"title": {"$ne": ""}},
        {"userId": {"$gt": ""}},
        {"price": -1},
        {"price": []},
        {"currency": "xyz"},
        {"event": 5},
        {"onSaleAt": 5},
    ],
    ids=str,
)
def test_what_is_told_and_is_no_ticket_is_not_kept(desk, order, odd):
    """Its id and its version stand in later queries, as the operator that they are."""
    known = desk.orders.tickets.find(desk.ticket)
    with pytest.raises(BadRequestError, match="This is no ticket"):
        desk.tell(desk.ticket, **{"version": known["version"] + 1} | odd)
    assert desk.orders.tickets.find(desk.ticket) == known


def test_what_is_heard_late_of_a_ticket_changes_nothing(desk):
    """Each event tells all that there is, so that a gap needs no waiting."""
    desk.rpc.on_ticket_updated(ticket(2, title="now"))
    desk.rpc.on_ticket_created(ticket(0))
    desk.rpc.on_ticket_updated(ticket(1, title="then"))
    copy = desk.orders.tickets.find(TICKET)
    assert (copy["version"], copy["title"]) == (2, "now")


def test_of_what_is_heard_at_once_the_newest_is_kept_in_one_write(desk, monkeypatch):
    kept, put = [], desk.orders.tickets.put

    def slowly(ticket_id, version, copy):
        eventlet.sleep(0)
        kept.append(version)
        put(ticket_id, version, copy)

    monkeypatch.setattr(desk.orders.tickets, "put", slowly)
    pool = eventlet.GreenPool()
    for version in (0, 2, 3, 1):
        pool.spawn(desk.rpc.on_ticket_updated, ticket(version))
    pool.waitall()
    assert kept == [0, 3]


def test_a_hold_ends_on_time(desk, order):
    desk.clock.now += HOLD
    desk.rpc.on_expiration_complete(expired(order))
    assert status(desk, order) is Status.CANCELLED
    assert desk.orders.events[-1].data["reason"] == "expired"


def test_a_hold_does_not_end_early(desk, order):
    with pytest.raises(NotYetError):
        desk.rpc.on_expiration_complete(expired(order))
    assert status(desk, order) is Status.CREATED


def test_an_end_that_is_told_twice_is_one_end(desk, order):
    desk.clock.now += HOLD
    for _ in range(2):
        desk.rpc.on_expiration_complete(expired(order))
    assert desk.orders.get(order).version == 1


def test_a_payment_completes_its_order_once(desk, order):
    for _ in range(2):
        desk.rpc.on_payment_created(paid(order))
    assert status(desk, order) is Status.COMPLETE
    assert desk.orders.get(order).version == 1
    assert desk.payments.refunded == []


def test_a_payment_of_another_amount_is_hopeless(desk, order):
    with pytest.raises(HopelessError):
        desk.rpc.on_payment_created(paid(order, 1))
    assert status(desk, order) is Status.CREATED


def test_a_late_payment_is_honoured_while_the_ticket_is_free(desk, order):
    desk.clock.now += HOLD
    desk.rpc.on_expiration_complete(expired(order))
    desk.rpc.on_payment_created(paid(order))
    assert status(desk, order) is Status.COMPLETE
    assert desk.payments.refunded == []


def test_a_late_payment_is_sent_back_when_the_ticket_has_gone(desk, order):
    desk.clock.now += HOLD
    desk.rpc.on_expiration_complete(expired(order))
    other = desk.rpc.create_order(EVE, desk.ticket)["id"]
    desk.rpc.on_payment_created(paid(order))
    assert status(desk, order) is Status.CANCELLED
    assert status(desk, other) is Status.CREATED
    reason = "the ticket was sold to somebody else"
    assert desk.payments.refunded == [(order, reason)]


def test_a_payment_for_an_order_that_was_given_up_is_sent_back(desk, order):
    desk.rpc.cancel_order(order)
    desk.rpc.on_payment_created(paid(order))
    assert desk.payments.refunded == [(order, "the order was cancelled")]
    assert status(desk, order) is Status.CANCELLED


def test_a_refund_that_cannot_be_made_now_is_made_later(desk, order):
    desk.rpc.cancel_order(order)
    desk.payments.away = True
    with pytest.raises(UnavailableError):
        desk.rpc.on_payment_created(paid(order))
    desk.payments.away = False
    desk.rpc.on_payment_created(paid(order))
    assert len(desk.payments.refunded) == 1


def test_the_last_failed_attempt_frees_the_ticket(desk, order):
    for _ in range(2):
        desk.rpc.on_payment_failed(failed(order))
    assert status(desk, order) is Status.CANCELLED
    assert desk.orders.events[-1].data["reason"] == "payment failed"
    assert desk.rpc.create_order(EVE, desk.ticket)["status"] == "created"


def test_a_failure_that_is_told_late_takes_nothing_away(desk, order):
    desk.rpc.on_payment_created(paid(order))
    desk.rpc.on_payment_failed(failed(order))
    assert status(desk, order) is Status.COMPLETE


def test_a_refund_gives_the_ticket_back(desk, order):
    desk.rpc.on_payment_created(paid(order))
    for _ in range(2):
        desk.rpc.on_payment_refunded(refunded(order))
    assert desk.rpc.get_order(order)["reason"] == "refunded"
    assert desk.rpc.create_order(EVE, desk.ticket)["status"] == "created"


def test_a_payment_told_again_after_its_refund_is_no_second_sale(desk, order):
    desk.rpc.on_payment_created(paid(order))
    desk.rpc.on_payment_refunded(refunded(order))
    desk.rpc.on_payment_created(paid(order))
    assert status(desk, order) is Status.CANCELLED


def test_a_refund_told_before_its_payment_is_no_sale(desk, order):
    desk.rpc.on_payment_refunded(refunded(order))
    desk.rpc.on_payment_created(paid(order))
    assert desk.rpc.get_order(order)["reason"] == "refunded"
    assert desk.rpc.create_order(EVE, desk.ticket)["status"] == "created"


@pytest.mark.parametrize("handler", ["expiration_complete", "payment_failed"])
def test_an_event_of_an_unknown_order_is_no_success(desk, handler):
    event = {"expiration_complete": expired, "payment_failed": failed}[handler]
    with pytest.raises(NotFoundError):
        getattr(desk.rpc, f"on_{handler}")(event(NOWHERE))
