"""Somebody who kills one process after another, and starts each again."""

import threading
from contextlib import contextmanager


@contextmanager
def killed(shop, times, *, random, between=(0.2, 1.0), victims=None):
    """Meanwhile one of the victims dies so many times; those are the shop's twins.

    The next one dies when the last is ready again. Ends when all have died; ``done()``
    of what it gives says whether they have.
    """
    killer = Killer(shop, times, random, between, victims or shop.twins)
    killer.thread.start()
    yield killer
    killer.thread.join()
    assert killer.kills == times, "not all of them were killed"


class Killer:
    def __init__(self, shop, times, random, between, victims):
        self.kills = 0
        self._shop, self._times = shop, times
        self._waits = [random.uniform(*between) for _ in range(times)]
        self._victims = [random.choice(victims) for _ in range(times)]
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def done(self):
        return self.kills >= self._times or not self.thread.is_alive()

    def _run(self):
        for wait, victim in zip(self._waits, self._victims, strict=True):
            self._stop.wait(wait)
            self._shop.history.add("kill", process=getattr(victim, "port", ""))
            victim.kill()
            victim.start().wait_until_ready()
            self.kills += 1
