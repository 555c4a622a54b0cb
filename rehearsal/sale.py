"""A sale from its gate to its end: until all is sold, or for a time."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from rehearsal.buyer import Buyer
from rehearsal.client import Client
from rehearsal.plans import Plan, plan_of
from rehearsal.record import Record
from rehearsal.seats import FREE
from rehearsal.terms import Goods, Terms
from ticketing.clock import iso
from ticketing.layout import Layout

# Seconds from closed to open; longer than what it takes to tell everybody.
GATE = 2.0
LOOK_AT_ONCE = 16
# A sale that has not ended after so long is not going to.
PATIENCE = 180.0
# Units that are surely enough for a second, and what a listing can have.
A_SECOND, MOST_UNITS = 400, 100_000
POLL = 0.02


class Sale:
    """``listings`` are what is sold; more than one where one cannot hold enough."""

    def __init__(self, seller: Client, terms: Terms, goods: Goods) -> None:
        self._seller = seller
        self._terms = terms
        self.goods = goods
        self.listings: list[str] = []
        self.record = Record()
        self.units = _units(terms)

    async def offer(self) -> None:
        """List what is sold; nobody can buy it yet."""
        now = datetime.now(UTC)
        for quantity in _listed(self.units):
            offer = self._offer(iso(now + timedelta(days=1))) | self._event(now)
            offer |= self._many(quantity)
            made = await self._seller.call("POST", "/api/tickets", offer)
            self.listings.append(made["id"])

    async def prepare(
        self, clients: list[Client], tell: Callable[[int], None]
    ) -> list[Buyer]:
        """Let all buyers open the page of what is sold."""
        buyers = [
            Buyer(
                client,
                self.listings[number % len(self.listings)],
                self.record,
                is_seated=self._is_seated,
            )
            for number, client in enumerate(clients)
        ]
        await _each(buyers, LOOK_AT_ONCE, tell)
        return buyers

    async def open(self) -> None:
        """Return when the gate opens; the clock of the record starts then."""
        moment = datetime.now(UTC) + timedelta(seconds=GATE)
        for listing in self.listings:
            offer = self._offer(iso(moment))
            await self._seller.call("PUT", f"/api/tickets/{listing}", offer)
        await asyncio.sleep((moment - datetime.now(UTC)).total_seconds())
        self.record.restart()

    async def run(self, buyers: list[Buyer]) -> None:
        """Return when it is over."""
        random = Random(self._terms.seed)  # noqa: S311 - the same each time
        plans = [self._plans(Random(random.random())) for _ in buyers]  # noqa: S311
        tasks = [
            asyncio.create_task(self._come(buyer, own))
            for buyer, own in zip(buyers, plans, strict=True)
        ]
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._longest):
                    await self._until_over(tasks)
        finally:
            for task in tasks:
                task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        left = sum(isinstance(each, asyncio.CancelledError) for each in ended)
        self.record.ends["there when it was over"] += left
        if fault := next((each for each in ended if isinstance(each, Exception)), None):
            raise fault

    async def close(self) -> None:
        """Take what is left off the market: the numbers of what was sold stay."""
        for listing in self.listings:
            found = await self._seller.call("GET", f"/api/tickets/{listing}")
            if kept := found["quantity"] - found["available"]:
                many = await self._taken(listing) if self._is_seated else kept
                name = "seats" if self._is_seated else "quantity"
                offer = self._offer() | {name: many}
                await self._seller.call("PUT", f"/api/tickets/{listing}", offer)
            else:
                await self._seller.call("DELETE", f"/api/tickets/{listing}")

    async def call_off(self) -> None:
        """Cancel what is sold in the middle of it: whoever paid is refunded."""
        for listing in self.listings:
            await self._seller.call("DELETE", f"/api/tickets/{listing}")

    async def _taken(self, listing: str) -> list[str]:
        told = await self._seller.call("GET", f"/api/tickets/{listing}/seats")
        states = zip(Layout.parse(told["layout"]).labels, told["states"], strict=True)
        return [label for label, state in states if state != FREE]

    @property
    def _is_seated(self) -> bool:
        return bool(self.goods.seats)

    @property
    def share(self) -> float:
        """How much of it is over, from 0 to 1."""
        if seconds := self._terms.seconds:
            return min(self.record.now() / seconds, 1.0)
        return self.record.sold / self.units

    @property
    def _longest(self) -> float:
        return (self._terms.seconds or 0) + PATIENCE

    async def _until_over(self, tasks: list[asyncio.Task[None]]) -> None:
        """All is sold, or everybody is gone."""
        while self._terms.seconds or self.share < 1:
            if all(task.done() for task in tasks):
                break
            await asyncio.sleep(POLL)

    async def _come(self, buyer: Buyer, plans: Iterator[Plan]) -> None:
        for plan in plans:
            await asyncio.sleep(max(plan.comes - self.record.now(), 0))
            await buyer.buy(plan)

    def _plans(self, random: Random) -> Iterator[Plan]:
        seconds, terms = self._terms.seconds, self._terms
        yield plan_of(random, rush=1 if seconds else terms.rush, most=terms.most)
        while seconds and self.record.now() < seconds:
            yield plan_of(random, rush=0, most=terms.most)

    def _many(self, quantity: int) -> dict[str, Any]:
        seats = self.goods.seats
        return {"seats": seats} if seats else {"quantity": quantity}

    def _event(self, now: datetime) -> dict[str, Any]:
        if self.goods.lasts is None:
            return {}
        starts = iso(now + self.goods.lasts)
        return {"event": {"name": self.goods.title, "startsAt": starts}}

    def _offer(self, opens: str | None = None) -> dict[str, Any]:
        goods = self.goods
        offer = {"title": goods.title, "price": goods.price}
        offer |= {"currency": goods.currency, "maxPerOrder": goods.most_per_order}
        return offer | ({"onSaleAt": opens} if opens else {})


def _units(terms: Terms) -> int:
    return terms.seconds * A_SECOND if terms.seconds else terms.units


def _listed(units: int) -> list[int]:
    whole, rest = divmod(units, MOST_UNITS)
    return [MOST_UNITS] * whole + ([rest] if rest else [])


async def _each(buyers: list[Buyer], at_once: int, tell: Callable[[int], None]) -> None:
    turns, done = asyncio.Semaphore(at_once), 0

    async def one(buyer: Buyer) -> None:
        nonlocal done
        async with turns:
            await buyer.look()
        done += 1
        tell(done)

    await asyncio.gather(*map(one, buyers))
