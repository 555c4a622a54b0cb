"""What services say, in German, though they speak English."""

import ast
from pathlib import Path

import pytest

from auth.inputs import PasswordInput, SignInInput, SignUpInput
from orders.inputs import OrderInput
from orders.inputs import RefundInput as SellersRefund
from orders.passes.inputs import AdmitInput
from payments.books.findings import Kind
from payments.inputs import RefundInput
from payments.models import Status
from stripe_stand_in.cards import TOKENS
from ticketing.errors import InvalidInputError
from tickets.inputs import TicketChange
from web import books, languages
from web.forms import Form
from web.service_words import said

ROOT = Path(__file__).parents[3]
FOLDERS = ("auth", "tickets", "orders", "payments", "web", "ticketing")
RAISING = {"BadRequestError", "InvalidInputError", "refuse", "_refuse", "wrong"}
# What only programs can get wrong, or a page has its own words for.
UNSEEN = {
    "Send the body as application/json",
    "The body is not valid JSON",
    "The body must be a JSON object",
    "Idempotency-Key must have 1 to 255 characters",
    "The signature does not fit",
    "No such token: '7'",
    "No such payment_intent: '7'",
    "Amount must be at least $0.50 usd",
    "Say of which order or ticket",
    "Choose one of the languages of these pages",
    "TicketId must be provided",
    "Language must be a tag such as de or pt-BR",
    "The time of a scan looks like 2026-01-31T12:00:00.000Z",
    "The listing is named by its id",
    "Units must be a list of labels",
    "This code is not genuine",
    "Each scan has an id of its own, of 1 to 64 characters",
    "Unknown: 7",
    "This is no ticket",
    "it is not a call",
    "This is not who calls",
    "Half characters, or too large a number",
}
# What stands where a text of a service differs from time to time, if not 7.
SEATS = ["Seat A-1 is", "Seats A-1, A-2 are"]


@pytest.fixture(autouse=True)
def in_german():
    with languages.reading(languages.reader_in("de")):
        yield


def sentences():
    """Return what is raised anywhere with a text."""
    files = [path for each in FOLDERS for path in (ROOT / each).rglob("*.py")]
    calls = [
        node
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and name_of(node.func) in RAISING and node.args
    ]
    return {text for call in calls for text in texts_of(call.args[-1])} - UNSEEN


def name_of(node):
    return getattr(node, "id", "")


def texts_of(node):
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return texts_of(node.body) + texts_of(node.orelse)
    if not isinstance(node, ast.JoinedStr):
        return []
    parts = [part.value for part in node.values]
    texts = [part if isinstance(part, str) else "7" for part in parts]
    if isinstance(parts[0], ast.Call) and name_of(parts[0].func) == "named":
        return ["".join([seats, *texts[1:]]) for seats in SEATS]
    return ["".join(texts)]


def shown(message, field="orders"):
    """Return a message as a form shows it."""
    form = Form().failed(InvalidInputError([{"message": message, "field": field}]))
    return said(form.problem(field))


def test_whatever_is_refused_is_told_in_german():
    """A new sentence of a service needs one in ``web.service_words``."""
    found = sentences()
    assert {"Only 7 left right now", "Seats A-1, A-2 are gone"} <= found
    assert [each for each in found if shown(each) == each] == []


@pytest.mark.parametrize(
    "body",
    [
        SignUpInput,
        SignInInput,
        PasswordInput,
        TicketChange,
        OrderInput,
        SellersRefund,
        AdmitInput,
        RefundInput,
    ],
)
def test_what_is_wrong_with_a_field_is_told_in_german(body):
    messages = set(body.MESSAGES.values()) - UNSEEN
    assert [each for each in messages if shown(each) == each] == []


def test_states_and_findings_are_told_in_german():
    """What operators are shown of payments."""
    kinds = [books.MEANINGS[kind.value] for kind in Kind]
    words = [status.value for status in Status] + kinds
    assert [each for each in words if said(each) == each] == []


def test_declines_of_the_test_cards_are_told_in_german():
    declines = {card.decline.message for card in TOKENS.values() if card.decline}
    assert [each for each in declines if said(each) == each] == []


@pytest.mark.parametrize(
    ("message", "translated"),
    [
        ("Seats A-1, B-2 are gone", "Die Plätze A-1, B-2 sind weg"),
        ("Seat 1200 is gone", "Platz 1200 ist weg"),
        ("Only 1200 left right now", "Im Moment nur noch 1.200 frei"),
        (
            "Price must be above 0 and at most 999999.99, with at most two decimals",
            (
                "Der Preis muss über 0 und höchstens 999.999,99 sein, mit höchstens "
                "zwei Nachkommastellen"
            ),
        ),
        (
            "An order must cost at least 0.50 USD: cards cannot be charged less",
            (
                "Eine Bestellung muss mindestens 0,50 $ kosten: "
                "Weniger kann einer Karte nicht belastet werden"
            ),
        ),
        (
            "We cannot read “A~B %(x)s”. Write a row as A-1 to 40",
            (
                "Wir können „A~B %(x)s“ nicht lesen. Schreiben Sie eine Reihe als A-1 "
                "bis 40"
            ),
        ),
    ],
)
def test_what_differs_from_time_to_time_stands_where_it_belongs(message, translated):
    """Labels and texts as they are, numbers and sums as Germans write them."""
    assert said(message).replace("\N{NO-BREAK SPACE}", " ") == translated


@pytest.mark.parametrize("text", ["", "krank geworden", "100 % sure", "%(x)s", "%"])
def test_what_nobody_knows_stays_as_it_is(text):
    assert said(text) == text
