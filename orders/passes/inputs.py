"""What a door sends."""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from ticketing.fields import Clean, CleanText, Input, Moment

MAX_DOOR = 60
MAX_SCAN = 64
MAX_CODE = 2000


class AdmitInput(Input):
    """``scan`` is the door's own id of this scan, the same when it asks again.

    ``ticket_id`` is the listing it lets in to; without it, any of the seller's.
    """

    MESSAGES: ClassVar = {
        "door": f"Name the door in 1 to {MAX_DOOR} characters",
        "scan": f"Each scan has an id of its own, of 1 to {MAX_SCAN} characters",
        "at": "The time of a scan looks like 2026-01-31T12:00:00.000Z",
        "ticketId": "The listing is named by its id",
        "code": f"A code is a text of at most {MAX_CODE} characters",
    }

    door: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_DOOR),
        Clean,
    ]
    scan: Annotated[CleanText, StringConstraints(min_length=1, max_length=MAX_SCAN)]
    at: Moment | None = None
    ticket_id: CleanText | None = None
    code: Annotated[CleanText, StringConstraints(max_length=MAX_CODE)] | None = None
