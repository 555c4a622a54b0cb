"""What buyers, sellers and doors are told about passes."""

from ticketing.contract import Id
from ticketing.http.openapi import Answer


class _Entry(Answer):
    """``admitted_at`` and ``door`` are there once somebody was let in."""

    id: str
    unit: str
    admitted_at: str | None = None
    door: str | None = None


class Pass(_Entry):
    """``code`` is what its QR code says."""

    status: str
    code: str


class Conflict(Answer):
    door: str
    at: str


class ListedPass(_Entry):
    """``conflicts`` are the scans that came after somebody was in."""

    status: str
    conflicts: list[Conflict] | None = None


class ListedPasses(Answer):
    ticket_id: Id
    title: str
    passes: list[ListedPass]


class Verdict(_Entry):
    """What a door is told about a scan."""

    outcome: str


class Key(Answer):
    """A public key by RFC 8037."""

    kty: str
    crv: str
    x: str
    kid: str
    alg: str | None = None
    use: str | None = None


class Keys(Answer):
    keys: list[Key]
