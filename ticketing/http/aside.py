"""An address beside the shared one, where a process answers for itself alone.

Of several processes that share a port, who answers is chance: their numbers would
jump from one to the other.
"""

from nameko.extensions import DependencyProvider, SharedExtension

from ticketing.config import optional, setting
from ticketing.http.server import HttpServer, Listener, listener_at
from ticketing.http.sockets import parse_address


class Aside(SharedExtension):
    """Answers /livez, /readyz and /metrics, and no route, on METRICS_ADDRESS."""

    _listener: Listener | None = None

    def setup(self) -> None:
        config = self.container.config
        if optional(config, "METRICS_ADDRESS"):
            address = setting(config, "METRICS_ADDRESS", parse_address)
            self._listener = listener_at(address, config, share_port=False)

    def start(self) -> None:
        if self._listener:
            self._listener.app.add(self.container, [])
            self._listener.acquire()

    def stop(self) -> None:
        if self._listener:
            self._listener.app.remove(self.container)
            self._listener.release()

    def kill(self) -> None:
        self.stop()


class Probes(DependencyProvider):
    """Makes a service answer /livez, /readyz and /metrics, even if it has no routes."""

    server = HttpServer()
    aside = Aside()
