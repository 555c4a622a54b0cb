"""What production must not start with: passwords that everybody knows, or can guess.

Production is where SESSION_COOKIE_SECURE is true, as it is unless somebody says
otherwise: people reach it over HTTPS. Pure: no I/O.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

KEY = "SESSION_COOKIE_SECURE"
MIN_PASSWORD = 16
# Of a secret that was drawn by lot, however it is written.
MIN_DIFFERENT = 10
MIN_WEBHOOK_SECRET = 24


def is_production(config: Mapping[str, Any]) -> bool:
    """Whether it is one: also where the setting is empty, as cookies are secure then.

    Where there is none at all it is a part of a configuration, as parts of this have.
    """
    said = config.get(KEY, False)
    return said is None or str(said).lower() in {"true", ""}


def weakness(key: str, value: object) -> str | None:
    """Say in a few words why a setting is too weak; None when it is not.

    Nothing of the value stands in what is said.
    """
    judge = _JUDGES.get(key)
    return next(judge(str(value)), None) if judge else None


def _address(value: str) -> Iterator[str]:
    try:
        parts = urlsplit(value)
    except ValueError:
        yield "it is no address"
        return
    password = unquote(parts.password or "")
    if not password:
        yield "it needs a user and a password"
    elif parts.username == password:
        yield "its password is the name of its user"
    elif len(password) < MIN_PASSWORD:
        yield f"its password needs {MIN_PASSWORD} characters or more"


def _ring(value: str) -> Iterator[str]:
    for pair in value.split(","):
        kid, _, secret = pair.strip().partition("=")
        if len(set(secret)) < MIN_DIFFERENT:
            yield f"the secret of {kid[:20]} was not drawn by lot"


def _stripe_key(value: str) -> Iterator[str]:
    if "standin" in value:
        yield "it is the key of the stand-in, which takes test money"


def _stand_in(value: str) -> Iterator[str]:
    if value:
        yield "a stand-in of Stripe takes test money"


def _webhook_secrets(value: str) -> Iterator[str]:
    for secret in value.split(","):
        if len(secret.strip()) < MIN_WEBHOOK_SECRET:
            yield f"a secret needs {MIN_WEBHOOK_SECRET} characters or more"


_JUDGES: dict[str, Callable[[str], Iterator[str]]] = {
    "NATS_URL": _address,
    "MONGODB_URI": _address,
    "REDIS_URL": _address,
    "AMQP_URI": _address,
    "JWT_KEYS": _ring,
    "PASS_KEYS": _ring,
    "STRIPE_SECRET_KEY": _stripe_key,
    "STRIPE_WEBHOOK_SECRET": _webhook_secrets,
    "STRIPE_API_BASE": _stand_in,
}
