"""Orders and payments of a known minute, and rounds that compare them."""

from datetime import timedelta

from bson import ObjectId
from unit_doubles import BOB, NOW

from payments.books import reconciliation
from payments.books.reconciliation import SETTLING

AMOUNT = 1950


def id_of(moment, number=1):
    """An id that was given at a moment."""
    return str(ObjectId.from_datetime(moment))[:8] + f"{number:016x}"


ORDER, OTHER = id_of(NOW), id_of(NOW, 2)


def payment(cash, order_id=ORDER):
    return cash.payments.find_by_order(order_id)


def complete(cash, order_id=ORDER):
    cash.orders.orders[order_id]["status"] = "complete"


def round_(cash, after=SETTLING + timedelta(seconds=1)):
    """A round that looks at what was made until ``after`` ago."""
    cash.clock.now += after
    since, until = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)
    report = reconciliation.round_of(cash.rpc._books, [(since, until)])
    return [each["what"] for each in report.repaired]


def findings(cash):
    return [(finding.kind, finding.ref) for finding in cash.payments.findings.all()]


def told(cash):
    return [event.subject for event in cash.payments.events]


def pay(cash, token="tok_visa"):
    return cash.rpc.pay(ORDER, BOB, token)
