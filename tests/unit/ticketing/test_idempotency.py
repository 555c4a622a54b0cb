"""Fingerprints, by which a repeated request is known."""

import re

from ticketing.idempotency import fingerprint


def test_a_fingerprint_tells_bodies_apart_but_not_the_order_of_keys():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint(["ab", "c"]) != fingerprint(["a", "bc"])
    assert re.fullmatch(r"[0-9a-f]{64}", fingerprint([]))
