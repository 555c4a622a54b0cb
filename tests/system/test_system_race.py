"""Many buyers, one ticket: the unique index lets one of them through."""

import asyncio
from functools import partial

import httpx
from system_control import PLAIN, eventually
from system_people import Person, new_token

BUYERS = 200


async def all_ask(system, ticket, processes):
    """Everybody sends at once, to one of the processes; returns the answers."""
    limits = httpx.Limits(max_connections=BUYERS)
    urls = [f"http://{process.address}/api/orders" for process in processes]
    body = {"ticketId": ticket["id"]}
    async with httpx.AsyncClient(limits=limits, verify=PLAIN, timeout=60) as client:

        async def ask(number):
            """Again where the shop is too busy to say."""
            cookie = {"Cookie": f"session={new_token(system)}"}
            url = urls[number % len(urls)]
            send = partial(client.post, url, json=body, headers=cookie)
            while (answer := await send()).status_code == 503:
                assert answer.headers["Retry-After"]
            return answer

        return await asyncio.gather(*map(ask, range(BUYERS)))


def race(system, ticket, *others):
    """Offers one ticket to all at once, once orders know it; returns those made."""
    copies = system.database("orders")["tickets"]
    eventually(lambda: copies.find_one({"_id": ticket["id"]}))
    processes = [system.processes["orders"], *others]
    answers = asyncio.run(all_ask(system, ticket, processes))
    lost = [answer for answer in answers if answer.status_code != 201]
    assert {answer.status_code for answer in lost} <= {400}
    expected = {"errors": [{"message": "Ticket is already reserved"}]}
    assert all(answer.json() == expected for answer in lost)
    return [answer.json() for answer in answers if answer.status_code == 201]


def test_one_of_two_hundred_gets_the_ticket(system, seller):
    """One order, on the ticket and in the database; the others are told."""
    ticket = seller.sell()
    (order,) = race(system, ticket)
    assert seller.until_held(ticket, order)
    documents = system.database("orders")["orders"]
    (document,) = documents.find({"ticket.id": ticket["id"]})
    assert document["_id"] == order["id"]


def test_without_the_index_the_ticket_would_be_sold_more_than_once(systems, tmp_path):
    """The control of the next test: it is the index that it tests."""
    system = systems(("tickets", "orders")).up()
    with system.another("orders", tmp_path) as second, Person(system) as seller:
        system.database("orders")["orders"].drop_index("held_units")
        # Two processes have to meet: one may have been done before the other began.
        assert any(len(race(system, seller.sell(), second)) > 1 for _ in range(20))
    system.end()


def test_it_is_sold_once_by_however_many_processes(system, seller, tmp_path):
    """Two processes of orders share the database and nothing else."""
    with system.another("orders", tmp_path) as second:
        for _ in range(3):
            ticket = seller.sell()
            (order,) = race(system, ticket, second)
            assert seller.until_held(ticket, order)


def test_it_is_sold_once_each_time_it_is_free(system, seller):
    """Cancelled and raced for again: there are never two holders."""
    ticket = seller.sell()
    for _ in range(2):
        (order,) = race(system, ticket)
        with system.rpc() as rpc:
            rpc.orders.cancel_order(order["id"])
        held = {"ticket.id": ticket["id"], "units": {"$exists": True}}
        assert system.database("orders")["orders"].count_documents(held) == 0
    seller.until_free(ticket)
