"""The web service: the pages, made of what the other services tell by RPC."""

from werkzeug.wrappers import Response

from ticketing.errors import NotFoundError
from ticketing.http import Request
from ticketing.ids import checked_id
from web import assets, letters
from web.page import page
from web.pages import (
    accounts,
    door,
    language,
    listings,
    live,
    numbers,
    operations,
    operator,
    orders,
    passes,
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
    operator.OperatorPages,
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

    @page("GET", "/static/<version>/<name>")
    def get_static(self, _request: Request, version: str, name: str) -> Response:
        return assets.serve(version, name)

    @page("GET", "/<not_api:path>")
    def get_anything_else(self, _request: Request, **_path: str) -> Response:
        raise NotFoundError
