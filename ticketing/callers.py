"""Who tries to sign in, as a service that shows the form tells it to auth."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ticketing.errors import BadRequestError
from ticketing.sessions import COOKIE, DEVICE_COOKIE


@dataclass(frozen=True)
class Caller:
    """An address, and tokens that may prove that its owner has been here before."""

    address: str = ""
    proofs: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: Any) -> "Caller":
        cookies = (request.cookies.get(name) for name in (COOKIE, DEVICE_COOKIE))
        return cls(request.remote_addr or "", tuple(filter(None, cookies)))

    @classmethod
    def parse(cls, told: Mapping[str, Any] | None) -> "Caller":
        """Read what ``json_dict`` made; None is an operator at a shell.

        Raises BadRequestError.
        """
        try:
            return TypeAdapter(cls).validate_python(told or {})
        except ValidationError:
            raise BadRequestError("This is not who calls") from None

    def json_dict(self) -> dict[str, Any]:
        return asdict(self)
