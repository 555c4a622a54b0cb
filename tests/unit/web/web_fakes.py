"""What every other service is to the pages: small, strict and in memory."""

import copy
from datetime import timedelta

from ticketing.clock import from_iso
from ticketing.errors import NotFoundError, UnavailableError
from ticketing.ids import new_id
from ticketing.money import major, minor

NOW = from_iso("2026-01-31T12:00:00.000Z")
HOLD = timedelta(minutes=15)
STAND_IN = {"STRIPE_API_BASE": "http://127.0.0.1:1", "STRIPE_SECRET_KEY": "sk_test_x"}


class Fake:
    """``away`` makes every call fail as if the service did not answer."""

    def __init__(self):
        self.things = {}
        self.away = False

    def keep(self, thing):
        thing.setdefault("id", new_id())
        self.things[thing["id"]] = thing
        return copy.deepcopy(thing)

    def find(self, thing_id):
        if self.away:
            raise UnavailableError
        if thing_id not in self.things:
            raise NotFoundError
        return copy.deepcopy(self.things[thing_id])

    def page(self, wanted, limit, after, order):
        if self.away:
            raise UnavailableError
        found = sorted(
            (t for t in self.things.values() if wanted(t)), key=lambda t: t["id"]
        )
        found = found[::-1] if order == "desc" else found
        if after:
            older = order == "desc"
            found = [
                t for t in found if (t["id"] < after) == older and t["id"] != after
            ]
        return copy.deepcopy(found[:limit])


def times(number, price, currency):
    return major(minor(price, currency) * number, currency)
