"""One id follows a purchase through HTTP, events and RPC.

It travels as a W3C ``traceparent``: a header of requests and events, nameko's context
data in RPC, and a context variable inside a worker, where the logs find it. What is
told to a collector of traces is made of the same ids: see ``ticketing.spans``.
"""

import re
import secrets
from contextvars import ContextVar

CONTEXT_KEY = "traceparent"
RECORDED, UNRECORDED = "01", "00"

# https://www.w3.org/TR/trace-context/: ids of nothing but zeros are none.
_PATTERN = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_current: ContextVar[str] = ContextVar("traceparent", default="")
_cause: ContextVar[str] = ContextVar("cause", default="")


def new_traceparent(flags: str = RECORDED) -> str:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-{flags}"


def accept(value: object) -> str:
    """Return the caller's ``traceparent`` if it is well formed, else a new one."""
    if isinstance(value, str) and _PATTERN.fullmatch(value):
        return value
    return new_traceparent()


def current() -> str:
    """Return this green thread's ``traceparent``, or ``""`` outside any."""
    return _current.get()


def follow(traceparent: str) -> None:
    """Make this green thread part of a trace."""
    _current.set(traceparent)


def act_for(cause: str) -> None:
    """Name what this green thread does its work for: a route, an event, a call."""
    _cause.set(cause)


def cause() -> str:
    """Return what this green thread does its work for, or ``""``."""
    return _cause.get()


def trace_id(traceparent: str) -> str:
    return traceparent[3:35]


def span_id(traceparent: str) -> str:
    return traceparent[36:52]
