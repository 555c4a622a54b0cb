"""Comparing Stripe, payments and orders over a time, and mending what differs.

What began here and is not settled is looked at in every round. What Stripe has is gone
through twice: a minute after it was made, and again when its hold has ended.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from payments import asking, commands, copies
from payments.asking import Till
from payments.books import comparison
from payments.books.comparison import Books, Checked
from payments.books.findings import Finding, Kind
from payments.intents import Intent, RefusedError
from payments.models import Payment
from payments.replay import made_for
from ticketing.change import Change
from ticketing.errors import DuplicateError, NotFoundError, UnavailableError
from ticketing.ids import first_id, new_id
from ticketing.money import plain

Json = dict[str, Any]
T = TypeVar("T")

# What is younger may still be under way.
SETTLING = timedelta(minutes=1)
# By then holds have ended, with what Stripe is told of their end.
LATER = timedelta(minutes=20)
# How much of the past one round catches up with.
LONGEST = timedelta(minutes=10)
# A round that has taken so long is not under way any more.
LEASE = timedelta(minutes=5)
# When so many cannot be looked at, it is not their fault.
PATIENCE = 3
UNSETTLED = 500
BATCH = 100


@dataclass
class Report:
    """What a round has looked at and done: ``looked`` counts comparisons."""

    looked: int = 0
    troubles: int = 0
    repaired: list[Json] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, order_id: str, check: Callable[[], Checked]) -> None:
        """Look at one; trouble with a few must not stop the others.

        Raises UnavailableError when there is trouble with many.
        """
        try:
            checked = check()
        except (UnavailableError, RefusedError):
            self.troubles += 1
            if self.troubles > PATIENCE:
                raise
            return
        self.looked += 1
        if checked.repaired:
            self.repaired.append({"orderId": order_id, "what": checked.repaired})
        if checked.finding:
            self.findings.append(checked.finding)

    def json_dict(self) -> Json:
        return {
            "looked": self.looked,
            "repaired": self.repaired,
            "findings": [finding.json_dict() for finding in self.findings],
        }


def due(since: datetime | None, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return the times to go through after a round that came up to ``since``.

    The first of them ends where the next round goes on.
    """
    until = now - SETTLING
    begin = max(since or until - LONGEST, until - timedelta(days=30))
    until = max(min(until, begin + LONGEST), begin)
    return [(begin, until), (begin - LATER, until - LATER)]


def round_of(books: Books, times: Iterable[tuple[datetime, datetime]]) -> Report:
    """Look at all that is unsettled, and at what was made in these times.

    Raises UnavailableError when Stripe or the orders are away.
    """
    report = Report()
    _recheck(books, report)
    _look_at_unsettled(books, report)
    for since, until in times:
        _look_at_stripe(books, report, since, until)
        _look_at_orders(books, report, since, until)
    return report


def _look_at_unsettled(books: Books, report: Report) -> None:
    before = first_id(books.till.now - SETTLING)
    for payment in books.till.payments.unsettled(before, UNSETTLED):
        report.add(payment.order_id, partial(_looked_at, books.till, payment))


def _looked_at(till: Till, payment: Payment) -> Checked:
    after = asking.look(till, _closed(till, payment))
    moved = after.status is not payment.status
    return Checked(repaired=f"now {after.status.value}") if moved else comparison.FINE


def _closed(till: Till, payment: Payment) -> Payment:
    """A payment that began when its order had just ended is closed as well."""
    order = till.payments.orders.find(payment.order_id)
    if order is None or not copies.has_ended(order) or payment.ended:
        return payment
    return commands.close(till, payment.order_id) or payment


def _look_at_stripe(
    books: Books, report: Report, since: datetime, until: datetime
) -> None:
    for intents in _batches(books.till.gateway.intents(since, until), BATCH):
        ours = [intent for intent in intents if intent.sum.order_id]
        payments = books.till.payments.of_orders([i.sum.order_id for i in ours])
        for intent in ours:
            payment = payments.get(intent.sum.order_id)
            check = partial(_compared, books, payment, intent)
            report.add(intent.sum.order_id, check)


def _compared(books: Books, payment: Payment | None, intent: Intent) -> Checked:
    if payment is not None:
        return comparison.compare(books, payment, intent)
    if intent.status not in comparison.MONEY:
        return comparison.FINE
    if adopted := _adopted(books, intent):
        return comparison.compare(books, adopted, intent)
    charged = plain(intent.sum.amount, intent.sum.currency)
    detail = f"{charged}: nobody here has ordered it"
    finding = Finding(Kind.UNKNOWN_ORDER, intent.id, detail, intent.sum.order_id)
    books.report(finding)
    return Checked(finding=finding)


def _adopted(books: Books, intent: Intent) -> Payment | None:
    """Make the payment anew that was lost with its database, if its order is here."""
    try:
        order = books.orders.get_order(intent.sum.order_id)
    except NotFoundError:
        return None
    lost = made_for(order, new_id())
    try:
        return books.till.payments.add(Change(lost))
    except DuplicateError:
        return books.till.payments.find_by_order(lost.order_id)


def _look_at_orders(
    books: Books, report: Report, since: datetime, until: datetime
) -> None:
    taken = books.till.payments.taken_for_orders(first_id(since), first_id(until))
    for payments in _batches(taken, BATCH):
        standings = books.orders.standings([each.order_id for each in payments])
        for payment in payments:
            order = standings.get(payment.order_id)
            check = partial(comparison.compare_order, books, payment, order)
            report.add(payment.order_id, check)
    after, before = first_id(since), first_id(until)
    while page := books.orders.list_complete(after, before):
        paid = books.till.payments.of_orders([order["id"] for order in page])
        for order in page:
            if order["id"] not in paid or not paid[order["id"]].is_taken:
                report.add(order["id"], partial(_unpaid, books, order))
        after = page[-1]["id"]


def _unpaid(books: Books, order: Json) -> Checked:
    detail = f"{plain(order['paid'], order['currency'])} were never charged"
    finding = Finding(Kind.NOT_PAID, order["id"], detail, order["id"])
    books.report(finding)
    return Checked(finding=finding)


def _recheck(books: Books, report: Report) -> None:
    """Drop the findings about orders that fit again."""
    for finding in books.findings.all():
        if finding.kind in {Kind.NOT_DELIVERED, Kind.REFUNDED_ELSEWHERE}:
            report.add(finding.ref, partial(_rechecked, books, finding))


def _rechecked(books: Books, finding: Finding) -> Checked:
    payment = books.till.payments.find_by_order(finding.ref)
    if payment is None or payment.stripe_id is None:
        return comparison.FINE
    intent = books.till.gateway.find(payment.stripe_id)
    order = books.orders.standings([finding.ref]).get(finding.ref)
    fits = comparison.compare(books, payment, intent).finding is None
    if fits and comparison.compare_order(books, payment, order).finding is None:
        books.findings.drop(finding.id)
    return comparison.FINE


def _batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
