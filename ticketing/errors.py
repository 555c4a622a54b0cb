"""Every error this system raises on purpose.

TicketingError                      500
├── BadRequestError                 400  a state or a value that forbids the command
│   └── InvalidInputError           400  names each invalid field
├── NotAuthenticatedError           401  no valid session
├── NotOwnerError                   401  a valid session, somebody else's thing
├── ForbiddenError                  403  a request from another site
│   └── StaleFormError              403  a form from before somebody signed in or out
├── NotFoundError                   404
├── KeyReusedError                  422  an Idempotency-Key with another body
├── LaterError                           carries when to try again, in seconds
│   └── TooManyRequestsError        429  a limit is used up
├── UnavailableError                503  a dependency is away; try again
│   ├── BusyError                   503  more come than can be served; a LaterError
│   └── ConcurrentUpdateError       503  lost the race for one document too often
├── DuplicateError                       a unique index said no; carries its fields
├── VersionGapError                      an event came before its predecessor
└── HopelessError                        a message that no retry can help

The docstring of an error is its message where none is given. Errors cross RPC as
themselves: ``ticketing.rpc`` rebuilds them from their ``args``.
"""

from typing import Any, ClassVar, NoReturn


class TicketingError(Exception):
    """Something went wrong"""

    status: ClassVar[int] = 500
    # After how many seconds to try again, where that is of use.
    retry_after: int | None = None

    def __init__(self, *args: Any) -> None:
        super().__init__(*(args or (self.__doc__,)))

    @property
    def errors(self) -> list[dict[str, str]]:
        """The contract's error list: ``[{"message", "field"?}]``."""
        return [{"message": str(self.args[0])}]


class BadRequestError(TicketingError):
    """Bad request"""

    status = 400


class InvalidInputError(BadRequestError):
    """Some fields are not valid"""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(errors)

    @property
    def errors(self) -> list[dict[str, str]]:
        return list(self.args[0])

    def __str__(self) -> str:
        return "; ".join(error["message"] for error in self.errors)


def refuse(field: str, message: str) -> NoReturn:
    """Raise InvalidInputError about one field."""
    raise InvalidInputError([{"message": message, "field": field}])


class NotAuthenticatedError(TicketingError):
    """Not authorized"""

    status = 401


class NotOwnerError(TicketingError):
    """Not authorized"""

    status = 401


class ForbiddenError(TicketingError):
    """This request came from another site"""

    status = 403


class StaleFormError(ForbiddenError):
    """This form was not shown to who sends it"""


class NotFoundError(TicketingError):
    """Not found"""

    status = 404


class KeyReusedError(TicketingError):
    """This Idempotency-Key was used with another request"""

    status = 422


class LaterError(TicketingError):
    """Wait a while and try again"""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after

    @property
    def errors(self) -> list[dict[str, str]]:
        return [{"message": str(self)}]

    def __str__(self) -> str:
        return str(self.__doc__)


class TooManyRequestsError(LaterError):
    """Too many tries; wait a while and try again"""

    status = 429


class UnavailableError(TicketingError):
    """A part of the system is away; try again in a moment"""

    status = 503
    retry_after = 1


class BusyError(LaterError, UnavailableError):
    """So many are buying right now that you have to wait; try again in a moment"""

    def __init__(self, retry_after: int, since: int = 0, ahead: int = 0) -> None:
        """``since`` somebody waits, in milliseconds since 1970; ``ahead`` of him wait
        so many in this process.
        """
        super().__init__(retry_after)
        self.since = since
        self.ahead = ahead


class ConcurrentUpdateError(UnavailableError):
    """Too many changes at once; try again in a moment"""


class DuplicateError(TicketingError):
    """A unique value is taken"""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the index that refused the write."""
        return tuple(self.args)


class VersionGapError(TicketingError):
    """An earlier version of this thing has not arrived yet"""


class HopelessError(TicketingError):
    """This message can never be handled"""
