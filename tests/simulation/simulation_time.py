"""Time that passes only when everybody waits: eventlet without a clock and sockets.

Whatever the services use of eventlet (its threads, locks, events and time-outs) works
on this hub as on any other, in an order that depends on nothing but the program.
"""

from heapq import heappop, heappush
from itertools import count

from eventlet import hubs
from eventlet.hubs.hub import BaseHub
from greenlet import getcurrent


class Nap:
    """A timer that wakes somebody, unless they have been woken before."""

    __slots__ = ("called", "wake")

    def __init__(self, wake):
        self.called, self.wake = False, wake

    def __call__(self):
        self.wake()


class VirtualHub(BaseHub):
    """``now`` is in seconds since the beginning."""

    def __init__(self, *_):
        super().__init__(clock=lambda: self.now)
        self.begin()

    @staticmethod
    def is_available():
        return True

    def begin(self):
        """Forget all that was to come."""
        self.now = 0.0
        self._due, self._ties = [], count()

    def add_timer(self, timer):
        at = self.now + timer.seconds
        heappush(self._due, (at, next(self._ties), timer))
        return at

    def timer_canceled(self, timer):
        """It is passed over when its time comes."""

    def nap(self, seconds):
        """As ``eventlet.sleep``, which looks at more before it does the same."""
        nap = Nap(getcurrent().switch)
        heappush(self._due, (self.now + seconds, next(self._ties), nap))
        try:
            self.greenlet.switch()
        finally:
            nap.called = True

    def run(self, *_):
        while self._due:
            at, _, timer = heappop(self._due)
            if not timer.called:
                self.now = max(self.now, at)
                timer()
        raise RuntimeError("everybody waits for ever")


def virtual_hub():
    """The hub of this thread from now on, at the beginning of time."""
    hub = hubs.get_hub() if hasattr(hubs._threadlocal, "hub") else None
    if not isinstance(hub, VirtualHub):
        hubs.use_hub(VirtualHub)
        hub = hubs.get_hub()
    hub.begin()
    return hub
