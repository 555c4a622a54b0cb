"""The system that is rehearsed with: one that runs, or one of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from launcher import folder
from launcher.instance import read_environment
from launcher.options import default_data
from launcher.testing import Launched
from rehearsal.errors import RehearsalError
from rehearsal.files import allow_files
from rehearsal.options import Options

TEST_KEYS = ("sk_test_", "rk_test_")


@dataclass(frozen=True)
class Shop:
    """``environment`` is what its services were given, ``launcher`` who runs them."""

    address: tuple[str, int]
    environment: Mapping[str, str]
    launcher: int
    is_own: bool

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    @property
    def namespace(self) -> str:
        return self.environment.get("NAMESPACE", "")


@contextmanager
def opened(options: Options) -> Iterator[Shop]:
    """The system that the options mean. Raises RehearsalError."""
    allow_files(options.buyers)
    data = options.data or default_data()
    if options.data or (folder.is_claimed(data) and not options.own):
        yield running(data)
        return
    chosen = ["--processes", str(options.processes)] if options.processes else []
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as temporary:
        own = Path(temporary) / "data"
        with Launched(own, *chosen, environment={"RATE_LIMITS": "off"}):
            yield running(own, is_own=True)


def running(data: Path, *, is_own: bool = False) -> Shop:
    """The instance that runs on a folder. Raises RehearsalError."""
    away = RehearsalError(
        f"Ticketing does not run with the data folder {data}: start it with "
        "scripts/up, or leave --data out to have one started for the rehearsal."
    )
    if not folder.is_claimed(data):
        raise away
    try:
        environment = read_environment(data)
        launcher = int((data / folder.LOCK).read_text(encoding="ascii"))
    except (OSError, ValueError):  # it is just starting or stopping, or not ours
        raise away from None
    check_is_test(environment)
    url = urlsplit(f"//{environment['WEB_SERVER_ADDRESS']}")
    host = "127.0.0.1" if url.hostname in {None, "0.0.0.0"} else url.hostname  # noqa: S104
    return Shop((str(host), url.port or 80), environment, launcher, is_own)


def check_is_test(environment: Mapping[str, str]) -> None:
    """Raises RehearsalError where real money could move."""
    if not environment.get("STRIPE_SECRET_KEY", "").startswith(TEST_KEYS):
        raise RehearsalError(
            "This shop takes real money. A rehearsal needs the stand-in of Stripe or "
            "one of Stripe's test keys."
        )
