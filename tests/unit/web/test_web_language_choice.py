"""Choosing a language by the form at the foot of every page."""

import re

import pytest
from werkzeug.datastructures import Headers

from web.languages import Reader, reader_of

GERMAN = "de-DE,de;q=0.9,en;q=0.8"


def language_of(answer):
    return re.search(r'<html lang="(\w+)"', answer.get_data(as_text=True))[1]


def choose(visitor, language, there="/"):
    return visitor.post("/language", {"language": language, "next": there})


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("fr", "en"),
        ("de-CH", "de"),
        ("fr, DE;q=0.5, en;q=0.4", "de"),
        ("de;q=0.4, en;q=0.5", "en"),
        ("de;q=0", "en"),
    ],
)
def test_the_browser_chooses_among_the_languages_that_there_are(
    world, accepted, language
):
    visitor = world.visitor()
    assert language_of(visitor.get("/", accept_language=accepted)) == language


@pytest.mark.parametrize(
    ("accepted", "chosen", "reader"),
    [
        (GERMAN, "", Reader("de", "de_DE")),
        (GERMAN, "en", Reader("en", "en")),
        ("en-GB", "de", Reader("de", "de")),
        ("en-GB, de-CH;q=0.1", "de", Reader("de", "de_CH")),
        ("fr-FR, de;q=0.5", "", Reader("de", "fr_FR")),
        ("fr-FR", "en", Reader("en", "en_US")),
        (GERMAN, "tlh", Reader("de", "de_DE")),
    ],
)
def test_a_choice_counts_more_and_takes_the_customs_along(accepted, chosen, reader):
    """Who chose no language has the sums of whatever the browser wants most."""
    assert reader_of(accepted, chosen) == reader


def test_who_chooses_stays_where_the_form_was(world):
    """With the query, and on pages that nobody is led to after signing in."""
    visitor = world.visitor()
    for place in ("/?text=K%C3%A4se&availability=all", "/auth/signin?next=/orders"):
        html = visitor.get(place).get_data(as_text=True)
        sent = re.search(r'name="next" value="([^"]*)">\n<[sb]', html)[1]
        answer = choose(visitor, "de", sent.replace("&amp;", "&"))
        assert (answer.status_code, answer.headers["Location"]) == (303, place)


def test_a_choice_is_kept_and_can_be_changed(world):
    visitor = world.visitor()
    choose(visitor, "de")
    assert language_of(visitor.get("/")) == "de"
    assert language_of(visitor.get("/nowhere")) == "de"
    choose(visitor, "en")
    assert language_of(visitor.get("/", accept_language=GERMAN)) == "en"


def test_the_choice_is_a_cookie_of_its_own(world):
    """It lasts a year, and no script reads it."""
    (cookie,) = Headers(choose(world.visitor(), "de").headers).getlist("Set-Cookie")
    parts = cookie.split("; ")
    assert parts[0] == "language=de"
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"} <= set(parts)
    assert "Secure" not in parts
    visitor = world.visitor()
    world.worker.language_cookie._secure = True
    assert "; Secure" in choose(visitor, "de").headers["Set-Cookie"]


@pytest.mark.parametrize("language", ["", "fr", "de; Domain=evil", "DE", "\r\nx"])
def test_another_language_is_refused_and_changes_nothing(world, language):
    visitor = world.visitor()
    choose(visitor, "de")
    answer = choose(visitor, language)
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers
    assert language_of(answer) == "de"


@pytest.mark.parametrize("place", ["https://evil.example", "//evil.example", "", "x"])
def test_nobody_is_led_to_another_site(world, place):
    assert choose(world.visitor(), "de", place).headers["Location"] == "/"


def test_another_site_chooses_for_nobody(world):
    visitor = world.visitor()
    answer = visitor.post("/language", {"language": "de"}, sec_fetch_site="cross-site")
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_who_loads_the_address_of_the_form_is_led_home(world):
    assert world.visitor().get("/language").headers["Location"] == "/"


@pytest.mark.parametrize("kept", ["tlh", "x" * 4000, "../de", "é"])
def test_a_cookie_of_another_kind_is_as_good_as_none(world, kept):
    visitor = world.visitor()
    answer = visitor.get("/", accept_language=GERMAN, cookie=f"language={kept}")
    assert language_of(answer) == "de"


def test_an_order_is_made_in_the_language_of_its_buyer(world, buyer, ticket):
    """Its letters will be in it."""
    choose(buyer, "de")
    buyer.post(f"/tickets/{ticket['id']}/reserve")
    (order,) = world.orders.things.values()
    assert order["language"] == "de"
