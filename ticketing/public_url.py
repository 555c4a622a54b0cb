"""Where people reach the pages, for links in what leaves them."""

from typing import Any
from urllib.parse import urlsplit

from nameko.extensions import DependencyProvider

from ticketing.config import Config, optional, setting


def public_url(config: Config) -> str:
    """Return the address of the home page, without the slash at its end."""
    if optional(config, "PUBLIC_URL"):
        return setting(config, "PUBLIC_URL", _address)
    return f"http://{setting(config, 'WEB_SERVER_ADDRESS', str)}"


def _address(text: Any) -> str:
    """Raises ValueError."""
    parts = urlsplit(str(text))
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it has to begin with http:// or https:// and a host")
    return str(text).rstrip("/")


class PublicUrl(DependencyProvider):
    """Gives the worker the address of the home page."""

    def setup(self) -> None:
        self._address = public_url(self.container.config)

    def get_dependency(self, worker_ctx: Any) -> str:
        return self._address
