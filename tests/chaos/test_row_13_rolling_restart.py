"""Row 13: a rolling restart loses nothing.

Two processes serve a hundred requests a second, and one after the other is told to stop
(SIGTERM) and started again. No request fails: each is answered, and as usual.
"""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
from chaos_buyers import LOST, Buyers
from chaos_checker import violations
from system_control import eventually

FULL, SLICE = 20, 1
RATE, CLIENTS = 100, 20
# Of the control, at most.
KILLS = 20


def test_no_request_fails(row):
    shop = row.shop(twins=True)
    with Load(row, shop) as load:
        for number in range(row.size):
            process = shop.twins[number % len(shop.twins)]
            process.stop()
            process.start().wait_until_ready()
    row.figures |= {"restarts": row.size, "requests": load.answers.total()}
    row.figures["a second"] = round(load.answers.total() / load.seconds)
    shop.settle()
    row.expect_none([*load.failed, *violations(shop)])


def test_control_a_process_is_killed_instead(row):
    shop = row.shop(twins=True)
    with Load(row, shop) as load:
        eventually(lambda: load.answers.total() > CLIENTS)
        # At any one moment there may be no request under way that could be lost.
        for _ in range(KILLS):
            shop.payments.kill()
            seen = load.answers.total()
            eventually(lambda n=seen: load.failed or load.answers.total() > n + CLIENTS)
            if load.failed:
                break
            shop.payments.start().wait_until_ready()
    row.expect_some(load.failed)


class Load:
    """Clients who look and reserve, each at its own pace, until this ends."""

    def __init__(self, row, shop):
        self.answers, self._ends = Counter(), threading.Event()
        self._shop, self._buyers = shop, Buyers(shop)
        self._pool = ThreadPoolExecutor(CLIENTS)
        self._phases = [row.random.random() for _ in range(CLIENTS)]

    def __enter__(self):
        self._buyers.__enter__()
        self._ticket = self._buyers.list_many(100_000)
        self._began = time.monotonic()
        self._running = [self._pool.submit(self._run, each) for each in self._phases]
        return self

    def __exit__(self, *error):
        self._ends.set()
        for each in self._running:
            each.result()
        self.seconds = time.monotonic() - self._began
        orders = [{"id": order_id} for order_id in self._shop.books.orders()]
        self._buyers.each(self._buyers.cancel, orders)
        self._pool.shutdown()
        self._buyers.__exit__(*error)

    @property
    def failed(self):
        """What came of requests that was not as usual."""
        answers = list(self.answers.items())
        return [f"{n} times {what}" for what, n in answers if what not in {200, 201}]

    def _run(self, phase):
        pause = CLIENTS / RATE
        due = time.monotonic() + phase * pause
        while not self._ends.wait(max(0, due - time.monotonic())):
            due += pause
            self.answers[self._ask()] += 1

    def _ask(self):
        """One in twenty reserves; nobody tries again."""
        if self.answers.total() % 20 == 0:
            body = {"ticketId": self._ticket["id"]}
            return self._buyers._post("reserve", "/api/orders", body)[0]
        try:
            path = f"/api/tickets/{self._ticket['id']}"
            return self._buyers.buyer.http.get(path).status_code
        except httpx.HTTPError:
            return LOST
