"""``@every(5)``: a service method called again and again.

Measured on the monotonic clock, unlike nameko's timer, which stands still for an hour
when somebody sets the wall clock back by one.
"""

from weakref import WeakSet

import eventlet
from eventlet.queue import LightQueue
from nameko.extensions import Entrypoint

from ticketing import tracing, workers
from ticketing.errors import TicketingError

_STOP, _WAKE = object(), object()


class Bell:
    """``@every(5, bell)``: ``bell.ring()`` makes the next call come at once."""

    def __init__(self) -> None:
        self.hearers: WeakSet[Every] = WeakSet()

    def ring(self) -> None:
        """Wake those in this process; others come in their time."""
        for hearer in self.hearers:
            hearer.wake()


class Every(Entrypoint):
    """Calls the method ``seconds`` after its last call has ended, or at the bell."""

    def __init__(self, seconds: float, bell: Bell | None = None) -> None:
        self._seconds = seconds
        self._bell = bell
        self._signals = LightQueue()
        super().__init__(expected_exceptions=TicketingError)

    @property
    def cause(self) -> str:
        return f"every {self._seconds:g} s: {self.method_name}"

    def setup(self) -> None:
        if self._bell:
            self._bell.hearers.add(self)

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(
            self._run, identifier=f"every {self._seconds} s"
        )

    def wake(self) -> None:
        """Let the next call come now; of several at once there is one."""
        if self._signals.empty():
            self._signals.put(_WAKE)

    def stop(self) -> None:
        self._signals.put(_STOP)
        self._thread.wait()

    def kill(self) -> None:
        self._thread.kill()

    def _run(self) -> None:
        while self._signal() is not _STOP:
            # What comes of it is told as part of what it goes on with, if anything is.
            unrecorded = tracing.new_traceparent(tracing.UNRECORDED)
            workers.call(self, traceparent=unrecorded)

    def _signal(self) -> object:
        with eventlet.Timeout(self._seconds, exception=False):
            return self._signals.get()
        return None


every = Every.decorator
