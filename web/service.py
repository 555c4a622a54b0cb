"""The web service: the pages, made of what the other services tell by RPC."""

from typing import Any

from werkzeug.wrappers import Response

from ticketing import asyncapi
from ticketing.errors import NotFoundError
from ticketing.http import Request, route
from ticketing.http.openapi import document
from ticketing.ids import checked_id
from web import assets, letters
from web.page import page
from web.pages import (
    accounts,
    books,
    door,
    language,
    listings,
    live,
    numbers,
    operations,
    orders,
    passes,
    rehearsing,
    selling,
)
from web.paths import see_other


class WebService(
    listings.ListingPages,
    selling.SellingPages,
    orders.OrderPages,
    passes.PassPages,
    door.DoorPages,
    numbers.NumberPages,
    rehearsing.RehearsingPages,
    books.BookPages,
    operations.OperationPages,
    accounts.AccountPages,
    language.LanguagePages,
    live.LivePages,
    letters.Letters,
):
    name = "web"

    @page("GET", "/tickets/<thing_id>/reserve")
    @page("GET", "/orders/<thing_id>/pay")
    @page("GET", "/orders/<thing_id>/cancel")
    def get_command(self, request: Request, thing_id: str) -> Response:
        """Lead whoever reloads the address of a command to what it was about."""
        kind = request.path.split("/")[1]
        return see_other(f"/{kind}/{checked_id(thing_id)}")

    @route("GET", "/api/openapi.json", gives=dict[str, Any])
    def get_openapi(self, _request: Request) -> dict[str, Any]:
        """Describe the routes of all services as these tell them now."""
        told = (self.auth, self.tickets, self.orders, self.payments)
        return document([*(s.describe_api() for s in told), self.describe_api()])

    @route("GET", "/api/asyncapi.json", gives=dict[str, Any])
    def get_asyncapi(self, _request: Request) -> dict[str, Any]:
        """Describe the events of all services."""
        return asyncapi.document()

    @page("GET", "/static/<version>/<name>")
    def get_static(self, _request: Request, version: str, name: str) -> Response:
        return assets.serve(version, name)

    @page("GET", "/<not_api:path>")
    def get_anything_else(self, _request: Request, **_path: str) -> Response:
        raise NotFoundError
