"""A small service with one route of each kind."""

from typing import ClassVar

from werkzeug.wrappers import Response

from ticketing import service
from ticketing.errors import UnavailableError
from ticketing.fields import Input, Price
from ticketing.http import route

HTML = "text/html; charset=utf-8"


class Wish(Input):
    MESSAGES: ClassVar = {"price": "Price is wrong"}

    title: str
    price: Price


class ShopService(service.Service):
    name = "shop"

    @route("GET", "/things")
    def get_things(self, request):
        return [{"q": request.args.get("q"), "user": request.user is not None}]

    @route("GET", "/things/<thing_id>")
    def get_thing(self, request, thing_id):
        return {"id": thing_id}

    @route("POST", "/things", session=True, body=Wish, status=201)
    def post_thing(self, request):
        return {"title": request.input.title, "by": request.session.user_id}

    @route("DELETE", "/things/<thing_id>", session=True)
    def delete_thing(self, request, thing_id):
        return Response(status=204)

    @route("POST", "/hook", same_site=False)
    def post_hook(self, request):
        return {"body": request.get_data().decode()}

    @route("GET", "/broken")
    def get_broken(self, request):
        raise KeyError("secret")

    @route("GET", "/away")
    def get_away(self, request):
        raise UnavailableError

    @route("GET", "/page")
    def get_page(self, request):
        return Response("<p>", content_type=HTML)
