"""People who buy under faults, at once and again and again, and remember what came."""

from concurrent.futures import ThreadPoolExecutor

import httpx
from system_people import Person

PRICE = 2000
LOST = "lost"
# What a client of Stripe's or ours may send again.
PASSING = {LOST, 503}


class Buyers:
    """A seller with one listing, and a buyer with as many orders as one likes."""

    def __init__(self, shop):
        self.shop, self.history = shop, shop.history
        self.seller, self.buyer = Person(shop), Person(shop)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.seller.http.close()
        self.buyer.http.close()

    def list_many(self, quantity):
        return self.seller.sell(
            "A seat", PRICE / 100, quantity=quantity, maxPerOrder=10
        )

    def each(self, action, things, at_once=24):
        """What the action makes of each, so many at a time."""
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(action, things))

    def reserve(self, ticket, **wish):
        """The order, or None when the units could not be had."""
        body = {"ticketId": ticket["id"], "quantity": 1, **wish}
        if "seats" in wish:
            del body["quantity"]
        status, order = self._post("reserve", "/api/orders", body)
        return order if status == 201 else None

    def pay(self, order, token="tok_visa", key=None):
        body = {"orderId": order["id"], "token": token}
        return self._post("pay", "/api/payments", body, order, key)[0]

    def open(self, order):
        """The client secret of the order's intent, None if there is none yet."""
        body = {"orderId": order["id"]}
        status, opened = self._post("open", "/api/payments/intent", body, order)
        return opened["clientSecret"] if status in {200, 201} else None

    def pay_stubbornly(self, order, key, times=5):
        """With one Idempotency-Key, again while the outcome is not known."""
        for _ in range(times):
            status = self.pay(order, key=key)
            if status not in PASSING:
                break
        return status

    def confirm(self, order, secret, card="pm_card_visa"):
        """Straight at Stripe, as a browser does."""
        status = self.shop.stand_in.confirm(secret.partition("_secret_")[0], card)
        self.history.add("confirm", order=order["id"], status=status)
        return status

    def refund(self, order):
        """The seller sends all of it back."""
        path = f"/api/orders/{order['id']}/refund"
        return self._post("refund", path, {}, order, http=self.seller.http)[0]

    def _post(self, operation, path, body, order=None, key=None, http=None):
        headers = {"Idempotency-Key": key} if key else {}
        facts = {"order": order["id"]} if order else {}
        facts |= {"key": key} if key else {}
        client = http or self.buyer.http
        try:
            response = client.post(path, json=body, headers=headers)
        except httpx.HTTPError:
            self.history.add(operation, status=LOST, **facts)
            return LOST, {}
        told = response.json() if response.content else {}
        if operation == "reserve" and response.status_code == 201:
            facts["order"] = told["id"]
        self.history.add(operation, status=response.status_code, **facts)
        return response.status_code, told
