"""Identifiers as Stripe writes them: a prefix for the kind, then what is unique."""

from __future__ import annotations

from secrets import token_hex


def new_id(prefix: str) -> str:
    return f"{prefix}_{token_hex(12)}"
