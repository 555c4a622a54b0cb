"""Where a page may lead back to: this site, and no other."""

import pytest

from web.paths import safe_path


@pytest.mark.parametrize("path", ["/", "/orders", "/tickets/1?a=b&c=%2F/.", "/a//b"])
def test_a_path_of_this_site_is_gone_back_to(path):
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "https://evil.example",
        "/\t/evil.example",
        "/.//evil.example",
        "/a/..//evil.example",
        "/%2e//evil.example",
        "/%2E%2e//evil.example",
        "/a\r\nSet-Cookie: b",
        " /orders",
        "/a b",
        "orders",
        "/é",
        "/" + "a" * 3000,
        "/auth/signin",
    ],
)
def test_any_other_place_is_the_home_page(path):
    assert safe_path(path) == "/"
