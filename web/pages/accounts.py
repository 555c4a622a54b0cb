"""Signing up, in and out."""

from collections.abc import Callable

from werkzeug.wrappers import Response

from ticketing.http import Request
from web.forms import REFUSALS, Form
from web.page import page
from web.pages import base
from web.paths import safe_path, see_other
from web.states import Json


class AccountPages(base.Web):
    @page("GET", "/auth/signup")
    def get_sign_up(self, request: Request) -> Response:
        return self._ask_who(request, "signup.html")

    @page("POST", "/auth/signup")
    def post_sign_up(self, request: Request) -> Response:
        return self._enter(request, "signup.html", self.auth.sign_up)

    @page("GET", "/auth/signin")
    def get_sign_in(self, request: Request) -> Response:
        return self._ask_who(request, "signin.html")

    @page("POST", "/auth/signin")
    def post_sign_in(self, request: Request) -> Response:
        return self._enter(request, "signin.html", self.auth.sign_in)

    @page("GET", "/auth/signout")
    def get_sign_out(self, request: Request) -> Response:
        return self.pages.show(request, "signout.html")

    @page("POST", "/auth/signout")
    def post_sign_out(self, request: Request) -> Response:
        if request.user:
            self.auth.sign_out(request.user.user_id, request.user.jti)
        return self.cookie.remove(see_other("/"))

    def _ask_who(self, request: Request, template: str) -> Response:
        wanted = safe_path(request.args.get("next"))
        if request.user:
            return see_other(wanted)
        return self.pages.show(request, template, form=Form({"next": wanted}))

    def _enter(
        self, request: Request, template: str, enter: Callable[[str, str], Json]
    ) -> Response:
        form = Form.of(request, "email", "next")
        try:
            user = enter(form["email"], request.form.get("password", ""))
        except REFUSALS as error:
            form.failed(error, "email")
            return self.pages.show(request, template, form=form)
        return self.cookie.put(see_other(safe_path(form["next"])), user["token"])
