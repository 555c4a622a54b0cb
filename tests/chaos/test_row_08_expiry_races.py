"""Row 8: a race of payment and expiry ends complete, refunded or never charged.

Payments land up to 200 ms before or after the hold ends, by card token at the shop or
straight at Stripe as a browser does it. For some, Stripe cannot be told of the end, and
the money comes when the order is cancelled already. Much of what comes free is bought
at once by somebody else, so that not every late payment can be honoured.
"""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from enum import Enum

from chaos_buyers import PRICE, Buyers, intent_of
from chaos_checker import violations
from chaos_points import kind_of
from chaos_shop import ENDS, HEALED_WITHIN
from chaos_wire import CutError

FULL, SLICE, CONTROL = 1_000, 100, 40
BATCH = 100
HOLD = "6"
# So long does the end of a hold wait for a Stripe that cannot be reached.
GRACE = "1"
AROUND = 0.2
PAUSE = 0.05
# What Stripe takes before it looks at a request.
DELAY = [0, 0.15]


class Way(Enum):
    BY_TOKEN = "by token"
    AT_STRIPE = "at Stripe"
    LATE = "at Stripe, once the order is cancelled"


WAYS = {Way.BY_TOKEN: 4, Way.AT_STRIPE: 4, Way.LATE: 2}


class OutOfReach:
    """Keeps payments from cancelling these intents."""

    def __init__(self):
        self.intents = set()

    def asked(self, request):
        parts = request.line[1].split("/")
        if kind_of(request) == "cancel" and parts[3] in self.intents:
            raise CutError

    def answered(self, response):
        """What Stripe says goes on."""


def test_money_and_order_agree_however_the_race_ends(row):
    shop = open_shop(row)
    race(row, shop, row.size)
    shop.settle()
    row.figures |= outcomes(shop)
    row.expect_none(violations(shop))


def test_control_nothing_is_closed_and_late_money_is_kept(row):
    unguarded = {"orders": "ignores_late_money", "payments": "never_closes"}
    shop = open_shop(row, without=unguarded)
    race(row, shop, CONTROL)
    shop.seems_settled(within=5)
    row.figures |= outcomes(shop)
    row.expect_some(violations(shop))


def open_shop(row, **options):
    shop = row.shop(
        webhooks=lambda shop: shop.hook,
        wires={"STRIPE_API_BASE": OutOfReach()},
        HOLD_SECONDS=HOLD,
        PAYMENT_GRACE_SECONDS=GRACE,
        **options,
    )
    shop.stand_in.set_faults(seed=row.seed, delay=DELAY, paths=["/v1/payment_intents"])
    return shop


def race(row, shop, size):
    with Buyers(shop) as buyers, ThreadPoolExecutor(2 * BATCH) as pool:
        for first in range(0, size, BATCH):
            Batch(row, buyers, pool, min(BATCH, size - first)).run()
    shop.stand_in.clear_faults()
    row.figures["races"] = size


class Batch:
    """Orders that end at about the same time, and somebody who sees them end."""

    def __init__(self, row, buyers, pool, size):
        self.random, self.buyers, self.pool = row.random, buyers, pool
        self.out_of_reach = buyers.shop.watchers["STRIPE_API_BASE"].intents
        self.seats = [f"A-{number}" for number in range(1, size + 1)]
        self.ticket = buyers.seller.sell(seats=self.seats, price=PRICE / 100)

    def run(self):
        ways = self.random.choices(list(WAYS), WAYS.values(), k=len(self.seats))
        begun = self.buyers.each(self.begin, zip(self.seats, ways, strict=True))
        self.ended = {order["id"]: threading.Event() for order, _ in begun}
        wanted = set(self.random.sample(sorted(self.ended), len(begun) // 2))
        rivals = self.pool.submit(self.watch, wanted)
        offsets = [self.random.uniform(-AROUND, AROUND) for _ in begun]
        list(self.pool.map(self.pay, begun, ways, offsets))
        for taking in rivals.result():
            taking.result()

    def begin(self, plan):
        """An order, and the secret of its intent if it will be paid at Stripe.

        A shop that is slow today may have none before the hold is over.
        """
        seat, way = plan
        order = self.buyers.reserve(self.ticket, seats=[seat])
        secret = self.buyers.open(order) if way is not Way.BY_TOKEN else None
        if secret and way is Way.LATE:
            self.out_of_reach.add(intent_of(secret))
        return order, secret

    def pay(self, begun, way, offset):
        order, secret = begun
        if way is Way.LATE:
            assert self.ended[order["id"]].wait(HEALED_WITHIN)
            time.sleep(AROUND + offset)
        else:
            end = datetime.fromisoformat(order["expiresAt"]).timestamp()
            time.sleep(max(0, end + offset - time.time()))
        if secret:
            self.buyers.confirm(order, secret)
            self.out_of_reach.discard(intent_of(secret))
        else:
            self.buyers.pay(order)

    def watch(self, wanted):
        """Until all have ended; the seats that are wanted are bought when free."""
        left, takings = set(self.ended), []
        while left:
            for order in self.just_ended(left):
                left.remove(order["_id"])
                self.ended[order["_id"]].set()
                if order["status"] == "cancelled" and order["_id"] in wanted:
                    takings.append(self.pool.submit(self.take, order["freed"]))
            time.sleep(PAUSE)
        return takings

    def just_ended(self, left):
        orders = self.buyers.shop.database("orders")["orders"]
        return orders.find({"_id": {"$in": list(left)}, "status": {"$in": list(ENDS)}})

    def take(self, seats):
        order = self.buyers.reserve(self.ticket, seats=seats)
        if order:
            self.buyers.pay(order)


def outcomes(shop):
    """How many orders ended how, by what became of the money."""
    books = shop.stand_in.books()

    def outcome(order):
        if order["status"] == "complete":
            return "complete"
        if not books.charges[order["_id"]]:
            return "never charged"
        return "refunded" if books.refunds[order["_id"]] else "paid for nothing"

    return Counter(map(outcome, shop.books.orders().values()))
