"""Idempotency-Key: the same request again gets the same answer and has one effect."""

import asyncio

import httpx
import pytest
from system_control import PLAIN, eventually

TIMES = 50


def at_once(system, person, url, body, key):
    """Sends one request many times at once, and again where the shop is too busy."""

    async def send():
        headers = {"Idempotency-Key": key}
        cookies = {"session": person.token}
        async with httpx.AsyncClient(
            base_url=system.url,
            cookies=cookies,
            headers=headers,
            verify=PLAIN,
            timeout=30,
        ) as client:
            return await asyncio.gather(*(answer(client) for _ in range(TIMES)))

    async def answer(client):
        while (made := await client.post(url, json=body)).status_code == 503:
            assert made.headers["Retry-After"]
        return made

    return asyncio.run(send())


def test_an_order_again_is_the_same_order(seller, buyer):
    """201 with the first answer, whatever has become of the order since."""
    ticket = seller.sell()
    first = buyer.ask_for(ticket, **{"Idempotency-Key": "a"})
    again = buyer.ask_for(ticket, **{"Idempotency-Key": "a"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    buyer.cancel(first.json())
    later = buyer.ask_for(ticket, **{"Idempotency-Key": "a"})
    assert (later.status_code, later.json()) == (201, first.json())
    assert len(buyer.http.get("/api/orders").json()) == 1


def test_an_order_key_is_for_one_request(seller, buyer):
    """422 with another body."""
    buyer.ask_for(seller.sell(), **{"Idempotency-Key": "a"})
    other_ticket = seller.sell()
    refused = buyer.ask_for(other_ticket, **{"Idempotency-Key": "a"})
    assert refused.status_code == 422
    assert len(buyer.http.get("/api/orders").json()) == 1


@pytest.mark.parametrize(
    "other_wish", [{"quantity": 2}, {"seats": ["A-2"]}, {"seats": ["A-1", "A-2"]}, {}]
)
def test_an_order_key_is_for_one_wish(seller, buyer, other_wish):
    """422 for other units of the same listing; the same ones are the same order."""
    ticket = seller.sell(seats=["A-1", "A-2", "A-3"])
    wish, key = {"seats": ["A-1"]}, {"Idempotency-Key": "a"}
    first = buyer.ask_for(ticket, wish, **key)
    assert buyer.ask_for(ticket, other_wish, **key).status_code == 422
    assert buyer.ask_for(ticket, wish, **key).json() == first.json()
    assert len(buyer.http.get("/api/orders").json()) == 1


def test_the_last_units_are_ordered_once_however_often_it_is_sent(
    system, seller, buyer
):
    """Also when none is left for the same request that comes a moment later."""
    ticket = seller.sell(quantity=7)
    body = {"ticketId": ticket["id"], "quantity": 7}
    answers = at_once(system, buyer, "/api/orders", body, "many")
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


def test_a_key_is_its_owners(seller, buyer, other):
    """Another person's same key is another key."""
    tickets = seller.sell(), seller.sell()
    for person, ticket in zip((buyer, other), tickets, strict=True):
        made = person.ask_for(ticket, **{"Idempotency-Key": "a"})
        assert made.status_code == 201
        assert made.json()["userId"] == person.id


def test_an_order_is_made_once_however_often_it_is_sent(system, seller, buyer):
    """Fifty times at once: one order, fifty same answers."""
    ticket = seller.sell()
    body = {"ticketId": ticket["id"]}
    answers = at_once(system, buyer, "/api/orders", body, "many")
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(buyer.http.get("/api/orders").json()) == 1


def test_a_payment_again_is_the_same_payment(system, seller, buyer):
    """201 with the first answer, and one charge."""
    order = buyer.reserve(seller.sell())
    answers = [buyer.pay(order, **{"Idempotency-Key": "a"}) for _ in range(2)]
    buyer.until(order, "complete")
    answers.append(buyer.pay(order, **{"Idempotency-Key": "a"}))
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.content for answer in answers}) == 1
    assert system.kept(order["id"]) == 2000


def test_a_decline_again_is_the_same_decline(system, seller, buyer):
    """400 with the first message, and one attempt; another key is another attempt."""
    order = buyer.reserve(seller.sell())
    answers = [
        buyer.pay(order, "tok_chargeDeclined", **{"Idempotency-Key": "a"})
        for _ in range(5)
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.content for answer in answers}) == 1
    assert len(system.intents(order["id"])) == 1
    assert buyer.pay(order, **{"Idempotency-Key": "b"}).status_code == 201


def test_a_payment_key_is_for_one_request(system, seller, buyer):
    """422 with another card, and with another order."""
    order, second = buyer.reserve(seller.sell()), buyer.reserve(seller.sell())
    assert buyer.pay(order, **{"Idempotency-Key": "a"}).status_code == 201
    for refused in (
        buyer.pay(order, "tok_mastercard", **{"Idempotency-Key": "a"}),
        buyer.pay(second, **{"Idempotency-Key": "a"}),
    ):
        assert refused.status_code == 422, refused.text
    assert system.kept(second["id"]) == 0


@pytest.mark.parametrize("token", ["tok_visa", "tok_chargeDeclined"])
def test_a_payment_is_made_once_however_often_it_is_sent(system, seller, buyer, token):
    """Fifty times at once: one charge, fifty same answers."""
    order = buyer.reserve(seller.sell())
    copies = system.database("payments")["orders"]
    eventually(lambda: copies.find_one({"_id": order["id"]}))
    body = {"orderId": order["id"], "token": token}
    answers = at_once(system, buyer, "/api/payments", body, "many")
    statuses = {answer.status_code for answer in answers}
    assert statuses == ({201} if token == "tok_visa" else {400})
    assert len({answer.content for answer in answers}) == 1
    assert len(system.intents(order["id"])) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\tkey"])
def test_a_key_that_is_none_is_refused(seller, buyer, key):
    """400, and nothing is done."""
    refused = buyer.ask_for(seller.sell(), **{"Idempotency-Key": key})
    assert refused.status_code == 400
    assert buyer.http.get("/api/orders").json() == []
