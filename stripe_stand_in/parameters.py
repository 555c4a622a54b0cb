"""What a request may say: each parameter's type, and Stripe's words when it is wrong.

https://docs.stripe.com/error-codes (parameter_unknown, parameter_missing,
parameter_invalid_integer, parameter_invalid_empty). A Rule takes the decoded value
and the parameter's full name and returns the clean value or raises ParameterError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from stripe_stand_in.currencies import MINIMUM
from stripe_stand_in.errors import ParameterError

Rule = Callable[[Any, str], Any]

_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f]")
_INTEGER = re.compile(r"-?[0-9]{1,18}\Z")


@dataclass(frozen=True)
class Table:
    """A hash of known parameters, or a whole request. It is a Rule itself."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = ()
    exclusive: tuple[tuple[str, ...], ...] = ()

    def __call__(self, value: Any, name: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ParameterError("Invalid object", param=name)
        return self.clean(value, name)

    def clean(self, given: Mapping[str, Any], within: str = "") -> dict[str, Any]:
        self._check_names(given, within)
        return {
            key: self.fields[key](value, _full(within, key))
            for key, value in given.items()
        }

    def _check_names(self, given: Mapping[str, Any], within: str) -> None:
        for key in given:
            if key not in self.fields:
                raise unknown(_full(within, key))
        for key in self.required:
            if key not in given:
                raise missing(_full(within, key))
        for group in self.exclusive:
            present = [_full(within, key) for key in group if key in given]
            if len(present) > 1:
                raise exclusive(present)


def _full(within: str, key: str) -> str:
    return f"{within}[{key}]" if within else key


def unknown(name: str) -> ParameterError:
    return ParameterError(
        f"Received unknown parameter: {name}", code="parameter_unknown", param=name
    )


def missing(name: str) -> ParameterError:
    return ParameterError(
        f"Missing required param: {name}.", code="parameter_missing", param=name
    )


def exclusive(names: list[str]) -> ParameterError:
    return ParameterError(
        f"You may only specify one of these parameters: {', '.join(names)}.",
        code="parameters_exclusive",
        param=names[0],
    )


def _string(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ParameterError("Invalid string", param=name)
    if value == "":
        raise ParameterError(
            f"You passed an empty string for '{name}'. We assume empty values are an "
            f"attempt to unset a parameter; however '{name}' cannot be unset. You "
            f"should remove '{name}' from your request or supply a non-empty value.",
            code="parameter_invalid_empty",
            param=name,
        )
    return value


def text(limit: int = 5000) -> Rule:
    def rule(value: Any, name: str) -> str:
        if len(_string(value, name)) > limit:
            raise ParameterError(
                f"Invalid string: {value[:20]}...; must be at most {limit} characters",
                param=name,
            )
        return str(value)

    return rule


def address(value: Any, name: str) -> str:
    """https://docs.stripe.com/error-codes#url-invalid"""
    if _UNPRINTABLE.search(_string(value, name)) or not _is_url(value):
        raise ParameterError("Not a valid URL", code="url_invalid", param=name)
    return str(value)


def _is_url(value: str) -> bool:
    try:
        url = urlsplit(value)
        return url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        return False


def integer(least: int | None = None, most: int | None = None) -> Rule:
    def rule(value: Any, name: str) -> int:
        if not _INTEGER.match(_string(value, name)):
            raise _not_integer(f"Invalid integer: {value[:100]}", name)
        number = int(value)
        if least is not None and number < least:
            raise _not_integer(
                f"This value must be greater than or equal to {least}.", name
            )
        if most is not None and number > most:
            raise _not_integer(
                f"This value must be less than or equal to {most} "
                f"(it currently is '{number}').",
                name,
            )
        return number

    return rule


def _not_integer(message: str, name: str) -> ParameterError:
    return ParameterError(message, code="parameter_invalid_integer", param=name)


def boolean(value: Any, name: str) -> bool:
    if _string(value, name) not in {"true", "false"}:
        raise ParameterError(f"Invalid boolean: {value[:100]}", param=name)
    return bool(value == "true")


def one_of(*choices: str) -> Rule:
    def rule(value: Any, name: str) -> str:
        if _string(value, name) not in choices:
            *most, last = choices
            listed = f"{', '.join(most)} or {last}" if most else last
            raise ParameterError(f"Invalid {name}: must be {listed}", param=name)
        return str(value)

    return rule


def currency(value: Any, name: str) -> str:
    """Lowercase only: https://docs.stripe.com/currencies#presentment-currencies"""
    if _string(value, name) not in MINIMUM:
        raise ParameterError(
            f"Invalid currency: {value[:20]}. The stand-in for Stripe supports these "
            f"currencies: {', '.join(MINIMUM)}",
            param=name,
        )
    return str(value)


def array(of: Rule) -> Rule:
    """`name[]=…` in order, or `name[0]=…` without gaps."""

    def rule(value: Any, name: str) -> list[Any]:
        if isinstance(value, dict):
            keys = [str(index) for index in range(len(value))]
            if set(keys) != set(value):
                raise ParameterError("Invalid array", param=name)
            value = [value[key] for key in keys]
        if not isinstance(value, list):
            raise ParameterError("Invalid array", param=name)
        return [of(item, f"{name}[{index}]") for index, item in enumerate(value)]

    return rule


def metadata(value: Any, name: str) -> dict[str, str]:
    """https://docs.stripe.com/metadata#data: 50 keys, 40 and 500 characters."""
    if value == "":
        return {}
    if not (
        isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    ):
        raise ParameterError("Invalid object", param=name)
    if len(value) > 50:
        raise ParameterError("Metadata can have at most 50 keys", param=name)
    for key, item in value.items():
        if len(key) > 40 or len(item) > 500:
            raise ParameterError(
                "Metadata keys can have at most 40 characters and values at most 500",
                param=f"{name}[{key[:40]}]",
            )
    return {key: item for key, item in value.items() if item != ""}
