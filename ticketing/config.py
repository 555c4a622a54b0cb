"""Settings are read where they are used; a wrong one stops the service at once."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ticketing.production import is_production, weakness

Config = Mapping[str, Any]
T = TypeVar("T")


def setting(config: Config, key: str, cast: Callable[[Any], T]) -> T:
    """Return ``cast(config[key])``.

    Raises SystemExit with one sentence (exit code 1) when the key is missing, empty,
    refused by ``cast`` or too weak for production: nameko itself would end with exit
    code 0. ``cast`` must not quote a secret in what it raises.
    """
    value = config.get(key)
    if value is None or value == "":
        raise SystemExit(
            f"{key} is missing: set it in the environment or in config.yaml "
            "(scripts/up sets everything for a local system)."
        )
    refuse_weak(config, key)
    try:
        return cast(value)
    except (TypeError, ValueError) as error:
        raise SystemExit(f"{key} is not valid: {error}.") from None


def refuse_weak(config: Config, key: str) -> None:
    """Raise SystemExit when production is given something that does not do there."""
    if not is_production(config):
        return
    if fault := weakness(key, config.get(key) or ""):
        raise SystemExit(
            f"{key} will not do in production, which this is while "
            f"SESSION_COOKIE_SECURE is true: {fault}."
        )


def optional(config: Config, key: str) -> str:
    """Return the value as text, or ``""`` when it is not set.

    Raises SystemExit when it is too weak for production.
    """
    refuse_weak(config, key)
    return str(config.get(key) or "")


def flag(config: Config, key: str, *, default: bool) -> bool:
    """Return a yes-or-no setting. Raises SystemExit when it is neither."""
    value = config.get(key)
    if value is None or value == "":
        return default
    return setting({key: str(value).lower()}, key, _yes_or_no)


def _yes_or_no(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(f"{text!r} is neither true nor false")
    return text == "true"


def on(value: object) -> bool:
    """Cast for ``on`` and ``off``."""
    if value not in {"on", "off"}:
        raise ValueError(f"{value!r} is neither on nor off")
    return value == "on"


def positive(value: Any) -> int:
    """Cast for whole numbers above zero."""
    number = int(value)
    if number <= 0:
        raise ValueError(f"{value!r} is not above zero")
    return number


def at_least_zero(value: Any) -> int:
    """Cast for whole numbers that may be zero."""
    number = int(value)
    if number < 0:
        raise ValueError(f"{value!r} is below zero")
    return number


def namespaced(config: Config, name: str, separator: str = "_") -> str:
    """Put the configured namespace before a name of a database, stream or key."""
    namespace = optional(config, "NAMESPACE")
    return f"{namespace}{separator}{name}" if namespace else name
