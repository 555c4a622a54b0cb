"""One HTTP server a process, with the routes of all services that run in it."""

from nameko.extensions import (
    DependencyProvider,
    ProviderCollector,
    SharedExtension,
)

from ticketing.config import Config, flag, setting
from ticketing.http.listener import Listener
from ticketing.http.protocol import Address


def parse_address(text: object) -> Address:
    """Cast for ``host:port``. Raises ValueError."""
    host, _, port = str(text).rpartition(":")
    if not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} has no port from 1 to 65535")
    return host or "0.0.0.0", int(port)  # noqa: S104 - asked for by leaving it out


_listeners: dict[Address, Listener] = {}


def shared_listener(config: Config) -> Listener:
    """Return the process's listener for the configured address."""
    address = setting(config, "WEB_SERVER_ADDRESS", parse_address)
    share = flag(config, "HTTP_SHARE_PORT", default=False)
    known = _listeners.get(address)
    if known is None or not known.is_open:
        known = _listeners[address] = Listener(address, share_port=share)
    return known


class HttpServer(ProviderCollector, SharedExtension):
    """Adds a container's routes and health to the process's listener."""

    def setup(self) -> None:
        self._listener = shared_listener(self.container.config)

    def start(self) -> None:
        self._listener.app.add(self.container, [p.rule for p in self._providers])
        self._listener.acquire()

    def leave(self) -> None:
        """Wait, before anything of the service stops, for requests that need it."""
        self._listener.leave(self.container.service_name)

    def stop(self) -> None:
        self._listener.app.remove(self.container)
        self._listener.release(self.container.service_name)
        super().stop()

    def kill(self) -> None:
        self._listener.app.remove(self.container)
        self._listener.release(self.container.service_name)


class Probes(DependencyProvider):
    """Makes a service answer /livez, /readyz and /metrics, even if it has no routes."""

    server = HttpServer()
