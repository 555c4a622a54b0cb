"""What buyers are told about their payments."""

from ticketing.contract import Id
from ticketing.http.openapi import Answer


class Paid(Answer):
    id: Id


class Pending(Answer):
    """What the buyer's browser needs to go on; null is what there is none of."""

    id: Id
    status: str
    client_secret: str | None = None
    redirect_url: str | None = None
