"""Signing up, in and out, and what people do with their accounts."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from werkzeug.wrappers import Response

from ticketing.callers import Caller
from ticketing.errors import BadRequestError, InvalidInputError, NotFoundError
from ticketing.http import Request
from ticketing.limits import SIGNING_UP
from web.forms import REFUSALS, Form
from web.page import page
from web.pages import base
from web.paths import safe_path, see_other
from web.states import Json

ACCOUNT = "/account"


class AccountPages(base.Web):
    @page("GET", "/auth/signup")
    def get_sign_up(self, request: Request) -> Response:
        return self._ask_who(request, "signup.html")

    @page("POST", "/auth/signup", guard=SIGNING_UP)
    def post_sign_up(self, request: Request) -> Response:
        return self._enter(request, "signup.html", self._sign_up_once(request))

    @page("GET", "/auth/signin")
    def get_sign_in(self, request: Request) -> Response:
        return self._ask_who(request, "signin.html")

    @page("POST", "/auth/signin")
    def post_sign_in(self, request: Request) -> Response:
        return self._enter(request, "signin.html", self._sign_in(request))

    @page("GET", "/auth/signout")
    def get_sign_out(self, request: Request) -> Response:
        return self.pages.show(request, "signout.html")

    @page("POST", "/auth/signout")
    def post_sign_out(self, request: Request) -> Response:
        if request.user:
            self.auth.sign_out(request.user.user_id, request.user.jti)
        return self.cookie.remove(see_other("/"), request.user)

    @page("GET", ACCOUNT, session=True)
    def get_account(self, request: Request) -> Response:
        changed = request.args.get("note") == "changed"
        return self.pages.show(request, "account.html", changed=changed)

    @page("GET", f"{ACCOUNT}/password", session=True)
    @page("GET", f"{ACCOUNT}/signout", session=True)
    def get_account_again(self, _request: Request) -> Response:
        """Lead whoever reloads the address of a command to the page it is on."""
        return see_other(ACCOUNT)

    @page("POST", f"{ACCOUNT}/password", session=True)
    def post_password(self, request: Request) -> Response:
        given = [request.form.get(name, "") for name in ("current", "password")]
        try:
            user = self.auth.change_password(request.session.user_id, *given)
        except REFUSALS as error:
            form = Form().failed(error)
            return self.pages.show(request, "account.html", form=form, changed=False)
        return self.cookie.put(see_other(f"{ACCOUNT}?note=changed"), user["token"])

    @page("POST", f"{ACCOUNT}/signout", session=True)
    def post_sign_out_everywhere(self, request: Request) -> Response:
        with suppress(NotFoundError):  # the account is gone, and its sessions with it
            self.auth.revoke_sessions(request.session.user_id)
        answer = see_other("/auth/signin?note=everywhere")
        return self.cookie.remove(answer, request.user)

    def _sign_in(self, request: Request) -> Callable[[str, str], Json]:
        caller = Caller.of(request).json_dict()
        return partial(self.auth.sign_in, caller=caller)

    def _sign_up_once(self, request: Request) -> Callable[[str, str], Json]:
        """Sign in whoever has this very account: the form may have come twice."""
        sign_in = self._sign_in(request)

        def sign_up(email: str, password: str) -> Json:
            try:
                return dict(self.auth.sign_up(email, password))
            except InvalidInputError:
                raise
            except BadRequestError as in_use:
                try:
                    return dict(sign_in(email, password))
                except REFUSALS:
                    raise in_use from None

        return sign_up

    def _ask_who(self, request: Request, template: str) -> Response:
        wanted = safe_path(request.args.get("next"))
        if request.user:
            return see_other(wanted)
        everywhere = request.args.get("note") == "everywhere"
        form = Form({"next": wanted})
        return self.pages.show(request, template, form=form, everywhere=everywhere)

    def _enter(
        self, request: Request, template: str, enter: Callable[[str, str], Json]
    ) -> Response:
        form = Form.of(request, "email", "next")
        try:
            user = enter(form["email"], request.form.get("password", ""))
        except REFUSALS as error:
            form.failed(error, "email")
            return self.pages.show(request, template, form=form, everywhere=False)
        if request.user:  # its cookie goes, whoever's it is
            self.auth.sign_out(request.user.user_id, request.user.jti)
        answer = self.cookie.put(see_other(safe_path(form["next"])), user["token"])
        return self.cookie.remember(answer, user["email"])
