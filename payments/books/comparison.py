"""Comparing one payment with Stripe and with its order, and mending what differs."""

from dataclasses import dataclass
from typing import Any

from payments import asking, refunds
from payments.asking import Till
from payments.books.findings import Finding, Findings, Kind
from payments.counts import count_finding
from payments.inbox import Inbox
from payments.intents import Intent, IntentStatus
from payments.models import Payment, Status
from payments.outcomes import MismatchError, check_fits
from ticketing.errors import HopelessError, UnavailableError
from ticketing.money import plain

Json = dict[str, Any]

# There is or may soon be money in such an intent.
MONEY = {IntentStatus.SUCCEEDED, IntentStatus.PROCESSING}


@dataclass(frozen=True)
class Books:
    """All that has to fit together; ``orders`` is the service of that name, by RPC."""

    till: Till
    inbox: Inbox
    findings: Findings
    orders: Any

    def report(self, finding: Finding) -> None:
        """Keep a finding for people; a new one raises an alert."""
        if self.findings.keep(finding, self.till.now):
            count_finding(finding.kind)


@dataclass(frozen=True)
class Checked:
    """What was done, or what is left for people; neither when all is well."""

    repaired: str = ""
    finding: Finding | None = None


FINE = Checked()


def compare(books: Books, payment: Payment, intent: Intent) -> Checked:
    """Make a payment what Stripe has. Raises UnavailableError."""
    try:
        check_fits(payment, intent)
    except MismatchError as error:
        return _misfit(books, payment, intent, str(error))
    if not payment.is_taken:
        return _caught_up(books.till, payment, intent)
    return _compare_refunds(books, payment, intent)


def compare_order(books: Books, payment: Payment, order: Json | None) -> Checked:
    """See that what is paid is delivered; ``order`` is as ``orders.standings`` tells.

    Raises UnavailableError.
    """
    if payment.status is Status.REFUNDING or _is_balanced(payment, order):
        return FINE
    if order is None:
        return _reported(
            books, Kind.UNKNOWN_ORDER, payment, "There is no order for this payment"
        )
    try:
        _tell_order(books, payment)
    except HopelessError as error:
        return _reported(books, Kind.NOT_DELIVERED, payment, str(error))
    after = books.orders.standings([payment.order_id]).get(payment.order_id)
    known = books.till.payments.get(payment.id)
    if _is_balanced(known, after) or known.status is Status.REFUNDING:
        return Checked(repaired="told the order again")
    kept = plain(known.charged - known.refunded, known.currency)
    worth = plain(after["paid"] if after else 0, known.currency)
    detail = f"{kept} kept, the order is worth {worth}"
    return _reported(books, Kind.NOT_DELIVERED, known, detail)


def _is_balanced(payment: Payment, order: Json | None) -> bool:
    kept = payment.charged - payment.refunded
    paid = (order["paid"], order["currency"]) if order else (0, payment.currency)
    return paid == (kept, payment.currency)


def _tell_order(books: Books, payment: Payment) -> None:
    """What its events say, once more: they may have been lost."""
    order_id = payment.order_id
    books.orders.hear_payment(order_id, payment.amount, payment.currency)
    for refund in payment.refunds:
        if refund.done:
            books.orders.hear_refund(order_id, list(refund.units))


def _misfit(books: Books, payment: Payment, intent: Intent, detail: str) -> Checked:
    """An intent beside the payment's own matters only if there is money in it."""
    if intent.status not in MONEY or intent.refunded == intent.sum.amount:
        return FINE
    twice = payment.is_taken and payment.stripe_id != intent.id
    kind = Kind.PAID_TWICE if twice else Kind.DOES_NOT_FIT
    finding = Finding(kind, intent.id, detail, payment.order_id)
    books.report(finding)
    return Checked(finding=finding)


def _caught_up(till: Till, payment: Payment, intent: Intent) -> Checked:
    after = asking.take_over(till, payment, intent)
    if after.status is Status.CLOSING:
        after = asking.ask(till, after)
    changed = after.status is not payment.status
    return Checked(repaired=f"now {after.status.value}") if changed else FINE


def _compare_refunds(books: Books, payment: Payment, intent: Intent) -> Checked:
    if payment.status is Status.REFUNDING:
        return _finish_refunds(books, payment)
    if intent.refunded == payment.refunded:
        return FINE
    if intent.refunded == payment.amount:
        books.till.payments.change(payment.id, refunds.adopt)
        return Checked(repaired="took over a refund made at Stripe")
    if not _still_differs(books.till, payment, intent):
        return FINE
    elsewhere = intent.refunded > payment.refunded
    kind = Kind.REFUNDED_ELSEWHERE if elsewhere else Kind.REFUND_FAILED
    back, known = (
        plain(amount, payment.currency)
        for amount in (intent.refunded, payment.refunded)
    )
    detail = f"{back} are back, not {known}"
    return _reported(books, kind, payment, detail)


def _still_differs(till: Till, payment: Payment, intent: Intent) -> bool:
    """Whether it is no refund that was made between looking here and there."""
    there = till.gateway.find(intent.id)
    here = till.payments.get(payment.id)
    return (here.version, there.refunded) == (payment.version, intent.refunded)


def _finish_refunds(books: Books, payment: Payment) -> Checked:
    """What somebody sent back by hand may leave too little for a refund of ours."""
    try:
        after = asking.ask(books.till, payment)
    except UnavailableError:
        returned = books.till.gateway.refunds(payment.stripe_id or "")
        if all(each.number is not None or each.failed for each in returned):
            raise
        detail = "A refund made at Stripe is in the way of one of ours"
        return _reported(books, Kind.REFUNDED_ELSEWHERE, payment, detail)
    return Checked(repaired=f"now {after.status.value}")


def _reported(books: Books, kind: Kind, payment: Payment, detail: str) -> Checked:
    finding = Finding(kind, payment.order_id, detail, payment.order_id)
    books.report(finding)
    return Checked(finding=finding)
