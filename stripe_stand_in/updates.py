"""Metadata as an update changes it: https://docs.stripe.com/metadata

What is named is set, an empty value takes the key away, the rest stays; an empty
string in place of the hash takes all of it away.
"""

from __future__ import annotations

from typing import Any

from stripe_stand_in.errors import ParameterError
from stripe_stand_in.parameters import metadata

MAX_KEYS = 50


def metadata_change(value: Any, name: str) -> dict[str, str] | None:
    """The keys to set, an empty value for one to take away; None takes all away."""
    if value == "":
        return None
    return {key: "" for key in value if isinstance(value, dict)} | metadata(value, name)


def merged(old: dict[str, str], change: dict[str, str] | None) -> dict[str, str]:
    if change is None:
        return {}
    new = {key: value for key, value in (old | change).items() if value != ""}
    if len(new) > MAX_KEYS:
        raise ParameterError(
            f"Metadata can have at most {MAX_KEYS} keys", param="metadata"
        )
    return new
