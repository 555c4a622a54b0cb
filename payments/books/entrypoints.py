"""The part of the payments service that operators talk to."""

from datetime import timedelta
from typing import Any

from payments.asking import Till
from payments.books import ledger, reconciliation
from payments.books.comparison import Books
from payments.inputs import Period
from payments.repository import Payments
from ticketing import service
from ticketing.clock import iso
from ticketing.errors import NotFoundError
from ticketing.http.request import validate
from ticketing.ids import checked_id, named
from ticketing.paging import page_of
from ticketing.periodic import every
from ticketing.rpc import rpc

Json = dict[str, Any]

RECONCILE_EVERY = 60.0
# From one round to the next, whichever process makes it.
PAUSE = timedelta(seconds=50)


class BookEntrypoints(service.Service):
    """Base of the payments service; has no ``name``, so it is none itself."""

    payments: Payments
    orders_rpc: Any

    @property
    def _till(self) -> Till:
        raise NotImplementedError

    @property
    def _books(self) -> Books:
        payments = self.payments
        return Books(self._till, payments.inbox, payments.findings, self.orders_rpc)

    @rpc
    def ledger(
        self,
        since: str | None = None,
        until: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Json:
        """Return what was charged and refunded for each order, and whether it fits.

        As ``ledger.ledger`` says; the next page goes on ``after`` the last order's id.
        Raises InvalidInputError.
        """
        period = validate(Period, {"since": since, "until": until})
        page = page_of({"limit": limit, "after": after})
        return ledger.ledger(self._books, period.since, period.until, page)

    @rpc
    def reconcile(self, since: str | None = None, until: str | None = None) -> Json:
        """Compare Stripe, payments and orders now, and mend what can be mended.

        By default what was made in the last ten minutes. Returns ``{"looked",
        "repaired": [{orderId, what}], "findings": [...]}``. Raises InvalidInputError,
        UnavailableError.
        """
        period = validate(Period, {"since": since, "until": until})
        end = period.until or self.clock()
        begin = period.since or end - reconciliation.LONGEST
        return reconciliation.round_of(self._books, [(begin, end)]).json_dict()

    @rpc
    def history(self, order_id: str) -> list[Json]:
        """Return what has become of an order's payment, by time; [] without one.

        Its changes and events are as ``ticketing.history.told`` says; a webhook is
        ``{at, what}``.
        """
        payment = self.payments.find_by_order(checked_id(order_id))
        if payment is None:
            return []
        webhooks = [
            {
                "at": iso(each["receivedAt"]),
                "what": f"webhook {each['type']}: {each['outcome']}",
            }
            for each in self.payments.inbox.about(payment.stripe_id or "")
        ]
        return self.payments.history(payment.id) + webhooks

    @rpc
    def findings(self) -> list[Json]:
        """Return what does not fit and cannot be mended: ``[{id, kind, detail, ...}]``.

        ``kind`` is one of ``payments.books.findings.Kind``.
        """
        return [finding.json_dict() for finding in self.payments.findings.all()]

    @rpc
    def dismiss_finding(self, id: str) -> Json:  # noqa: A002 - as dead letters have it
        """Forget a finding that somebody has dealt with. Raises NotFoundError."""
        if not self.payments.findings.drop(named(id)):
            raise NotFoundError
        return {"dismissed": id}

    @every(RECONCILE_EVERY)
    def reconcile_regularly(self) -> None:
        """One process at a time goes on where the last round has ended."""
        now = self.clock()
        if not self.payments.claim_round(now, reconciliation.LEASE):
            return
        times = reconciliation.due(self.payments.last_round(), now)
        reconciliation.round_of(self._books, times)
        self.payments.end_round(times[0][1], now + PAUSE)
