"""The copies of orders that payments keep, from their events or from their owner."""

from datetime import timedelta

import pytest
from payments_heard import PAIR, cancelled, completed, created, reduced
from unit_doubles import BOB, NOW, ORDER, TICKET

from payments.copies import copy_of_order
from ticketing import tracing
from ticketing.contract import OrderExtended, TicketRef
from ticketing.errors import BadRequestError, VersionGapError
from ticketing.messages import Delivery
from ticketing.replicas import PATIENCE


def copy(cash):
    return cash.payments.orders.find(ORDER)


def state(status, version, units):
    return {"status": status, "version": version, "units": units}


def test_an_order_is_followed_version_by_version(cash):
    cash.rpc.on_order_created(created())
    whole = {"_id": ORDER, "userId": BOB, "price": 1999, "total": 3998}
    whole |= {"currency": "usd", "expiresAt": "2026-01-31T12:15:00.000Z"}
    whole |= {"traceparent": tracing.current()}
    assert copy(cash) == whole | state("created", 0, PAIR)
    cash.rpc.on_order_cancelled(cancelled())
    cash.rpc.on_order_created(created())
    assert copy(cash) == whole | state("cancelled", 1, [])
    cash.rpc.on_order_completed(completed(2))
    assert copy(cash) == whole | state("complete", 2, PAIR)
    cash.rpc.on_order_reduced(reduced(3))
    cash.rpc.on_order_completed(completed(2))
    assert copy(cash) == whole | state("complete", 3, PAIR[1:])


def test_yen_are_counted_in_yen_however_they_are_heard_of(cash):
    cash.rpc.on_order_created(created(price=1200, currency="jpy"))
    known = copy(cash)
    assert (known["price"], known["total"], known["currency"]) == (1200, 2400, "jpy")
    told = cash.order_of(units=PAIR) | {"total": 2400, "currency": "jpy"}
    asked = copy_of_order(told | {"ticket": told["ticket"] | {"price": 1200}})
    assert {name: asked[name] for name in ("price", "total", "currency")} == {
        name: known[name] for name in ("price", "total", "currency")
    }


def test_an_order_that_names_no_currency_is_in_dollars(cash):
    assert copy_of_order(cash.order_of())["currency"] == "usd"


def test_what_is_charged_is_the_total_that_was_heard_of(cash):
    cash.rpc.on_order_created(created())
    cash.rpc.pay(ORDER, BOB, "tok_visa")
    payment = cash.payments.find_by_order(ORDER)
    assert (payment.amount, payment.price, payment.units) == (3998, 1999, tuple(PAIR))


def test_what_is_charged_is_the_total_that_the_owner_tells(cash):
    cash.orders.orders[ORDER] = cash.order_of(units=PAIR)
    cash.rpc.pay(ORDER, BOB, "tok_visa")
    payment = cash.payments.find_by_order(ORDER)
    assert (payment.amount, payment.price, payment.units) == (3900, 1950, tuple(PAIR))


def test_an_order_that_was_heard_of_is_not_asked_for(cash):
    cash.rpc.on_order_created(created())
    cash.rpc.pay(ORDER, BOB, "tok_visa")
    assert cash.orders.asked == []


def test_an_order_that_was_heard_to_be_cancelled_is_not_paid(cash):
    cash.rpc.on_order_created(created())
    cash.rpc.on_order_cancelled(cancelled())
    with pytest.raises(BadRequestError, match="cancelled order"):
        cash.rpc.pay(ORDER, BOB, "tok_visa")


END = NOW + timedelta(minutes=15)


def extended(version=1):
    payload = OrderExtended(
        id=ORDER,
        version=version,
        ticket=TicketRef(id=TICKET),
        units=PAIR,
        expires_at="2026-01-31T12:20:00.000Z",
    )
    return Delivery(payload, "")


def test_an_order_is_paid_until_its_hold_ends(cash):
    """Its end may not have been told yet."""
    cash.rpc.on_order_created(created())
    cash.clock.now = END
    with pytest.raises(BadRequestError, match="The time to pay for this order is over"):
        cash.rpc.pay(ORDER, BOB, "tok_visa")
    assert cash.gateway.intents_by_id == {}
    cash.clock.now = END - timedelta(milliseconds=1)
    assert cash.rpc.pay(ORDER, BOB, "tok_visa")["status"] == "paid"


def test_an_order_whose_hold_is_longer_is_paid_longer(cash):
    cash.rpc.on_order_created(created())
    cash.rpc.on_order_extended(extended())
    cash.clock.now = END
    assert copy(cash)["status"] == "created"
    assert cash.rpc.pay(ORDER, BOB, "tok_visa")["status"] == "paid"


def test_a_copy_from_before_holds_had_an_end_is_paid(cash):
    cash.rpc.on_order_created(created())
    cash.payments.orders._documents[ORDER].pop("expiresAt")
    cash.clock.now = END
    assert cash.rpc.pay(ORDER, BOB, "tok_visa")["status"] == "paid"


def test_a_gap_in_an_orders_life_is_waited_for_and_then_asked_about(cash):
    with pytest.raises(VersionGapError):
        cash.rpc.on_order_cancelled(cancelled(2, PATIENCE - 1))
    cash.orders.orders[ORDER] = cash.order_of(status="complete", version=3)
    cash.rpc.on_order_cancelled(cancelled(2, PATIENCE))
    assert (copy(cash)["status"], copy(cash)["version"]) == ("complete", 3)


def test_an_order_asked_for_and_then_heard_of_is_one_copy(cash):
    cash.rpc.pay(ORDER, BOB, "tok_visa")
    cash.rpc.on_order_created(created())
    cash.rpc.on_order_completed(completed())
    assert copy(cash)["version"] == 1
