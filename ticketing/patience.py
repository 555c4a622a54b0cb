"""How long a request may wait in vain, for all that it asks of others together.

It is counted in a context variable of the worker's green thread. Waiting that ends
with an answer does not count: a busy shop is slow, and not away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

# Seconds waited in vain so far; None where nobody waits for an answer by HTTP.
_spent: ContextVar[float | None] = ContextVar("spent", default=None)


def begin() -> None:
    """Count from now on what this green thread waits in vain."""
    _spent.set(0.0)


def left(most: float) -> float:
    """Return how many of so many seconds the next wait may take."""
    return max(most - (_spent.get() or 0.0), 0.0)


@contextmanager
def spent_by(*errors: type[BaseException]) -> Iterator[None]:
    """Count the time of what is done meanwhile, if it ends with one of these."""
    began = monotonic()
    try:
        yield
    except errors:
        spent = _spent.get()
        if spent is not None:
            _spent.set(spent + monotonic() - began)
        raise
