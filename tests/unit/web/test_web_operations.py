"""What operators see of the services, and what they can do about it."""

import pytest
from web_books_house import BOSS, OPERATED
from web_operations_house import BROKEN, MENDED, OperationsHouse, read

from ticketing.contract import Payload
from web import operations
from web.pages.operations import ROWS

LETTERS = "/operator/dead-letters"
# Begins like a small number, and is more than Python reads.
PADDED = "1".zfill(20) + "9" * 5000


@pytest.fixture
def world(make_shop):
    return make_shop(OPERATED)


@pytest.fixture
def house(world):
    return OperationsHouse(world)


@pytest.fixture
def boss(world, house):
    return world.visitor(BOSS)


def test_where_nothing_was_put_aside_it_says_so(boss):
    words = read(boss, LETTERS)
    assert words.count("Nothing was put aside.") == len(operations.SERVICES)


def test_a_letter_is_told_in_words_with_what_it_means(boss, house):
    house["web"].put_aside(body='{"title":"<b>Row 3</b>"}')
    words = read(boss, LETTERS)
    assert "An order was completed. The buyer got no letter about it." in words
    assert "It is a fault in the shop" in words
    assert "Reason KeyError: &#39;bug&#39; Tries 8" in words
    assert "&lt;b&gt;Row 3&lt;/b&gt;" in words
    assert "put aside 31 January 2026" in words


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [
        (
            "HopelessError: not a OrderCreated: id: wrong",
            "one that this service can read",
        ),
        ("HopelessError: 3 usd were paid for 4 usd", "nothing with what it says"),
        ("TypeError: x", "nobody foresaw"),
    ],
)
def test_each_kind_of_reason_has_its_meaning(boss, house, reason, meaning):
    house["orders"].put_aside(reason=reason)
    assert meaning in read(boss, LETTERS)


def test_every_event_has_its_words():
    subjects = {
        shape.subject for shape in _shapes(Payload) if hasattr(shape, "subject")
    }
    assert subjects - {"session.revoked"} <= set(operations._TOLD)


def _shapes(shape):
    for each in shape.__subclasses__():
        yield each
        yield from _shapes(each)


def test_one_is_handled_again_with_a_button(boss, house):
    number = house["web"].put_aside(MENDED)
    answer = boss.post(f"{LETTERS}/web/{number}/replay")
    assert answer.headers["Location"] == f"{LETTERS}?note=handled"
    assert "It was handled just now" in read(boss, answer.headers["Location"])
    assert house["web"].replayed == [number]


def test_one_that_fails_again_stays(boss, house):
    number = house["orders"].put_aside(BROKEN)
    answer = boss.post(f"{LETTERS}/orders/{number}/replay")
    assert "It failed once more" in read(boss, answer.headers["Location"])
    assert number in house["orders"].letters


def test_a_second_click_does_no_harm(boss, house):
    number = house["web"].put_aside(MENDED)
    for note in ("handled", "gone"):
        answer = boss.post(f"{LETTERS}/web/{number}/replay")
        assert answer.headers["Location"].endswith(note)
    assert "not here any more" in read(boss, answer.headers["Location"])
    assert boss.get(f"{LETTERS}/web/{number}/discard").status_code == 303
    assert boss.post(f"{LETTERS}/web/{number}/discard").status_code == 303


def test_one_is_discarded_only_after_a_question(boss, house):
    number = house["tickets"].put_aside()
    path = f"{LETTERS}/tickets/{number}/discard"
    words = read(boss, path)
    assert "Discard this message?" in words
    assert "tickets will never handle it" in words
    assert house["tickets"].discarded == []
    answer = boss.post(path)
    assert house["tickets"].discarded == [number]
    assert "nobody will handle it" in read(boss, answer.headers["Location"])


def test_many_letters_come_page_by_page(boss, house):
    for _ in range(ROWS + 3):
        house["orders"].put_aside()
    html = boss.get(LETTERS).get_data(as_text=True)
    assert html.count('class="finding"') == ROWS
    later = f"{LETTERS}?service=orders&after={ROWS}"
    assert later.replace("&", "&amp;") in html
    html = boss.get(later).get_data(as_text=True)
    assert html.count('class="finding"') == 3
    assert "Later messages" not in html


