"""Passwords that somebody who guesses tries first. Pure: no I/O.

The list is zxcvbn's, of what people really chose: beyond 11,000 of it could be chosen
here (ASVS 6.2.4 asks for 3,000).
"""

from collections.abc import Iterable
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path

from auth.inputs import MIN_PASSWORD

SHOP = "ticketing"
# A longer row is on nobody's list.
_MAX_ROW = 20


def _listed() -> Iterable[str]:
    """Return the list, read by itself: what is around it would stay, 12 MB of it."""
    package = find_spec("zxcvbn")
    assert package
    assert package.origin
    place = Path(package.origin).with_name("frequency_lists.py")
    spec = spec_from_file_location("zxcvbn_lists", place)
    assert spec
    assert spec.loader
    lists = module_from_spec(spec)
    spec.loader.exec_module(lists)
    listed: Iterable[str] = lists.FREQUENCY_LISTS["passwords"]
    return listed


_COMMON = frozenset(word for word in _listed() if len(word) >= MIN_PASSWORD)


def is_guessable(password: str, email: str) -> bool:
    """Whether it is common, a row of characters, the shop's name or one's own."""
    plain = password.casefold()
    return plain in _COMMON or _is_row(plain) or _is_name(plain, email)


def _is_row(text: str) -> bool:
    """Whether each character is as far from the one before: aaaaaaaa, 87654321."""
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return len(text) <= _MAX_ROW and len(steps) == 1 and abs(steps.pop()) <= 1


def _is_name(text: str, email: str) -> bool:
    """Whether it is a name that is known of this account, perhaps with a number."""
    name, _, domain = email.partition("@")
    bare = text.rstrip("0123456789!?.")
    return text == email or bare in {name, domain, domain.partition(".")[0], SHOP}
