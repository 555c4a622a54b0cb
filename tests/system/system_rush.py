"""Two hundred people who all want four units of one listing, from two processes."""

import asyncio
import re
from contextlib import suppress

import httpx
from system_control import PAUSE, PLAIN
from system_people import message_of, new_token

from ticketing.ids import new_id

BUYERS, EACH, UNITS = 200, 4, 500
NONE_LEFT = "None left right now"
WANT = re.compile(r"None left right now|Only [123] left right now")


class Rush:
    """Everybody wants four units and asks again until they are paid for or all sold."""

    def __init__(self, system, ticket, processes):
        self.ticket = ticket
        self.headers = [
            {"Cookie": f"session={new_token(system)}"} for _ in range(BUYERS)
        ]
        self.orders_at = [f"http://{each.address}/api/orders" for each in processes]
        self.pay_at = f"http://{system.processes['payments'].address}/api/payments"
        self.bought = {}

    async def run(self):
        limits = httpx.Limits(max_connections=BUYERS)
        async with httpx.AsyncClient(limits=limits, verify=PLAIN, timeout=60) as http:
            await asyncio.gather(*(self.shop(http, n) for n in range(BUYERS)))

    async def shop(self, http, number):
        url, headers = self.orders_at[number % 2], self.headers[number]
        given_up = number % 5 > 0
        body = {"ticketId": self.ticket["id"], "quantity": EACH}
        while len(self.bought) < UNITS // EACH:
            once = headers | {"Idempotency-Key": new_id()}
            asked = await answered(http.post, url, json=body, headers=once)
            if asked.status_code == 201 and given_up:
                return await self.pay(http, asked.json(), headers)
            if asked.status_code == 201:
                given_up = True
                order_url = f"{url}/{asked.json()['id']}"
                await self.until(204, http.delete, order_url, headers=headers)
            else:
                assert asked.status_code in {400, 503}, asked.text
                assert asked.status_code == 503 or WANT.fullmatch(message_of(asked))
                await asyncio.sleep(PAUSE)
        return None

    async def pay(self, http, order, headers):
        body = {"orderId": order["id"], "token": "tok_visa"}
        headers |= {"Idempotency-Key": "pay"}
        await self.until(201, http.post, self.pay_at, json=body, headers=headers)
        self.bought[order["id"]] = order

    async def until(self, status, send, *what, **more):
        """Sends again what a busy server has asked to send again."""
        while (answer := await answered(send, *what, **more)).status_code != status:
            assert answer.status_code == 503, answer.text


async def answered(send, *what, **more):
    """Sends again what had no answer when its connection ended, with the same key."""
    while True:
        with suppress(httpx.TransportError):
            return await send(*what, **more)
