"""Answers: JSON, errors in the contract's shape, conditional answers."""

import json
from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from ticketing import tracing
from ticketing.errors import TicketingError
from ticketing.http.compression import QUICK
from ticketing.http.kept import Kept, KeptResponse, tag_of


def json_response(data: Any, status: int = 200) -> Response:
    return Response(_written(data), status, content_type="application/json")


def kept_json(data: Any) -> Kept:
    """The same to be given to many: it is written and compressed once."""
    return Kept(_written(data).encode(), QUICK)


def _written(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"))


def unkept(response: Response) -> Response:
    """Let no browser keep an answer: who has it can use it as if it were theirs."""
    response.headers["Cache-Control"] = "no-store"
    return response


def no_content() -> Response:
    return Response(status=204)


def error_response(error: Exception) -> Response:
    """Say what went wrong; an error nobody foresaw keeps its text to itself."""
    if isinstance(error, TicketingError):
        return _own(error)
    if isinstance(error, HTTPException):
        return _werkzeug(error)
    request_id = tracing.trace_id(tracing.current())
    message = {"message": "Something went wrong", "requestId": request_id}
    return json_response({"errors": [message]}, 500)


def _own(error: TicketingError) -> Response:
    response = json_response({"errors": error.errors}, error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _werkzeug(error: HTTPException) -> Response:
    status = error.code or 500
    message = {404: "Not found", 405: "Method not allowed"}.get(status, error.name)
    response = json_response({"errors": [{"message": message}]}, status)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def add_missing(response: Response, *headers: tuple[str, str]) -> None:
    """Add the headers that an answer has not got, going through those it has once."""
    known = {name.lower() for name, _ in response.headers}
    for name, value in headers:
        if name.lower() not in known:
            response.headers.add(name, value)


def make_conditional(response: Response, if_none_match: str | None) -> None:
    """Give a page or list its ETag, and leave the body out if the client has it."""
    if response.status_code != 200 or response.is_streamed:
        return
    if isinstance(response, KeptResponse):
        etag = response.kept.tag
    else:
        etag = tag_of(response.get_data())
    response.headers["ETag"] = etag
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if if_none_match and _names(if_none_match, etag):
        response.status_code = 304
        response.set_data(b"")


def _names(if_none_match: str, etag: str) -> bool:
    """Whether a tag is among those given, compared weakly (RFC 9110, 13.1.2)."""
    given = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return "*" in given or etag.removeprefix("W/") in given
