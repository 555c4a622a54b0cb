"""An order ends in the very moment in which somebody pays for it."""

from contextlib import suppress

import pytest
from unit_doubles import BOB, ORDER

from payments.intents import IntentStatus, KeySpentError, Sum
from payments.models import Status
from ticketing.errors import BadRequestError, UnavailableError


def statuses(cash):
    return [each.status for each in cash.gateway.intents_by_id.values()]


def pay(cash, token="tok_visa"):
    return cash.rpc.pay(ORDER, BOB, token)


def _lost(*_):
    raise UnavailableError


@pytest.mark.parametrize("cancelled", [True, False])
def test_who_pays_as_his_order_ends_is_told_so(cash, monkeypatch, cancelled):
    """Closing took the key just before his call came; it may not have ended yet."""

    def overtaken(*asked):
        monkeypatch.undo()
        if not cancelled:
            monkeypatch.setattr(cash.gateway, "cancel", _lost)
        with suppress(UnavailableError):
            cash.rpc.close(ORDER)
        monkeypatch.undo()
        return cash.gateway.charge(*asked)

    monkeypatch.setattr(cash.gateway, "charge", overtaken)
    with pytest.raises(BadRequestError, match="cancelled order"):
        pay(cash)
    assert cash.payments.find_by_order(ORDER).status is Status.CANCELLED
    assert statuses(cash) == [IntentStatus.CANCELED]


def test_who_has_to_go_on_at_his_bank_as_his_order_ends_is_told_so(cash, monkeypatch):
    charge = cash.gateway.charge

    def ended_meanwhile(*asked):
        intent = charge(*asked)
        monkeypatch.setattr(cash.gateway, "open", _lost)
        with pytest.raises(UnavailableError):
            cash.rpc.close(ORDER)
        monkeypatch.undo()
        return intent

    monkeypatch.setattr(cash.gateway, "charge", ended_meanwhile)
    with pytest.raises(BadRequestError, match="cancelled order"):
        pay(cash, "tok_threeDSecure2Required")
    assert statuses(cash) == [IntentStatus.CANCELED]


def test_a_key_that_somebody_else_has_used_is_trouble(cash):
    cash.gateway.open(Sum(ORDER, 1950, "usd"), f"{ORDER}:charge:1")
    with pytest.raises(KeySpentError):
        pay(cash)
