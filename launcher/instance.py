"""One instance of Ticketing: its data folder, its ports and its environment.

Its services, its shell and the tests find it by these.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from launcher import ROOT, folder
from launcher.ports import LOOPBACK, Ports, reachable
from ticketing import accounts, roles
from ticketing.rehearsing import MONEY, TEST_KEYS
from ticketing.setting_files import from_files, variables

# Given in the environment, each of these is somebody else's server and none is started.
SERVERS = ("NATS_URL", "MONGODB_URI", "REDIS_URL", "AMQP_URI")
STRIPE_KEY = "STRIPE_SECRET_KEY"
STAND_IN_KEY = "sk_test_standin"
# What each secret of a folder is made of; the seed of a signing key has 32 bytes.
SECRETS: dict[str, Callable[[], str]] = {
    "jwt": lambda: secrets.token_urlsafe(48),
    "passes": lambda: secrets.token_urlsafe(32),
    "webhook": lambda: f"whsec_{secrets.token_urlsafe(32)}",
    **dict.fromkeys(accounts.names(), lambda: secrets.token_urlsafe(24)),
}
# Tells to which instance a process belongs.
DATA_VARIABLE = "TICKETING_DATA"


def _given() -> dict[str, str]:
    """The environment, with the settings that files give."""
    config = (ROOT / "config.yaml").read_text(encoding="utf-8")
    return {**os.environ, **from_files(os.environ, config)}


@dataclass(frozen=True)
class Instance:
    """`given` is the environment it is started in; set values win over derived ones.

    Its servers ask who it is, unless they are `open` to this machine: then tests share
    them, each with a namespace of its own.
    """

    data: Path
    port: int = 8_000
    host: str = LOOPBACK
    processes: int = 1
    hold: int | None = None
    open: bool = False
    given: Mapping[str, str] = field(default_factory=_given)

    @property
    def ports(self) -> Ports:
        return Ports.of(self.port)

    @property
    def url(self) -> str:
        return f"http://{reachable(self.host)}:{self.port}"

    def is_given(self, name: str) -> bool:
        return bool(self.given.get(name))

    def part(self, name: str) -> Path:
        """The folder of one of its parts, made if need be."""
        path = self.data / name
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    def inherited(self) -> dict[str, str]:
        """What every program is given, free of other Erlang nodes' settings."""
        foreign = ("RABBITMQ_", "ERL_")
        kept = {k: v for k, v in self.given.items() if not k.startswith(foreign)}
        return kept | {DATA_VARIABLE: str(self.data)}

    @property
    def namespace(self) -> str:
        return self.given.get("NAMESPACE", "")

    def environment(self, account: str = roles.ALL.name) -> dict[str, str]:
        """What config.yaml reads. The secrets are made when they are first needed.

        The servers know it by `account`, by default that of all services together.
        """
        given = {name: self.given[name] for name in _settings() if self.is_given(name)}
        own = self._servers(account) | self._keys() | self._mail()
        own |= self._rehearsals()
        return own | given | self._decided()

    def secrets(self) -> dict[str, str]:
        """The secrets of this folder; one that is not there yet is made and kept."""
        path = self.data / folder.SECRETS
        known = known_secrets(self.data)
        if not known.keys() >= SECRETS.keys():
            known = {name: make() for name, make in SECRETS.items()} | known
            folder.make(self.data)
            folder.write_private(path, json.dumps(known))
        return known

    def _servers(self, account: str) -> dict[str, str]:
        """The addresses; without those of servers that know no such account."""
        nats, mongodb, redis, rabbitmq = (
            self._sign_in(server, account)
            for server in ("nats", "mongodb", "redis", "rabbitmq")
        )
        ports, source = self.ports, "" if self.open else "authSource=admin&"
        # One node has nobody to fail over to, and the embedded server pays for the
        # bookkeeping of retries with half its time.
        query = f"{source}retryWrites=false"
        found = {
            "NATS_URL": (nats, f"nats://{nats}{LOOPBACK}:{ports.nats}"),
            "MONGODB_URI": (
                mongodb,
                f"mongodb://{mongodb}{LOOPBACK}:{ports.mongodb}/?{query}",
            ),
            "REDIS_URL": (redis, f"redis://{redis}{LOOPBACK}:{ports.redis}/0"),
            "AMQP_URI": (rabbitmq, f"pyamqp://{rabbitmq}{LOOPBACK}:{ports.rabbitmq}//"),
        }
        return {name: url for name, (known, url) in found.items() if known is not None}

    def _sign_in(self, server: str, account: str) -> str | None:
        """What stands before the host of a server's address, None without account."""
        if self.open:
            return "guest:guest@" if server == "rabbitmq" else ""
        password = self.secrets().get(f"{server}:{account}")
        return f"{account}:{password}@" if password else None

    def _keys(self) -> dict[str, str]:
        return {
            "JWT_KEYS": f"first={self.secrets()['jwt']}",
            "PASS_KEYS": f"first={self.secrets()['passes']}",
            # Plain HTTP: a browser would not send a Secure cookie back.
            "SESSION_COOKIE_SECURE": "false",
        }

    def _mail(self) -> dict[str, str]:
        """Where mails are kept when no server is given, and where their links lead."""
        return {
            "MAIL_FOLDER": str(self.data / folder.MAIL),
            "PUBLIC_URL": self.url,
        }

    def _rehearsals(self) -> dict[str, str]:
        """Sellers may rehearse, unless a key is given that takes real money."""
        keys = (self.given.get(name, "") for name in MONEY)
        is_test = all(key.startswith(TEST_KEYS) for key in keys if key)
        return {"REHEARSALS": "on"} if is_test else {}

    def _decided(self) -> dict[str, str]:
        decided = {
            "WEB_SERVER_ADDRESS": f"{self.host}:{self.port}",
            "HTTP_SHARE_PORT": "true" if self.processes > 1 else "false",
        }
        if self.hold is not None:
            decided["HOLD_SECONDS"] = str(self.hold)
        return decided if self.is_given(STRIPE_KEY) else decided | self._stand_in()

    def _stand_in(self) -> dict[str, str]:
        return {
            STRIPE_KEY: STAND_IN_KEY,
            "STRIPE_WEBHOOK_SECRET": self.secrets()["webhook"],
            "STRIPE_API_BASE": f"http://{LOOPBACK}:{self.ports.stripe}",
        }


def known_secrets(data: Path) -> dict[str, str]:
    """The secrets of a folder, none where there are none."""
    path = data / folder.SECRETS
    if not path.exists():
        return {}
    return dict(json.loads(path.read_text(encoding="utf-8")))


def write_environment(data: Path, environment: Mapping[str, str]) -> None:
    """As a file that a shell can read, too."""
    lines = [f"{name}={_quoted(value)}\n" for name, value in environment.items()]
    folder.write_private(data / folder.ENVIRONMENT, "".join(lines))


def read_environment(data: Path) -> dict[str, str]:
    """What the instance that runs on this folder wrote; FileNotFoundError without."""
    text = (data / folder.ENVIRONMENT).read_text(encoding="utf-8")
    pairs = (line.partition("=") for line in shlex.split(text))
    return {name: value for name, _, value in pairs}


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def _settings() -> list[str]:
    """The names of the environment variables that config.yaml reads."""
    config = (ROOT / "config.yaml").read_text(encoding="utf-8")
    return variables(config)
