"""What may stand in a call by RPC. Pure: no I/O."""

from typing import Any

import bson
from bson.errors import InvalidDocument

from ticketing.errors import BadRequestError

# MongoDB takes no document of more than 16 MiB, and a query is one.
MAX_BYTES = 15 * 2**20


def is_call(body: Any) -> bool:
    return (
        isinstance(body, dict)
        and isinstance(body.get("args"), list)
        and isinstance(body.get("kwargs"), dict)
    )


def is_context(value: Any) -> bool:
    texts = value if isinstance(value, list) else [value]
    return all(isinstance(text, str) for text in texts)


def check_storable(arguments: dict[str, Any]) -> None:
    """Raise BadRequestError on what no database can hold."""
    try:
        size = len(bson.encode(arguments))
    except (ValueError, OverflowError, RecursionError, InvalidDocument):
        raise BadRequestError("Half characters, or too large a number") from None
    if size > MAX_BYTES:
        raise BadRequestError("This is more than a database can hold")
