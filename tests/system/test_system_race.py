"""Many buyers, one ticket: the unique index lets one of them through."""

import asyncio

import httpx
from system_control import PLAIN, eventually
from system_people import Person, new_token

BUYERS = 200


async def all_ask(system, ticket):
    """Everybody sends at once; returns the answers."""
    limits = httpx.Limits(max_connections=BUYERS)
    url = f"http://{system.processes['orders'].address}/api/orders"
    async with httpx.AsyncClient(limits=limits, verify=PLAIN, timeout=60) as client:

        async def ask():
            cookie = {"Cookie": f"session={new_token(system)}"}
            body = {"ticketId": ticket["id"]}
            return await client.post(url, json=body, headers=cookie)

        return await asyncio.gather(*(ask() for _ in range(BUYERS)))


def race(system, seller):
    """Sells one ticket to all at once; returns the ticket and the orders made."""
    ticket = seller.sell()
    answers = asyncio.run(all_ask(system, ticket))
    lost = [answer for answer in answers if answer.status_code != 201]
    assert {answer.status_code for answer in lost} <= {400}
    expected = {"errors": [{"message": "Ticket is already reserved"}]}
    assert all(answer.json() == expected for answer in lost)
    return ticket, [answer.json() for answer in answers if answer.status_code == 201]


def test_one_of_two_hundred_gets_the_ticket(system, seller):
    """One order, on the ticket and in the database; the others are told."""
    ticket, orders = race(system, seller)
    (order,) = orders
    assert seller.until_held(ticket, order)
    documents = system.database("orders")["orders"]
    (document,) = documents.find({"ticket.id": ticket["id"]})
    assert document["_id"] == order["id"]


def test_without_the_index_the_ticket_would_be_sold_more_than_once(systems):
    """The control of the test above: it is the index that it tests."""
    system = systems(("tickets", "orders")).up()
    system.database("orders")["orders"].drop_index("held_units")
    with Person(system) as seller:
        _, orders = race(system, seller)
    assert len(orders) > 1
    system.end()


def test_one_of_many_gets_it_time_and_again(system, seller):
    """Cancelled and raced for again: there are never two holders."""
    ticket = seller.sell()
    documents = system.database("orders")["orders"]
    for _ in range(3):
        answers = asyncio.run(all_ask(system, ticket))
        (won,) = [answer for answer in answers if answer.status_code == 201]
        cookie = {"Cookie": won.request.headers["Cookie"]}
        with system.client(headers=cookie) as winner:
            response = winner.delete(f"/api/orders/{won.json()['id']}")
        assert response.status_code == 204
        held = {"ticket.id": ticket["id"], "units": {"$exists": True}}
        assert documents.count_documents(held) == 0
    eventually(lambda: "orderId" not in seller.ticket(ticket))
