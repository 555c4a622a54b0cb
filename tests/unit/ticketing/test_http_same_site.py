"""No other site acts in a visitor's name."""

import pytest

from ticketing.errors import ForbiddenError
from ticketing.http.parsing import RawRequest
from ticketing.http.request import Request, environ_of
from ticketing.http.same_site import check_same_site


def check(method="POST", host="shop.example", **headers):
    named = [("host", host)] if host is not None else []
    named += [(name.replace("_", "-"), value) for name, value in headers.items()]
    raw = RawRequest(method, b"/api/orders", named)
    environ = environ_of(raw, "192.0.2.1", ("127.0.0.1", 8000))
    check_same_site(Request(environ, populate_request=False))


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "nonsense", "None"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_command_that_a_browser_sends_for_another_site_is_refused(method, site):
    with pytest.raises(ForbiddenError):
        check(method, sec_fetch_site=site, origin="https://evil.example")


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "https://evil.example",
        "https://shop.example.evil.example",
        "https://evil.example/shop.example",
        "https://shop.example@evil.example",
        "https://shop.example:8443",
        "shop.example",
        "http://[::1",
        "//",
    ],
)
def test_an_older_browsers_command_from_another_origin_is_refused(origin):
    with pytest.raises(ForbiddenError):
        check(origin=origin)


@pytest.mark.parametrize("host", ["", "a b", "<>", "\0"])
def test_an_origin_of_nowhere_is_not_that_of_a_host_of_nowhere(host):
    with pytest.raises(ForbiddenError):
        check(host=host, origin="null")


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_command_from_the_own_pages_is_taken(site):
    check(sec_fetch_site=site)


def test_what_the_newer_header_says_counts():
    check(sec_fetch_site="same-origin", origin="null")


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://shop.example", "shop.example"),
        ("http://localhost:8000", "localhost:8000"),
    ],
)
def test_an_older_browsers_command_from_the_own_pages_is_taken(origin, host):
    check(host=host, origin=origin)


def test_a_client_that_is_no_browser_is_taken():
    check()


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_is_for_everyone(method):
    check(method, sec_fetch_site="cross-site", origin="https://evil.example")
