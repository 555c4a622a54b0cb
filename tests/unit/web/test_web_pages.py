"""The pages by themselves: markup, refusals, files."""

import re

import pytest
from web_every_page import every_page_of
from web_markup import check


@pytest.fixture
def every_page(world, buyer):
    return every_page_of(world, buyer)


def test_every_page_in_every_state_is_well_formed(every_page):
    """All the pages pass the same checks, and none is the same as another state's."""
    for name, response in every_page.items():
        html = response.get_data(as_text=True)
        assert response.status_code < 500 or name == "away", name
        try:
            check(html)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}\n{html}") from error


def test_every_stage_of_an_order_has_its_own_words(every_page):
    """No two stages look the same to the buyer."""
    words = {
        name: re.sub(r'data-\w+="[^"]*"', "", response.get_data(as_text=True))
        for name, response in every_page.items()
        if name.startswith("order, ") and name != "order, no card"
    }
    assert len(set(words.values())) == len(words) >= 13


def test_what_people_type_is_shown_as_text(world):
    """A title is never markup, nor a template."""
    ticket = world.sell("<script>alert(1)</script>{{7*7}}")
    for path in ("/", f"/tickets/{ticket['id']}"):
        html = world.visitor().read(path)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in html
        assert "<script>alert" not in html


def test_an_unknown_page_is_a_404_in_the_language_of_the_caller(world):
    """People get a page that says what to do next, programs get the contract's JSON."""
    visitor = world.visitor()
    page = visitor.get("/no/such/page")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "There is nothing here" in page.get_data(as_text=True)
    assert visitor.get("/no/such", accept="*/*").mimetype == "application/json"
    assert visitor.get("//evil/").status_code == 404
    for path in ("/api", "/api/", "/api/none", "/api/users/signup"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "application/json"), path


def test_a_wrong_method_stays_a_405(world):
    """A page that cannot be posted to says so."""
    answer = world.visitor().post("/orders")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_a_service_that_is_away_is_a_503_with_a_way_to_try_again(world):
    """The page asks for patience, to people and to programs."""
    world.tickets.away = True
    page = world.visitor().get("/tickets/abc?from=a&b=c")
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    again = '<a class="button" href="/tickets/abc?from=a&amp;b=c">Try again</a>'
    assert again in page.get_data(as_text=True)


def test_a_failure_nobody_foresaw_keeps_its_text_to_itself(world, caplog):
    """The page has a number to ask for help with, the log has the reason."""
    world.tickets.things = None
    page = world.visitor().get("/")
    html = page.get_data(as_text=True)
    assert page.status_code == 500
    assert page.headers["X-Request-Id"] in html
    assert "NoneType" not in html
    assert "NoneType" in caplog.text


def test_a_form_from_another_site_is_refused(world, buyer):
    """Nothing is done, and the page says why."""
    ticket = world.sell()
    page = buyer.post(f"/tickets/{ticket['id']}/reserve", sec_fetch_site="cross-site")
    assert page.status_code == 403
    assert "This did not come from our pages" in page.get_data(as_text=True)
    assert "buyer@example.com" in page.get_data(as_text=True)
    assert not world.orders.things


def test_files_are_kept_for_ever_under_an_address_that_changes(world):
    """Each file a page names is there; other versions and other files are not kept."""
    visitor = world.visitor()
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', visitor.read("/"))
    assert len(set(names)) == 3
    for name in names:
        answer = visitor.get(name)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"].endswith("immutable")
    other = visitor.get("/static/old/site.css")
    assert other.headers["Cache-Control"] == "private, no-cache"
    assert other.mimetype == "text/css"
    for path in ("/static/x/none.css", "/static/x/..%2fservice.py", "/static/x/"):
        assert visitor.get(path).status_code == 404


def test_the_stylesheet_asks_for_nothing_from_elsewhere(world):
    """The content security policy would refuse it."""
    css = world.visitor().get("/static/x/site.css").get_data(as_text=True)
    assert "url(" not in css
    assert "@import" not in css