@pytest.mark.parametrize("after", ["x", "-1", "", "9" * 30, "9" * 5000, PADDED])
def test_an_address_that_nobody_gave_shows_the_letters_or_none(boss, house, after):
    assert boss.get(f"{LETTERS}?service=none&after={after}").status_code == 200
    assert boss.get(f"{LETTERS}?service=orders&after={after}").status_code == 200


def test_one_that_does_not_answer_keeps_the_others_waiting_no_longer(boss, house):
    house["orders"].away = True
    house["web"].put_aside()
    words = read(boss, LETTERS)
    assert "This service does not answer right now." in words
    assert "The buyer got no letter about it." in words


def test_a_service_of_another_name_has_no_letters(boss, house):
    for way in ("replay", "discard"):
        assert boss.post(f"{LETTERS}/pages/1/{way}").status_code == 404


@pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 30, "9" * 5000, PADDED])
def test_no_letter_has_a_number_that_nobody_gave(boss, house, number):
    """Also one that Python refuses to read, because it has thousands of digits."""
    for way in ("replay", "discard"):
        assert boss.post(f"{LETTERS}/web/{number}/{way}").status_code == 404
    assert boss.get(f"{LETTERS}/web/{number}/discard").status_code == 404


def test_all_is_well_where_all_is_well(boss, house):
    house["orders"].report["outbox"] = {"waiting": 0, "oldest": None}
    house["orders"].report["consumers"] = [consumer(pending=0)]
    words = read(boss, "/operator/health")
    assert words.count("Well") == len(operations.SERVICES)
    assert "Events to publish none waits" in words
    assert "It has handled every event." in words
    assert words.count("It hears no events.") == len(operations.SERVICES) - 1


def consumer(pending, unsettled=0):
    told = {"service": "orders", "subject": "payment.created", "settled": 1}
    return told | {"delivered": 1, "pending": pending, "unsettled": unsettled}


def test_what_waits_is_told_with_how_much_and_since_when(boss, house):
    house["orders"].report |= {
        "outbox": {"waiting": 7, "oldest": "2026-01-31T11:30:00.000Z"},
        "consumers": [consumer(pending=1234, unsettled=5)],
    }
    house["web"].report["streams"] = 42
    words = read(boss, "/operator/health")
    assert "payment.created 1,234 5" in words
    assert "Events to publish 7, the oldest of 31 January 2026" in words
    assert "42 listen," in words
    house["web"].report["streams"] = 1
    assert "1 listens," in read(boss, "/operator/health")


def test_what_is_away_is_named(boss, house):
    house["auth"].report |= {
        "status": "away",
        "dependencies": {"mongodb/auth": "The database is away", "nats": "ok"},
    }
    house["expiration"].away = True
    house["tickets"].report["consumers"] = None
    words = read(boss, "/operator/health")
    assert "auth Something is away" in words
    assert "mongodb/auth The database is away nats answers" in words
    assert "expiration No answer" in words
    assert "not known right now" in words


def test_for_others_there_are_no_such_pages(world, house, order, other):
    number = house["web"].put_aside()
    letter = f"{LETTERS}/web/{number}"
    ways = [
        (other.get, "/operator/health"),
        (other.get, "/operator/orders"),
        (other.get, f"/operator/orders/{order['id']}"),
        (other.get, LETTERS),
        (other.get, f"{letter}/replay"),
        (other.get, f"{letter}/discard"),
        (other.post, f"{letter}/replay"),
        (other.post, f"{letter}/discard"),
    ]
    for ask, path in ways:
        assert ask(path).status_code == 404, path
    for path in (LETTERS, "/operator/health", f"{letter}/replay"):
        answer = world.visitor().get(path)
        assert answer.headers["Location"].startswith("/auth/signin")
    assert (house["web"].replayed, house["web"].discarded) == ([], [])
    answer = world.visitor(BOSS).get(f"{letter}/replay")
    assert answer.headers["Location"] == LETTERS
