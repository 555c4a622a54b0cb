"""What payments tells operators and does for them; money in smallest units."""

from web_fakes import STAND_IN

from payments.inputs import RefundInput
from ticketing.errors import BadRequestError, NotFoundError, UnavailableError
from ticketing.http.request import validate

MAX_PAGE = 1000
SINCE = "2026-01-31T11:00:00.000Z"
BOSS = "boss@example.com"
# A shop with one operator.
OPERATED = STAND_IN | {"OPERATORS": BOSS}


class BooksHouse:
    """``rows``, ``sums`` and ``found`` are told; ``report`` is what comparing finds.

    ``refunds`` are those that were asked for.
    """

    def __init__(self, world):
        self.payments, self.orders = world.payments, world.orders
        self.rows, self.sums, self.found, self.refunds = [], {}, [], []
        self.report = {"looked": 0, "repaired": [], "findings": []}
        self.compared = 0
        for name in ("ledger", "findings", "reconcile", "dismiss_finding", "refund"):
            setattr(world.payments, name, getattr(self, name))

    def add(self, order_id, charged=2000, refunded=0, **more):
        row = {
            "orderId": order_id,
            "currency": "usd",
            "charged": charged,
            "refunded": refunded,
            "state": "paid",
            "order": "complete",
            "worth": charged - refunded,
        }
        self.rows.append(row | more)

    def add_sum(self, currency, charged, refunded=0, orders=None):
        kept = charged - refunded
        orders = kept if orders is None else orders
        self.sums[currency] = {
            "charged": charged,
            "refunded": refunded,
            "kept": kept,
            "orders": orders,
            "difference": kept - orders,
        }

    def find(self, kind, ref="5e", detail="2000 usd", *, order_id=None, since=SINCE):
        finding = {"id": f"{kind}:{ref}", "kind": kind, "ref": ref, "detail": detail}
        self.found.append(finding | {"orderId": order_id, "since": since})

    def ledger(self, since=None, until=None, limit=50, after=None):
        self._answer()
        assert limit <= MAX_PAGE
        newest = sorted(self.rows, key=lambda row: row["orderId"], reverse=True)
        older = [row for row in newest if not after or row["orderId"] < after]
        return {"orders": older[:limit], "sums": self.sums}

    def findings(self):
        self._answer()
        return [dict(finding) for finding in self.found]

    def reconcile(self, since=None, until=None):
        self._answer()
        self.compared += 1
        return self.report

    def dismiss_finding(self, id):  # noqa: A002 - the contract's name
        self._answer()
        left = [finding for finding in self.found if finding["id"] != id]
        if left == self.found:
            raise NotFoundError
        self.found = left
        return {"dismissed": id}

    def refund(self, order_id, reason, units=None):
        self._answer()
        wanted = validate(RefundInput, {"reason": reason, "units": units})
        order = self.orders.find(order_id)
        if units is not None and order["status"] == "cancelled":
            raise BadRequestError("The order was cancelled: only all of it goes back")
        if unknown := set(units or ()) - set(order["units"]):
            raise BadRequestError(f"This order does not have {', '.join(unknown)}")
        self.refunds.append((order_id, wanted.units, wanted.reason))
        return {"status": "refunding"}

    def _answer(self):
        if self.payments.away:
            raise UnavailableError
