"""Work that takes a core for a while, done in a thread: meanwhile others are served."""

import logging
from collections.abc import Callable
from typing import TypeVar

from eventlet import tpool

T = TypeVar("T")

# They tell of every table of a font. And nothing may log in a thread: the locks of
# logging are made for green threads.
for _name in ("fontTools", "fpdf", "PIL"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def run(work: Callable[..., T], *args: object) -> T:
    """Return what ``work(*args)`` does, or raise what it raises."""
    result: T = tpool.execute(work, *args)
    return result
