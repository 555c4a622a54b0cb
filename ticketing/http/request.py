"""A request as a handler sees it."""

import json
from decimal import Decimal, DecimalException
from io import BytesIO
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from pydantic import BaseModel, ValidationError
from werkzeug.wrappers import Request as WerkzeugRequest

from ticketing.errors import BadRequestError, InvalidInputError, NotAuthenticatedError
from ticketing.fields import WRONG
from ticketing.http.parsing import RawRequest
from ticketing.idempotency import checked_key
from ticketing.sessions import Session


class Request(WerkzeugRequest):
    """Werkzeug's request with the session and the validated body.

    ``user`` is who asks, or None; ``input`` is the validated body of a route that
    declares one; ``route_name`` is the path pattern that matched, if one did; ``place``
    is a cookie that the answer sets, whatever it is: see ``ticketing.http.line``.
    """

    user: Session | None = None
    input: Any = None
    route_name: str = ""
    place: dict[str, Any] | None = None

    @property
    def session(self) -> Session:
        """Who asks. Raises NotAuthenticatedError."""
        if self.user is None:
            raise NotAuthenticatedError
        return self.user

    @property
    def idempotency_key(self) -> str | None:
        """The Idempotency-Key header. Raises BadRequestError when it is no key."""
        key = self.headers.get("Idempotency-Key")
        return None if key is None else checked_key(key)


def environ_of(raw: RawRequest, peer: str, local: tuple[str, int]) -> dict[str, Any]:
    """Describe a request in WSGI's terms, which is what Werkzeug reads."""
    path, _, query = raw.target.partition(b"?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": raw.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "SERVER_NAME": local[0],
        "SERVER_PORT": str(local[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": peer,
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(raw.body),
    }
    for name, value in raw.headers:
        if "_" in name:
            continue  # it would pass for the one with a dash
        key = "HTTP_" + name.upper().replace("-", "_")
        known = environ.get(key)
        separator = "; " if name == "cookie" else ","
        environ[key] = value if known is None else f"{known}{separator}{value}"
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ["CONTENT_LENGTH"] = str(len(raw.body))
    environ.pop("HTTP_CONTENT_LENGTH", None)
    return environ


def read_json(body: bytes, content_type: str) -> Any:
    """Read strict JSON: UTF-8, no duplicate keys, no NaN. Raises BadRequestError.

    It has to say what it is: other sites can make a browser send what does not.
    """
    if "json" not in content_type.partition(";")[0].lower():
        raise BadRequestError("Send the body as application/json")
    try:
        return json.loads(
            body.decode(),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique,
        )
    except (ValueError, DecimalException, RecursionError) as error:
        raise BadRequestError("The body is not valid JSON") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def validate(shape: type[BaseModel], data: Any) -> Any:
    """Build ``shape`` from ``data``. Raises InvalidInputError naming every field.

    A shape may give the words for a field in ``MESSAGES``, for whatever is wrong with
    it or in it; a validator that raises ``ticketing.fields.wrong`` has its own.
    """
    if not isinstance(data, dict):
        raise BadRequestError("The body must be a JSON object")
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        words: dict[str, str] = getattr(shape, "MESSAGES", {})
        problems = dict(
            _problem(problem["loc"], problem["type"], problem["msg"], words)
            for problem in error.errors(include_url=False, include_input=False)
        )
        raise InvalidInputError(
            [{"message": message, "field": name} for name, message in problems.items()]
        ) from None


def _problem(
    place: tuple[int | str, ...], kind: str, message: str, words: dict[str, str]
) -> tuple[str, str]:
    """Return a field and what is wrong with it; of a list's members, the list."""
    path = [".".join(map(str, place[:end])) for end in range(len(place), 0, -1)]
    name = next((name for name in path if name in words), path[0] if path else "body")
    return name, message if kind == WRONG else words.get(name, message)
