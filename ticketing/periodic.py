"""``@every(5)``: a service method called again and again.

Measured on the monotonic clock, unlike nameko's timer, which stands still for an hour
when somebody sets the wall clock back by one.
"""

import eventlet
from eventlet.event import Event as Flag
from nameko.extensions import Entrypoint

from ticketing import workers
from ticketing.errors import TicketingError


class Every(Entrypoint):
    """Calls the method ``seconds`` after its last call has ended."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._stop = Flag()
        super().__init__(expected_exceptions=TicketingError)

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(
            self._run, identifier=f"every {self._seconds} s"
        )

    def stop(self) -> None:
        self._stop.send(None)
        self._thread.wait()

    def kill(self) -> None:
        self._thread.kill()

    def _run(self) -> None:
        while not self._stopped():
            workers.call(self)

    def _stopped(self) -> bool:
        with eventlet.Timeout(self._seconds, exception=False):
            self._stop.wait()
            return True
        return False


every = Every.decorator
