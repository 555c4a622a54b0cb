"""Reads a history against the databases and against Stripe's books."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from system_bus import Bus

ENDS = {"complete", "cancelled"}


@dataclass(frozen=True)
class Violation:
    rule: str
    order: str | None
    facts: str

    def __str__(self):
        return f"{self.rule}: order {self.order}: {self.facts}"


def violations(shop):
    """Everything that is not as it must be, once all is said to be settled."""
    facts = Facts(shop)
    rules = (
        _ends,
        _units,
        _copies,
        _money,
        _charges,
        _refunds,
        _acknowledged,
        _sums,
        _events,
        _said,
    )
    return [violation for rule in rules for violation in rule(facts)]


class Facts:
    def __init__(self, shop):
        self.shop, self.history = shop, shop.history
        self.orders, self.tickets = shop.books.orders(), shop.books.tickets()
        payments = shop.books.payments().values()
        self.payments = {payment["orderId"]: payment for payment in payments}
        self.stripe = shop.stand_in.books()

        self.told = _told(shop)
        with shop.rpc() as rpc:
            self.ledger = rpc.payments.ledger()["sums"]
            self.findings = rpc.payments.findings()
            self.letters = [
                letter
                for service in (rpc.tickets, rpc.orders, rpc.payments, rpc.expiration)
                for letter in service.dead_letters()
            ]

    def owed(self, order):
        """The cents that Stripe should have for it."""
        if order["status"] != "complete":
            return 0
        return order["ticket"]["price"] * len(order["units"])


def _ends(facts):
    """No order is without an end, and every ticket knows of it."""
    for order in facts.orders.values():
        if order["status"] not in ENDS:
            yield Violation("no end", order["_id"], order["status"])
    for payment in facts.payments.values():
        if "waitingSince" in payment:
            yield Violation("no end", payment["orderId"], payment["status"])


def _units(facts):
    """No unit is held by two orders."""
    for ticket in facts.tickets.values():
        held = facts.shop.books.held({"id": ticket["_id"]})
        if twice := [unit for unit, times in held.items() if times > 1]:
            yield Violation("sold twice", None, f"{ticket['_id']}: {sorted(twice)}")


def _copies(facts):
    """Whoever keeps a copy, or counts, has heard of everything once."""
    if not facts.shop.books.copies_agree():
        yield Violation("copy", None, "a copy is not as its owner has it")
    if not facts.shop.books.counts_agree():
        yield Violation("count", None, "a ticket has not counted each order once")


def _money(facts):
    """Of each order Stripe has kept all of its price, or nothing."""
    for order in facts.orders.values():
        kept, owed = facts.stripe.kept[order["_id"]], facts.owed(order)
        if kept != owed:
            told = f"{order['status']}, {kept} cents kept, {owed} owed"
            yield Violation("money", order["_id"], told)
    for order_id in facts.stripe.charges.keys() - facts.orders.keys():
        yield Violation("money", order_id, "charged without an order")


def _charges(facts):
    """An order is charged at most once."""
    for order_id, charges in facts.stripe.charges.items():
        if len(charges) > 1:
            yield Violation("charged twice", order_id, f"{charges} cents")


def _refunds(facts):
    """A unit's money goes back at most once."""
    for order_id, refunds in facts.stripe.refunds.items():
        units = len(facts.payments.get(order_id, {}).get("units", ()))
        if len(refunds) > max(units, 1):
            yield Violation("refunded twice", order_id, f"{refunds} cents")


def _acknowledged(facts):
    """What somebody was told has happened."""
    reserved = facts.history.acknowledged("reserve")
    for order_id in reserved - facts.orders.keys():
        yield Violation("lost", order_id, "an acknowledged order is not there")
    for order_id in facts.history.acknowledged("pay"):
        if not facts.stripe.charges[order_id]:
            yield Violation("lost", order_id, "an acknowledged payment was not made")
        if order_id not in facts.payments:
            yield Violation("lost", order_id, "an acknowledged payment is not there")


def _sums(facts):
    """What was captured and not refunded is what complete orders cost together."""
    kept = sum(facts.stripe.kept.values())
    owed = sum(facts.owed(order) for order in facts.orders.values())
    if kept != owed:
        yield Violation("sum", None, f"{kept} cents kept, {owed} owed")


def _events(facts):
    """Each change of an order and of its money was told once, version by version."""
    for order_id, order in facts.orders.items():
        told = facts.told["order"][order_id]
        if told != Counter(range(order["version"] + 1)):
            yield Violation("versions", order_id, f"{dict(told)}")
    for payment in facts.payments.values():
        told = facts.told["payment"][payment["_id"]]
        if set(told.values()) - {1} or max(told, default=0) > payment["version"]:
            yield Violation("versions", payment["orderId"], f"{dict(told)}")


def _said(facts):
    """The shop's own books say the same, and nothing was given up."""
    for currency, sums in facts.ledger.items():
        if sums["difference"] or sums["kept"] != sum(facts.stripe.kept.values()):
            yield Violation("ledger", None, f"{currency}: {sums}")
    for finding in facts.findings:
        yield Violation("finding", finding["orderId"], finding["detail"])
    for letter in facts.letters:
        yield Violation("dead letter", None, f"{letter}")


def _told(shop):
    """How often each version of each order and each payment was told of."""
    told = {"order": defaultdict(Counter), "payment": defaultdict(Counter)}
    for message in Bus(shop).messages(""):
        subject = message.subject.partition(".")[0]
        if subject in told:
            told[subject][message.data["id"]][message.data["version"]] += 1
    return told
