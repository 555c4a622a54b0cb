"""Webhooks tell where to look; what they say themselves is not believed.

https://docs.stripe.com/webhooks: at least once, in any order, for up to three days.
"""

from datetime import datetime
from random import sample

from payments.books import comparison
from payments.books.comparison import Books
from payments.books.findings import Finding, Kind
from payments.inbox import Outcome
from payments.intents import Notice, RefusedError
from payments.models import Payment
from payments.repository import Payments
from ticketing.errors import UnavailableError

BATCH = 500
# So many more that cannot be looked at than that can, and Stripe is away for all.
PATIENCE = 3
# After these an intent of ours is not what it was.
ABOUT_INTENTS = {
    f"payment_intent.{change}"
    for change in (
        "succeeded",
        "payment_failed",
        "processing",
        "requires_action",
        "canceled",
    )
}
ABOUT_MONEY = {"payment_intent.succeeded", "payment_intent.processing"}
REFUNDED = "charge.refunded"
# What only people can deal with.
FOR_PEOPLE = {
    "refund.failed": (Kind.REFUND_FAILED, "The bank did not take the refund back"),
    "charge.dispute.created": (Kind.DISPUTED, "The buyer disputes the payment"),
}


def receive(payments: Payments, notice: Notice, now: datetime) -> bool:
    """Keep a webhook; return whether it waits to be heeded.

    Most tell of money that Stripe's own answer has told of before.
    """
    payment = None
    if notice.type in ABOUT_INTENTS and notice.order_id:
        payment = payments.find_by_order(notice.order_id)
    known = payment is not None and _is_known(payment, notice)
    outcome = Outcome.HEEDED if known else Outcome.WAITING
    return payments.inbox.keep(notice, now, outcome) and not known


def heed_waiting(books: Books) -> int:
    """Look where the webhooks that came point to; return how many were settled.

    One that cannot be heeded now waits, and does not stop the others.
    """
    outcomes: dict[str, Outcome] = {}
    troubles = 0
    waiting = books.inbox.waiting(BATCH)
    # In another order each time, so that none keeps the others waiting for long.
    for notice in sample(waiting, len(waiting)):
        try:
            outcomes[notice.id] = heed(books, notice)
        except UnavailableError:
            troubles += 1
        if troubles > len(outcomes) + PATIENCE:
            break
    books.inbox.settle(outcomes)
    return len(outcomes)


def heed(books: Books, notice: Notice) -> Outcome:
    """Raises UnavailableError when it cannot be heeded now."""
    if notice.type in FOR_PEOPLE:
        return _for_people(books, notice)
    if notice.type not in ABOUT_INTENTS | {REFUNDED} or notice.order_id is None:
        return Outcome.IGNORED
    payment = books.till.payments.find_by_order(notice.order_id)
    if payment is None or notice.intent_id is None:
        return _unknown(books, notice)
    if _is_known(payment, notice):
        return Outcome.HEEDED
    try:
        intent = books.till.gateway.find(notice.intent_id)
    except RefusedError as error:
        return _aside(books, notice, Kind.DOES_NOT_FIT, str(error))
    checked = comparison.compare(books, payment, intent)
    return Outcome.ASIDE if checked.finding else Outcome.HEEDED


def _unknown(books: Books, notice: Notice) -> Outcome:
    """Of another shop on the same account, or ours: only money is worth a look."""
    if notice.type not in ABOUT_MONEY:
        return Outcome.IGNORED
    return _aside(books, notice, Kind.UNKNOWN_ORDER, "Nobody here has ordered it")


def _is_known(payment: Payment, notice: Notice) -> bool:
    """Whether it tells of our own intent what was saved already."""
    is_ours = payment.stripe_id == notice.intent_id
    return payment.is_taken and is_ours and notice.type in ABOUT_INTENTS


def _for_people(books: Books, notice: Notice) -> Outcome:
    kind, detail = FOR_PEOPLE[notice.type]
    return _aside(books, notice, kind, detail)


def _aside(books: Books, notice: Notice, kind: Kind, detail: str) -> Outcome:
    ref = notice.intent_id or notice.id
    told = f"{detail} ({notice.type}, {ref})"
    books.report(Finding(kind, ref, told, notice.order_id))
    return Outcome.ASIDE
