"""What was cut off is finished, whatever else cannot be, and Stripe is not stormed."""

import pytest
from unit_doubles import BOB

from payments import asking
from payments.asking import PATIENCE
from payments.models import Status
from ticketing.errors import UnavailableError

STUCK = 3 * PATIENCE


@pytest.fixture
def cut_off(cash):
    """Thirty payments and one more, each cut off before Stripe's answer came."""
    ids = [f"{number:024x}" for number in range(1000, 1000 + STUCK + 1)]
    cash.gateway.away = True
    for order_id in ids:
        cash.orders.orders[order_id] = cash.order_of(order_id)
        with pytest.raises(UnavailableError):
            cash.rpc.pay(order_id, BOB, "tok_visa")
    cash.gateway.away = False
    cash.clock.advance(minutes=1)
    return ids


def test_payments_that_cannot_be_finished_do_not_starve_the_others(
    cash, cut_off, monkeypatch
):
    """More of them than are borne with at once, and older than the other one."""
    *stuck, other = cut_off
    charge = cash.gateway.charge

    def sometimes(wanted, *arguments):
        if wanted.order_id in stuck:
            raise UnavailableError
        return charge(wanted, *arguments)

    monkeypatch.setattr(cash.gateway, "charge", sometimes)
    for _ in range(200):
        cash.rpc.resume()
    assert cash.payments.find_by_order(other).status is Status.PAID


def test_while_stripe_is_away_few_are_asked_for(cash, cut_off, monkeypatch):
    asked = []

    def away(wanted, *_):
        asked.append(wanted.order_id)
        raise UnavailableError

    monkeypatch.setattr(cash.gateway, "charge", away)
    cash.rpc.resume()
    assert len(asked) == asking.PATIENCE + 1


def test_when_stripe_is_back_all_are_finished(cash, cut_off):
    cash.rpc.resume()
    paid = {cash.payments.find_by_order(each).status for each in cut_off}
    assert paid == {Status.PAID}
