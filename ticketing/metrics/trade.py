"""What was sold: counted when a change and its event are saved, once each.

An answer of the database that got lost is not counted, so that sums here may be a
little short; the books under ``/operator`` are exact.
"""

from typing import Any

from prometheus_client import Counter

from ticketing import contract
from ticketing.messages import Event
from ticketing.metrics.children import OTHER, Children
from ticketing.money import DEFAULT_CURRENCY

# Why an order ended, as its event tells it, and what that is called here.
ENDINGS = {
    "cancelled by the buyer": "cancelled",
    "expired": "expired",
    "payment failed": "payment_failed",
    "refunded": "refunded",
    "listing cancelled": "listing_cancelled",
}
_CHANGES = {
    contract.OrderCreated.subject: "held",
    contract.OrderCompleted.subject: "sold",
    contract.OrderExtended.subject: "extended",
    contract.OrderReduced.subject: "reduced",
}
_MONEY = {
    contract.PaymentCreated.subject: "paid",
    contract.PaymentRefunded.subject: "refunded",
}

_orders = Children(
    Counter("ticketing_orders", "Orders, by what became of them", ["change"]),
    known=(*_CHANGES.values(), *ENDINGS.values()),
)
_units = Children(
    Counter("ticketing_units", "Units that were held or sold", ["change"]),
    known=("held", "sold"),
)
_payments = Children(
    Counter("ticketing_payments", "Payments and refunds, by outcome", ["outcome"]),
    known=(*_MONEY.values(), "failed"),
)
_money = Children(
    Counter(
        "ticketing_money_minor_units",
        "Money that was paid or sent back, in cents or what a currency has",
        ["kind", "currency"],
    )
)


def count_change(event: Event | None) -> None:
    """Count what an event tells of that was just saved, if it is about trade.

    Never raises: what was saved was saved.
    """
    if event is None:
        return
    if change := _CHANGES.get(event.subject):
        _count_order(change, event.data)
    elif event.subject == contract.OrderCancelled.subject:
        _orders[ENDINGS.get(event.data.get("reason", ""), OTHER),].inc()
    elif kind := _MONEY.get(event.subject):
        _payments[kind,].inc()
        currency = event.data.get("currency", DEFAULT_CURRENCY)
        _money[kind, currency].inc(event.data.get("amount", 0))
    elif event.subject == contract.PaymentFailed.subject:
        _payments["failed",].inc()


def _count_order(change: str, told: dict[str, Any]) -> None:
    _orders[change,].inc()
    if change in {"held", "sold"}:
        _units[change,].inc(len(told.get("units", ())))
