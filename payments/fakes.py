"""In-memory doubles of what the payments service stands on."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from payments.books.findings import Finding
from payments.inbox import Outcome
from payments.intents import Notice
from payments.models import Payment
from payments.repository import LOOKED_AT
from ticketing.fakes import MemoryAggregates, MemoryReplicas
from ticketing.mongo import Document
from ticketing.paging import Page


class MemoryPayments(MemoryAggregates[Payment]):
    def __init__(self) -> None:
        super().__init__(
            (("orderId",), lambda payment: [payment.order_id]),
            (("userId", "requestKeys"), _request_keys),
        )
        self.orders = MemoryReplicas()
        self.inbox = MemoryInbox()
        self.findings = MemoryFindings()
        self._leased_until: datetime | None = None
        self._last_round: datetime | None = None

    def find_by_order(self, order_id: str) -> Payment | None:
        return self.of_orders([order_id]).get(order_id)

    def of_orders(self, order_ids: list[str]) -> dict[str, Payment]:
        every = self._states.values()
        return {each.order_id: each for each in every if each.order_id in order_ids}

    def for_orders(self, after: str, before: str, page: Page) -> list[Payment]:
        found = self._between(after, page.after or before)
        found.sort(key=lambda payment: payment.order_id, reverse=True)
        return found[: page.limit]

    def taken_for_orders(self, after: str, before: str) -> Iterator[Payment]:
        return (each for each in self._between(after, before) if each.is_taken)

    def sums(self, after: str, before: str) -> dict[str, tuple[int, int]]:
        charged, refunded = Counter[str](), Counter[str]()
        for payment in self.taken_for_orders(after, before):
            charged[payment.currency] += payment.charged
            refunded[payment.currency] += payment.refunded
        return {key: (charged[key], refunded[key]) for key in charged}

    def waiting_since(self, moment: datetime, limit: int) -> list[Payment]:
        def waits(payment: Payment) -> bool:
            return bool(payment.waiting_since and payment.waiting_since < moment)

        return self.select(waits, Page(limit))

    def unsettled(self, before: str, limit: int) -> list[Payment]:
        return self.select(
            lambda each: each.status in LOOKED_AT and each.id < before, Page(limit)
        )

    def claim_round(self, now: datetime, lease: timedelta) -> bool:
        if self._leased_until is not None and self._leased_until >= now:
            return False
        self._leased_until = now + lease
        return True

    def last_round(self) -> datetime | None:
        return self._last_round

    def end_round(self, until: datetime, free_at: datetime) -> None:
        self._last_round, self._leased_until = until, free_at

    def _between(self, after: str, before: str) -> list[Payment]:
        every = self._states.values()
        return [each for each in every if after <= each.order_id < before]


class MemoryInbox:
    """``outcomes`` are what became of the webhooks, by their ids."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self._notices: dict[str, Notice] = {}
        self._received: dict[str, datetime] = {}

    def keep(
        self, notice: Notice, now: datetime, outcome: Outcome = Outcome.WAITING
    ) -> bool:
        if notice.id in self._notices:
            return False
        self._notices[notice.id] = notice
        self._received[notice.id] = now
        self.outcomes[notice.id] = outcome
        return True

    def waiting(self, limit: int) -> list[Notice]:
        outcomes = self.outcomes.items()
        ids = [each for each, outcome in outcomes if outcome is Outcome.WAITING]
        return [self._notices[each] for each in ids[:limit]]

    def about(self, intent_id: str) -> list[Document]:
        return [
            {
                "receivedAt": self._received[notice.id],
                "type": notice.type,
                "outcome": self.outcomes[notice.id].value,
            }
            for notice in self._notices.values()
            if notice.intent_id == intent_id
        ]

    def settle(self, outcomes: dict[str, Outcome]) -> None:
        self.outcomes |= outcomes


class MemoryFindings:
    def __init__(self) -> None:
        self._findings: dict[str, Finding] = {}

    def keep(self, finding: Finding, now: datetime) -> bool:
        known = self._findings.get(finding.id)
        since = known.since if known else now
        self._findings[finding.id] = Finding(
            finding.kind, finding.ref, finding.detail, finding.order_id, since
        )
        return known is None

    def drop(self, finding_id: str) -> bool:
        return self._findings.pop(finding_id, None) is not None

    def all(self) -> list[Finding]:
        return list(self._findings.values())


def _request_keys(payment: Payment) -> list[tuple[str, str]]:
    return [(payment.user_id, key) for key in payment.request_keys]
