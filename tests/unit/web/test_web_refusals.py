"""A page that cannot be shown says why, and when to come again."""

import pytest
from web_markup import Outline, check

from ticketing.errors import BusyError, UnavailableError
from ticketing.turnstile import Turnstile
from web.form_tokens import FIELD


@pytest.fixture
def crowded(monkeypatch):
    """Nobody has a turn now; it will be so in as many seconds as are set."""
    turn, usual = {"in": 7, "ahead": 0}, Turnstile.turn

    def sent_away(turnstile, *who):
        if not turn:
            return usual(turnstile, *who)
        raise BusyError(turn["in"], ahead=turn["ahead"])

    monkeypatch.setattr(Turnstile, "turn", sent_away)
    return turn


def test_a_crowd_is_told_of_and_when_it_will_be_ones_turn(buyer, ticket, crowded):
    answer = buyer.post(f"/tickets/{ticket['id']}/reserve")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    html = answer.get_data(as_text=True)
    assert "Many people want to buy right now" in html
    assert "Try again in about 7 seconds." in html
    assert "before you" not in html


@pytest.mark.parametrize(
    ("ahead", "words"), [(1, "About 1 person is"), (1200, "About 1,200 people are")]
)
def test_a_crowd_tells_how_many_are_before_one(buyer, ticket, crowded, ahead, words):
    crowded["ahead"] = ahead
    answer = buyer.post(f"/tickets/{ticket['id']}/reserve")
    assert f"{words} before you." in answer.get_data(as_text=True)


def test_what_was_sent_can_be_sent_again_as_it_was(world, buyer, ticket, crowded):
    """By the page itself when it is one's turn, or by its button."""
    address = f"/tickets/{ticket['id']}/reserve"
    sent = {"newest": 'an <odd> "key"', "quantity": "1"}
    html = buyer.post(address, sent).get_data(as_text=True)
    check(html)
    form = Outline(f'<form id="turn"{part_of(html)}</form>')
    assert form.all("form")[0].items() >= {"action": address, "method": "post"}.items()
    fields = {each["name"]: each["value"] for each in form.all("input")}
    assert fields.keys() == {FIELD, *sent}
    assert fields | sent == fields
    assert world.orders.list_orders(buyer.id) == []
    crowded.clear()
    assert buyer.post(address, fields).status_code == 303
    assert len(world.orders.list_orders(buyer.id)) == 1


def part_of(html):
    return html.partition('<form id="turn"')[2].partition("</form>")[0]


def test_one_second_is_told_in_the_reader_s_language(buyer, ticket, crowded):
    crowded["in"] = 1
    answer = buyer.post(f"/tickets/{ticket['id']}/reserve", accept_language="de")
    html = answer.get_data(as_text=True)
    assert "Gerade möchten sehr viele kaufen" in html
    assert "in etwa 1 Sekunde noch einmal" in html


def test_a_shop_that_is_away_is_not_taken_for_a_crowd(world, buyer, ticket):
    world.orders.away = True
    html = buyer.post(f"/tickets/{ticket['id']}/reserve").get_data(as_text=True)
    assert "right now" not in html.partition("<h1>")[2].partition("</h1>")[0]
    assert "your turn" not in html


def test_a_page_says_so_when_nobody_knows_who_has_signed_out(world, buyer, monkeypatch):
    """Whoever asks has waited for that once, and waits no second time."""
    asked = []

    def unknown(token):
        asked.append(token)
        raise UnavailableError

    monkeypatch.setattr(world.keys, "verify", unknown)
    answer = buyer.get("/orders")
    assert answer.status_code == 503
    assert "<h1>" in answer.get_data(as_text=True)
    assert asked == [buyer.token]
