"""What a request may say of itself, and what it is told, by the way it came."""

import pytest
from unit_doubles import Site, worker

from ticketing import service
from ticketing.http import json_response, route
from ticketing.http.app import App
from ticketing.http.parsing import RawRequest
from ticketing.http.request import environ_of
from ticketing.peers import Peers


@pytest.mark.parametrize(
    ("path", "outside"), [("/livez", 200), ("/readyz", 404), ("/metrics", 404)]
)
def test_behind_proxies_only_our_own_look_inside(path, outside):
    raw, app = RawRequest("GET", path.encode()), App(Peers(1))
    assert app.answer(raw, "192.0.2.1", ("h", 1)).status_code == 200
    raw.headers.append(("x-forwarded-for", "192.0.2.2"))
    assert app.answer(raw, "192.0.2.1", ("h", 1)).status_code == outside
    assert App().answer(raw, "192.0.2.1", ("h", 1)).status_code == 200


def test_browsers_are_kept_to_tls_where_there_is_tls():
    raw = RawRequest("GET", b"/livez")
    answer = App(tls=True).answer(raw, "192.0.2.1", ("h", 1))
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


class BakerService(service.Service):
    name = "baker"

    @route("GET", "/cookies")
    def get_cookies(self, request):
        response = json_response({})
        response.set_cookie("first", "1", secure=True)
        response.set_cookie("second", "2", httponly=True)
        return response


@pytest.mark.parametrize("tls", [True, False])
def test_no_cookie_travels_without_tls_where_there_is_tls(tls):
    """Nor one of which nobody said so."""
    site = Site(worker(BakerService))
    site.app = App(tls=tls)
    site.app.add(site, [each.rule for each in site.routes])
    first, second = site.get("/cookies").headers.getlist("Set-Cookie")
    assert first == "first=1; Secure; Path=/"
    assert second == "second=2; HttpOnly; Path=/" + ("; Secure" if tls else "")


@pytest.mark.parametrize("name", ["sec_fetch_site", "content_type", "cookie_"])
def test_a_header_that_would_pass_for_another_is_not_heard(name):
    raw = RawRequest("GET", b"/", [(name, "x")])
    assert not {"HTTP_SEC_FETCH_SITE", "HTTP_COOKIE_"} & set(
        environ_of(raw, "192.0.2.1", ("h", 1))
    )
    assert environ_of(raw, "192.0.2.1", ("h", 1))["CONTENT_TYPE"] == ""
