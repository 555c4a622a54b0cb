"""People who sign up and buy at full speed, until everything stops."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
from chaos_buyers import LOST, Buyers
from chaos_checker import Violation
from chaos_shop import ENDS
from system_control import eventually
from system_people import PASSWORD, new_email

BUYERS = 8
# One buyer in so many thinks better of it.
GIVEN_UP = 4


class Trade:
    """``members`` are those who were told that they have signed up."""

    def __init__(self, shop):
        self.shop, self.members = shop, []
        self._buyers = Buyers(shop)
        self._over = threading.Event()

    @property
    def paid(self):
        return len(self.shop.history.acknowledged("pay"))

    @contextmanager
    def at_full_speed(self, more):
        """Once so many more have paid, and somebody has signed up."""
        self._over.clear()
        wanted, members = self.paid + more, len(self.members)
        ticket = self._buyers.list_many(100_000)
        with ThreadPoolExecutor(BUYERS + 1) as pool:
            made = [pool.submit(self._buy, ticket, each) for each in range(BUYERS)]
            made.append(pool.submit(self._sign_up))
            try:
                busy = lambda: self.paid >= wanted and len(self.members) > members  # noqa: E731
                eventually(busy, within=120)
                yield
            finally:
                self._over.set()
            for each in made:
                each.result()

    def give_up(self):
        """What nobody has paid, or does not know to have paid, is cancelled."""
        orders = self.shop.books.orders()
        left = [{"id": each} for each in orders if orders[each]["status"] not in ENDS]
        self._buyers.each(self._buyers.cancel, left)

    def lost(self):
        """Who was told to be a member, and is none."""
        users = self.shop.database("auth")["users"].find({}, {"email": True})
        for email in set(self.members) - {user["email"] for user in users}:
            yield Violation("lost", None, f"the account of {email}")

    def close(self):
        self._over.set()
        self._buyers.__exit__()

    def _buy(self, ticket, turn):
        while not self._over.is_set():
            turn += 1
            order = self._buyers.reserve(ticket)
            if order and turn % GIVEN_UP:
                self._buyers.pay(order)
            elif order:
                self._buyers.cancel(order)

    def _sign_up(self):
        with self.shop.client() as client:
            while not self._over.is_set():
                email = new_email()
                status = _answer(client, {"email": email, "password": PASSWORD})
                self.shop.history.add("sign up", email=email, status=status)
                self.members += [email] if status == 201 else []


def _answer(client, credentials):
    try:
        return client.post("/api/users/signup", json=credentials).status_code
    except httpx.HTTPError:
        return LOST
