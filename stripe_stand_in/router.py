"""Who asks, for which version, of which endpoint, with which parameters."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stripe_stand_in import (
    endpoints,
    instruments,
    intents,
    listing,
    refunds,
    searching,
    updates,
)
from stripe_stand_in.call import Endpoint
from stripe_stand_in.errors import AuthenticationError, NotFoundError, ParameterError
from stripe_stand_in.events import API_VERSION
from stripe_stand_in.forms import decode

# "METHOD resource", with a * where the path carries an id.
ENDPOINTS: Mapping[str, Endpoint] = {
    **intents.ENDPOINTS,
    **refunds.ENDPOINTS,
    **instruments.ENDPOINTS,
    **listing.ENDPOINTS,
    **endpoints.ENDPOINTS,
    **searching.ENDPOINTS,
    **updates.ENDPOINTS,
}
# What a browser may ask with a publishable key, if it knows the client secret.
# https://docs.stripe.com/keys#obtain-api-keys
PUBLIC = frozenset({"GET payment_intents/*", "POST payment_intents/*/confirm"})
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?\Z")
_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]+\Z")
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Request:
    """headers: by lowercase name. id: what the answer calls this request."""

    id: str
    method: str
    path: str
    query: bytes
    headers: Mapping[str, str]
    body: bytes


def api_key(request: Request) -> str:
    """https://docs.stripe.com/api/authentication: Bearer, or Basic without password."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        value = _basic_user(value)
    if scheme.lower() not in {"basic", "bearer"} or not value:
        raise AuthenticationError(
            "You did not provide an API key. You need to provide your API key in the "
            "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
            "YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for "
            "details, or we can help at https://support.stripe.com/."
        )
    if is_publishable(value) and _shape(request)[0] in PUBLIC:
        return value
    if value.startswith("pk_"):
        raise AuthenticationError(
            "This API call cannot be made with a publishable API key. Please use a "
            "secret API key. You can find a list of your API keys at "
            "https://dashboard.stripe.com/account/apikeys.",
            code="secret_key_required",
        )
    if not value.startswith("sk_test_") or value == "sk_test_":
        raise AuthenticationError(
            f"Invalid API Key provided: {value[:8]}****{value[12:][-4:]}"
        )
    return value


def is_publishable(value: str) -> bool:
    return value.startswith("pk_test_") and value != "pk_test_"


def host(request: Request) -> str:
    """Where the stand-in was reached, to send a browser there again."""
    given = request.headers.get("host", "")
    return given if _HOST.match(given) else "127.0.0.1"


def _basic_user(value: str) -> str:
    try:
        return b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def api_version(request: Request) -> str:
    """https://docs.stripe.com/api/versioning"""
    version = request.headers.get("stripe-version", API_VERSION)
    if not _VERSION.match(version):
        raise ParameterError(f"Invalid Stripe API version: {version[:100]}")
    return version


def _shape(request: Request) -> tuple[str, str]:
    """The name of the endpoint and the id in the path."""
    _, _, path = request.path.partition("/v1/")
    resource, *rest = path.split("/")
    entity_id = rest[0] if rest else ""
    if entity_id and rest != ["search"]:
        path = "/".join([resource, "*", *rest[1:]])
    return f"{request.method} {path}", entity_id


def endpoint(request: Request) -> tuple[Endpoint, str]:
    """The endpoint and the id in the path."""
    shape, entity_id = _shape(request)
    found = ENDPOINTS.get(shape)
    if found is None or not request.path.startswith("/v1/"):
        raise NotFoundError(
            f"Unrecognized request URL ({request.method}: {request.path[:200]}). "
            "Please see https://stripe.com/docs or we can help at "
            "https://support.stripe.com/."
        )
    return found, entity_id


def parameters(request: Request) -> dict[str, Any]:
    if request.method in {"GET", "DELETE"}:
        return decode(request.query)
    kind = request.headers.get("content-type", _FORM).partition(";")[0].strip()
    if kind.lower() != _FORM and request.body:
        raise ParameterError(
            f"Invalid request (check that your POST content type is {_FORM}). If you "
            "have any questions, we can help at https://support.stripe.com/."
        )
    return decode(request.body)
