"""A buyer asks again while nobody knows, with the same key, and sees what is wrong."""

import asyncio
import json
from dataclasses import replace
from itertools import chain, repeat

import pytest

from rehearsal import buyer
from rehearsal.buyer import Buyer
from rehearsal.client import Answer, LostError
from rehearsal.plans import BAD_CARD, GOOD_CARD, Plan
from rehearsal.record import Record

LOST = "lost"
RESERVE, PAY = ("POST", "/api/orders"), ("POST", "/api/payments")
ORDER, LET_GO = ("GET", "/api/orders/o"), ("DELETE", "/api/orders/o")
LOOK = ("GET", "/api/tickets/t")


def answer(number, /, **told):
    return Answer(number, json.dumps(told).encode())


MADE = answer(201, id="o")
DONE = answer(200, status="complete", units=["1", "2"])
GONE = answer(400, errors=[])


class Shop:
    """Answers each request with the next of its list, the last one for ever."""

    def __init__(self, **answers):
        named = {"reserve": RESERVE, "pay": PAY, "order": ORDER, "look": LOOK}
        self._answers = {LET_GO: repeat(answer(204))}
        for name, given in answers.items():
            self._answers[named[name]] = chain(given, repeat(given[-1]))
        self.asked = []

    async def ask(self, method, path, body=None, key=None):
        self.asked.append((method, path, body, key))
        told = next(self._answers[method, path])
        if told == LOST:
            raise LostError
        return told

    def twin(self):
        return self

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    def bodies(self, request):
        return [
            body for method, path, body, _ in self.asked if (method, path) == request
        ]

    def keys(self, request):
        return {key for method, path, _, key in self.asked if (method, path) == request}


@pytest.fixture(autouse=True)
def _hurried(monkeypatch):
    for name in ("AGAIN", "COMPLETE", "LOOK"):
        monkeypatch.setattr(buyer, name, (0, 0))


def buy(shop, **plan):
    record = Record()
    plan = Plan(**({"comes": 0, "quantity": 2, "thinks": 0} | plan))
    asyncio.run(Buyer(shop, "t", record).buy(plan))
    return record


def test_a_purchase():
    """The record has the units that its buyer was told of."""
    shop = Shop(reserve=[MADE], pay=[MADE], order=[answer(200, status="created"), DONE])
    record = buy(shop)
    assert [(each.order, each.units) for each in record.bought] == [("o", ("1", "2"))]
    assert (record.sold, record.ends) == (2, {"bought": 1})
    assert (record.reserved, record.paid) == ({"o"}, {"o"})
    assert [step.name for step in record.steps][:2] == ["reserve", "pay"]


@pytest.mark.parametrize("trouble", [LOST, *map(answer, (429, 500, 502, 503, 504))])
def test_what_nobody_knows_is_asked_again(trouble):
    """With the same key, so that it is done once; the time counts from the first."""
    shop = Shop(
        reserve=[trouble, trouble, MADE], pay=[trouble, MADE], order=[trouble, DONE]
    )
    record = buy(shop)
    assert record.sold == 2
    assert len(shop.bodies(RESERVE)) == 3
    assert len(shop.keys(RESERVE)) == len(shop.keys(PAY)) == 1
    assert [each.step for each in record.asked].count("reserve") == 3
    assert [each.name for each in record.steps].count("reserve") == 1


def test_who_is_told_when_to_come_back_does_not_come_sooner(monkeypatch):
    slept, sleep = [], asyncio.sleep

    async def note(seconds):
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(buyer.asyncio, "sleep", note)
    busy = replace(answer(503), retry_after=7)
    buy(Shop(reserve=[busy, MADE], pay=[MADE], order=[DONE]))
    assert slept.count(7) == 1


def test_two_clicks_are_two_requests_with_one_key():
    shop = Shop(reserve=[MADE], pay=[MADE], order=[DONE])
    record = buy(shop, clicks_twice=True)
    assert len(shop.bodies(RESERVE)) == len(shop.bodies(PAY)) == 2
    assert len(shop.keys(RESERVE)) == len(shop.keys(PAY)) == 1
    assert record.broken == []


@pytest.mark.parametrize("clicks", [[0, 1], [1, 0]])
def test_who_has_what_he_wants_does_not_come_back_for_the_other_click(clicks):
    busy = replace(answer(503), retry_after=3600)
    shop = Shop(reserve=[(MADE, busy)[n] for n in clicks], pay=[MADE], order=[DONE])
    assert buy(shop, clicks_twice=True).sold == 2


def test_two_clicks_that_reserve_twice():
    """That must not be, and is remembered."""
    shop = Shop(reserve=[MADE, answer(201, id="p")], pay=[MADE], order=[DONE])
    assert len(buy(shop, clicks_twice=True).broken) == 1


def test_another_card():
    shop = Shop(reserve=[MADE], pay=[GONE, MADE], order=[DONE])
    record = buy(shop, cards=(BAD_CARD, GOOD_CARD))
    assert [body["token"] for body in shop.bodies(PAY)] == [BAD_CARD, GOOD_CARD]
    assert len(shop.keys(PAY)) == 2
    assert record.sold == 2


@pytest.mark.parametrize(("cards", "end"), [((), "let go"), ((BAD_CARD,), "declined")])
def test_an_order_that_is_not_paid_is_let_go(cards, end):
    shop = Shop(reserve=[MADE], pay=[GONE])
    record = buy(shop, cards=cards)
    assert record.ends == {end: 1}
    assert len(shop.bodies(LET_GO)) == 1


def test_who_comes_too_late_leaves():
    assert buy(Shop(reserve=[GONE])).ends == {"too late": 1}


def test_who_stays_takes_what_comes_back():
    """And asks for no more than there is."""
    none, one = (answer(200, available=n, sold=3, quantity=9) for n in (0, 1))
    shop = Shop(reserve=[GONE, MADE], look=[none, one], pay=[MADE], order=[DONE])
    assert buy(shop, stays=True).ends == {"bought": 1}
    assert [body["quantity"] for body in shop.bodies(RESERVE)] == [2, 1]


def test_who_stays_leaves_when_all_is_sold():
    sold = answer(200, available=0, sold=9, quantity=9)
    shop = Shop(reserve=[GONE], look=[sold])
    assert buy(shop, stays=True).ends == {"too late": 1}


def test_paid_and_cancelled():
    """No purchase; the books tell whether the money went back."""
    shop = Shop(reserve=[MADE], pay=[MADE], order=[answer(200, status="cancelled")])
    record = buy(shop)
    assert (record.bought, record.ends) == ([], {"paid, and cancelled": 1})
