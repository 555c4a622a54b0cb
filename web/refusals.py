"""What a page says when it cannot be shown, in words that tell what to do next."""

from dataclasses import dataclass

from werkzeug.exceptions import HTTPException

from ticketing.errors import (
    BusyError,
    ForbiddenError,
    NotOwnerError,
    StaleFormError,
    TicketingError,
)
from web.translations import mark


@dataclass(frozen=True)
class Refusal:
    status: int
    title: str
    advice: str


_NOT_YOURS = Refusal(
    403,
    mark("This belongs to somebody else"),
    mark(
        "You are signed in, but only its owner may see or change this. "
        "If it is yours, sign out and sign in with your other account."
    ),
)
_FOREIGN = Refusal(
    403,
    mark("This did not come from our pages"),
    mark(
        "Another site tried to act in your name, so nothing was done. "
        "If it was you, open the page here and do it again."
    ),
)
_STALE = Refusal(
    403,
    mark("That page was out of date"),
    mark(
        "Nothing was done: since the page was opened somebody has signed in or out in "
        "this browser, or it keeps no cookies. Open the page again and do it once more."
    ),
)
_UNFORESEEN = Refusal(
    500,
    mark("Something went wrong on our side"),
    mark(
        "It is not your fault. Look at your orders before you try again: "
        "what you did may have worked."
    ),
)
_CROWD = Refusal(
    503,
    mark("Many people want to buy right now"),
    mark(
        "They are served in the order in which they came, and you keep your place. "
        "Nothing was done for you yet; what you hold or have paid stays yours."
    ),
)
_KNOWN = {
    refusal.status: refusal
    for refusal in (
        Refusal(
            400,
            mark("We could not make sense of this"),
            mark("Go back, check what you have entered and send it again."),
        ),
        Refusal(
            404,
            mark("There is nothing here"),
            mark("The address may be mistyped, or what was here is gone."),
        ),
        Refusal(413, mark("This is too large"), mark("Go back and send less at once.")),
        Refusal(
            429,
            mark("That was a lot at once"),
            mark(
                "Wait a while, and try again. Nothing is lost: reservations and "
                "payments are kept."
            ),
        ),
        Refusal(
            503,
            mark("Please try again in a moment"),
            mark(
                "A part of the shop does not answer right now. Nothing is lost: "
                "reservations and payments are kept."
            ),
        ),
    )
}


_BY_KIND: dict[type[Exception], Refusal] = {
    NotOwnerError: _NOT_YOURS,
    StaleFormError: _STALE,
    ForbiddenError: _FOREIGN,
    BusyError: _CROWD,
}


def of(error: Exception) -> Refusal:
    """Find the words for an error; one nobody foresaw keeps its text to itself."""
    for kind, refusal in _BY_KIND.items():
        if isinstance(error, kind):
            return refusal
    if isinstance(error, TicketingError):
        return _KNOWN.get(error.status, _UNFORESEEN)
    if isinstance(error, HTTPException):
        return _KNOWN.get(error.code or 500, _KNOWN[400])
    return _UNFORESEEN
