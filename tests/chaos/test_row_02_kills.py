"""Row 2: what was captured and not refunded is the sum of complete orders.

Payments is killed at each named point around each kind of call to Stripe. One kill
finds many orders, each of them at its own point; webhooks are silent, so that the
service has to find by itself what became of its calls.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from chaos_buyers import Buyers, stubbornly
from chaos_checker import violations
from chaos_points import KINDS, POINTS, Traps
from system_control import eventually

FULL, SLICE, CONTROL = 25, 2, 1
# A point may be missed when the machine is slow: then there is another round.
MISSES = 9
# What is cancelled at its expiry tells nobody but orders, which has asked for it.
UNTOLD = {("cancel", "published")}
PLACES = [(k, p) for k in KINDS for p in POINTS if (k, p) not in UNTOLD]
DECLINED = "tok_chargeDeclined"


def test_money_balances_after_kills_at_every_point(row):
    shop, traps = shop_with_traps(row, without={"payments": "one_by_one"})
    kill_at_every_point(row, shop, traps, row.size)
    row.expect_none(violations(shop))


def test_control_every_call_has_a_key_of_its_own(row):
    shop, traps = shop_with_traps(row, without={"payments": "random_keys"})
    kill_at_every_point(row, shop, traps, CONTROL, may_fail=True)
    row.expect_some(violations(shop))


def shop_with_traps(row, **options):
    traps = Traps()
    watchers = {"STRIPE_API_BASE": traps.stripe, "MONGODB_URI": traps.mongodb}
    wires = watchers | {"NATS_URL": traps.nats}
    return row.shop(wires=wires, **options), traps


def kill_at_every_point(row, shop, traps, times, *, may_fail=False):
    left = Counter(dict.fromkeys(PLACES, times))
    rounds = 0
    with Buyers(shop) as buyers, ThreadPoolExecutor(len(PLACES)) as pool:
        while left and rounds < times + MISSES:
            rounds += 1
            places = row.random.sample(sorted(left), len(left))
            struck = Round(shop, buyers, traps, pool).strike(places)
            left -= Counter(struck)
            if may_fail:
                shop.seems_settled(within=5)
            else:
                shop.settle()
    row.figures |= {
        "kills": rounds,
        "points": len(PLACES),
        "orders at their point when killed": times * len(PLACES) - left.total(),
    }
    assert not left, f"never killed at {sorted(left)}"


class Round:
    """Orders brought to their points, a kill, and another start."""

    def __init__(self, shop, buyers, traps, pool):
        self.shop, self.buyers, self.traps, self.pool = shop, buyers, traps, pool

    def strike(self, places):
        """The places at which payments really stood when it was killed."""
        ticket = self.buyers.list_many(len(places))
        orders = list(self.pool.map(lambda place: self.prepare(ticket, *place), places))
        armed = dict(zip(places, orders, strict=True))
        traps = {p: self.traps.arm(o["id"], *p) for p, o in armed.items()}
        # MongoDB is waited for two seconds at most, all others are more patient.
        brief = {place for place in places if place[1] in {"told", "saved"}}
        calls = self.trip(armed, traps, set(places) - brief)
        calls += self.trip(armed, traps, brief)
        struck = [place for place, trap in traps.items() if trap.is_tight]
        self.kill(armed, struck)
        for call in calls:
            call.result()
        return struck

    def trip(self, armed, traps, places):
        """Start what leads to the points, until all are reached; what is under way."""
        calls = [self.pool.submit(self.start, p[0], armed[p]) for p in sorted(places)]
        with suppress(AssertionError):  # what was missed is tried again
            eventually(lambda: all(traps[p].sprung.is_set() for p in places), within=4)
        return calls

    def kill(self, armed, struck):
        for kind, point in struck:
            order_id = armed[kind, point]["id"]
            self.shop.history.add("kill", order=order_id, at_point=f"{kind}/{point}")
        self.shop.payments.kill()
        self.traps.spring()
        self.shop.payments.start().wait_until_ready()

    def prepare(self, ticket, kind, _point):
        """An order for which that call is the next one."""
        order = self.buyers.reserve(ticket)
        if kind == "confirm":
            assert self.pay(order, DECLINED) == 400
        elif kind == "cancel":
            assert self.buyers.open(order)
        elif kind == "refund":
            assert self.pay(order) == 201
            self.buyers.buyer.until(order, "complete")
        return order

    def pay(self, order, *card):
        """The status in the end: a shop that is slow today may ask to come back."""
        return stubbornly(lambda: self.buyers.pay(order, *card, key=order["id"]))[0]

    def start(self, kind, order):
        if kind == "cancel":
            self.shop.end_hold(order["id"])
        elif kind == "refund":
            self.buyers.refund(order)
        else:
            self.buyers.pay(order)
