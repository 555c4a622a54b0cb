"""People who buy under faults, at once and again and again, and remember what came."""

from concurrent.futures import ThreadPoolExecutor

import httpx
from system_people import Person

from ticketing.ids import new_id

PRICE = 2000
LOST = "lost"
# After these nobody knows whether it was done; it may be asked for again.
PASSING = {LOST, 503}


def stubbornly(send, times=5):
    """Again while nobody knows what came of it; the last status and answer."""
    for _ in range(times):
        status, told = send()
        if status not in PASSING:
            break
    return status, told


def intent_of(secret):
    """The id of the intent that a client secret is for."""
    return secret.partition("_secret_")[0]


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

    def reserve(self, ticket, seats=None):
        """The order, or None when the units could not be had."""
        wish = {"seats": seats} if seats else {"quantity": 1}
        body = {"ticketId": ticket["id"], **wish}
        key = new_id()
        status, order = stubbornly(
            lambda: self._post("reserve", "/api/orders", body, key=key)
        )
        return order if status == 201 else None

    def pay(self, order, token="tok_visa", key=None):
        body = {"orderId": order["id"], "token": token}
        return self._post("pay", "/api/payments", body, order, key)

    def pay_stubbornly(self, order, key):
        """With one Idempotency-Key, up to five times while the outcome is not known."""
        return stubbornly(lambda: self.pay(order, key=key))

    def open(self, order):
        """The client secret of the order's intent, None if there can be none."""
        body = {"orderId": order["id"]}
        status, opened = stubbornly(
            lambda: self._post("open", "/api/payments/intent", body, order)
        )
        return opened["clientSecret"] if status == 200 else None

    def confirm(self, order, secret, card="pm_card_visa"):
        """Straight at Stripe, as a browser does."""
        status = self.shop.stand_in.confirm(intent_of(secret), card)
        self.history.add("confirm", order=order["id"], status=status)
        return status

    def cancel(self, order):
        """The status of the answer."""
        try:
            status = self.buyer.cancel(order).status_code
        except httpx.HTTPError:
            status = LOST
        self.history.add("cancel", order=order["id"], status=status)
        return status

    def refund(self, order):
        """The seller sends all of it back."""
        path = f"/api/orders/{order['id']}/refund"
        return self._post("refund", path, {}, order, http=self.seller.http)

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
