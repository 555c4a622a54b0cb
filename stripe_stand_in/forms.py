"""Form bodies and query strings with nested names: a[b][c]=1, a[]=1, a[0]=1.

https://docs.stripe.com/api (requests are form-encoded); bad encodings are refused
rather than guessed at.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_plus

from stripe_stand_in.errors import ParameterError

MAX_PARAMETERS = 500
MAX_DEPTH = 6

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_PART = re.compile(r"\[([^\[\]]*)\]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def decode(raw: bytes) -> dict[str, Any]:
    """Nested dictionaries of strings; `name[]` makes a list.

    Raises ParameterError for what is not a form, and for a name given twice.
    """
    tree: dict[str, Any] = {}
    pairs = [pair for pair in raw.split(b"&") if pair]
    if len(pairs) > MAX_PARAMETERS:
        raise ParameterError("The request has too many parameters.")
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        _insert(tree, _text(name), _text(value))
    return tree


def _text(raw: bytes) -> str:
    try:
        escaped = raw.decode()
        text = unquote_plus(escaped, errors="strict")
    except UnicodeDecodeError:
        raise ParameterError("The request is not in UTF-8.") from None
    if "\0" in text or _BAD_ESCAPE.search(escaped):
        raise ParameterError("The request is not valid form data.")
    return text


def _path(name: str) -> list[str]:
    match = _NAME.match(name)
    if match is None:
        raise ParameterError(f"Invalid parameter name: {name[:100]}", param=name[:100])
    path = [match[1], *_PART.findall(match[2])]
    if len(path) > MAX_DEPTH or "" in path[:-1]:
        raise ParameterError(f"Invalid parameter name: {name[:100]}", param=name[:100])
    return path


def _insert(tree: dict[str, Any], name: str, value: str) -> None:
    *parents, last = _path(name)
    listed = last == ""
    if listed:
        last = parents.pop()
    node: Any = tree
    for part in parents:
        node = node.setdefault(part, {})
        if not isinstance(node, dict):
            raise _clash(name)
    if listed:
        items = node.setdefault(last, [])
        if not isinstance(items, list):
            raise _clash(name)
        items.append(value)
    elif last in node:
        raise _clash(name)
    else:
        node[last] = value


def _clash(name: str) -> ParameterError:
    return ParameterError(f"Parameter given more than once: {name}", param=name)
