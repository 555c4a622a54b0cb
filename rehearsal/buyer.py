"""One buyer: comes, reserves, pays, waits, and asks again while nobody knows."""

import asyncio
import random as chance
from contextlib import suppress
from typing import Any

from rehearsal.client import LOST, Answer, Client, LostError
from rehearsal.plans import Plan
from rehearsal.record import Record
from rehearsal.seats import picked
from ticketing.ids import new_id

JSON = dict[str, Any]
# After these nobody knows whether it was done, or it may be asked for again.
PASSING = {LOST, 429, 500, 502, 503, 504}
# Seconds, growing from the first to the last while there is no answer yet.
AGAIN = (0.5, 5.0)
COMPLETE = (0.1, 1.0)
LOOK = (1.0, 5.0)
GROWTH = 1.6
# So often somebody picks other seats when those on the map were gone.
MAPS = 5


class Pauses:
    """Waits longer each time, and never exactly as long as somebody else.

    Whoever was told when to come back does so then.
    """

    def __init__(self, between: tuple[float, float]) -> None:
        self._next, self._longest = between

    async def wait(self, told: float = 0.0, over: asyncio.Event | None = None) -> None:
        """Return when it is time, or ``over``."""
        pause = told or self._next * chance.uniform(0.8, 1.2)  # noqa: S311
        if over is None:
            await asyncio.sleep(pause)
        else:
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), pause)
        if not told:
            self._next = min(self._next * GROWTH, self._longest)


class Buyer:
    def __init__(
        self, client: Client, listing: str, record: Record, *, is_seated: bool = False
    ) -> None:
        self._is_seated = is_seated
        self._client = client
        self._listing = listing
        self._record = record

    async def look(self) -> None:
        """Open the page of the listing, before the sale."""
        await self._surely(self._client, "page", "GET", f"/tickets/{self._listing}")

    async def buy(self, plan: Plan) -> None:
        """Go through with a plan; the record says what came of it."""
        began, order = self._record.now(), await self._reserve(plan, plan.quantity)
        while order is None and plan.stays:
            left = await self._until_some_are_left()
            if not left:
                break
            began = self._record.now()
            order = await self._reserve(plan, min(left, plan.quantity))
        if order is None:
            self._record.ends["too late"] += 1
        elif await self._pay(plan, order):
            await self._until_complete(order, began)
        else:
            await asyncio.sleep(plan.thinks)
            await self._ask("let go", "DELETE", f"/api/orders/{order['id']}")
            self._record.ends["declined" if plan.cards else "let go"] += 1

    async def _reserve(self, plan: Plan, quantity: int) -> JSON | None:
        if not self._is_seated:
            return await self._reserve_as(plan, {"quantity": quantity})
        for _ in range(MAPS):
            seats = picked(await self._map(), quantity)
            if not seats:
                break
            if order := await self._reserve_as(plan, {"seats": seats}):
                return order
        return None

    async def _map(self) -> JSON:
        """The seats as the map shows them, of which others soon have some."""
        answer = await self._ask("map", "GET", f"/api/tickets/{self._listing}/seats")
        return dict(answer.json())

    async def _reserve_as(self, plan: Plan, wish: JSON) -> JSON | None:
        wish = {"ticketId": self._listing} | wish
        answers = await self._click(plan, "reserve", "/api/orders", wish)
        orders = [each.json() for each in answers if each.status == 201]
        if len({order["id"] for order in orders}) > 1:
            self._record.broken.append("one click too many reserved twice")
        if not orders:
            return None
        self._record.reserved.add(orders[0]["id"])
        return dict(orders[0])

    async def _pay(self, plan: Plan, order: JSON) -> bool:
        for card in plan.cards:
            body = {"orderId": order["id"], "token": card}
            answers = await self._click(plan, "pay", "/api/payments", body)
            if any(answer.status == 201 for answer in answers):
                self._record.paid.add(order["id"])
                return True
        return False

    async def _until_complete(self, order: JSON, began: float) -> None:
        paid, pauses = self._record.now(), Pauses(COMPLETE)
        while True:
            answer = await self._ask("order", "GET", f"/api/orders/{order['id']}")
            told = answer.json()
            if told.get("status") == "complete":
                break
            if told.get("status") == "cancelled":
                self._record.ends["paid, and cancelled"] += 1
                return
            await pauses.wait()
        self._record.step("complete", paid)
        self._record.purchase(order["id"], tuple(told["units"]), began)
        self._record.ends["bought"] += 1

    async def _until_some_are_left(self) -> int:
        """How many there are; 0 when all are sold."""
        pauses = Pauses(LOOK)
        while True:
            await pauses.wait()
            answer = await self._ask("look", "GET", f"/api/tickets/{self._listing}")
            listing = answer.json()
            if listing["available"] or listing["sold"] >= listing["quantity"]:
                return int(listing["available"])

    async def _click(
        self, plan: Plan, step: str, path: str, body: JSON
    ) -> list[Answer]:
        """Once, or twice at the same moment, which must be as if it were once.

        Whoever has what he wants does not come back for the other click.
        """
        key, done = new_id(), asyncio.Event()
        if not plan.clicks_twice:
            return [await self._surely(self._client, step, "POST", path, body, key)]

        async def click(client: Client) -> Answer:
            answer = await self._surely(client, step, "POST", path, body, key, done)
            if answer.status == 201:
                done.set()
            return answer

        async with self._client.twin() as twin:
            return list(await asyncio.gather(click(self._client), click(twin)))

    async def _ask(self, step: str, method: str, path: str) -> Answer:
        return await self._surely(self._client, step, method, path)

    async def _surely(  # noqa: PLR0913, PLR0917 - one request
        self,
        client: Client,
        step: str,
        method: str,
        path: str,
        body: JSON | None = None,
        key: str | None = None,
        over: asyncio.Event | None = None,
    ) -> Answer:
        """Ask until there is an answer. It goes on for as long as the sale does.

        Once it is ``over`` the last answer will do.
        """
        pauses, wanted = Pauses(AGAIN), self._record.now()
        while True:
            began = self._record.now()
            try:
                answer = await client.ask(method, path, body, key)
            except LostError:
                answer = Answer(LOST, b"")
            if answer.status not in PASSING:
                self._record.request(step, began, answer.status)
                self._record.step(step, wanted)
                return answer
            self._record.request(step, began, answer.status, answer.message())
            await pauses.wait(answer.retry_after, over)
            if over and over.is_set():
                return answer
