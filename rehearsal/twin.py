"""A rehearsal as anybody can make it, over HTTP: of a twin of somebody's listing.

What is the seller's own is not touched: an account of the rehearsal's lists the twin,
and takes it off sale when all is over.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from rehearsal import seen
from rehearsal.client import LOST, Client
from rehearsal.comparing import compared
from rehearsal.figures import Figures, figures
from rehearsal.job import Job
from rehearsal.looks import Look
from rehearsal.progress import per_second, rate
from rehearsal.record import Record
from rehearsal.report import Story, html
from rehearsal.sale import Sale
from rehearsal.signing import signed_up

JSON = dict[str, Any]
Tell = Callable[[JSON], None]

# Seconds between two looks, and that may be spent to put things in order in the end.
EVERY, ORDERLY = 0.5, 15.0
BUSY = 503
# What is told of each step: percentiles in milliseconds.
TOLD = ("p50", "p90", "p99", "longest")


async def rehearse(job: Job, tell: Tell) -> None:
    """``tell`` hears how it stands, and what came of it.

    Raises RehearsalError, LostError, OSError, RuntimeError.
    """
    seller, *buyers = await signed_up(
        job.client, job.buyers + 1, _counted(tell, "signing", job.buyers + 1)
    )
    sale = Sale(seller, job.terms, job.goods)
    async with _left_in_order(sale):
        await _prepared_and_sold(sale, seller, buyers, tell)


async def _prepared_and_sold(
    sale: Sale, seller: Client, people: list[Client], tell: Tell
) -> None:
    looking = _counted(tell, "looking", len(people))
    looking(0)
    told = await seller.call("GET", "/api/users/currentuser")
    await sale.offer()
    tell({"twin": {"id": sale.listings[0], "seller": told["currentUser"]["id"]}})
    buyers = await sale.prepare(people, looking)
    await sale.open()
    looks: list[Look] = []
    async with _watched(sale, looks, tell):
        await sale.run(buyers)
    tell({"phase": "checking"})
    record = sale.record
    broken = await compared(record, lambda: seen.read(sale, seller, people), seen.AWAY)
    await sale.close()
    story = _story(sale, len(people), looks, broken)
    outcome = outcome_of(story.figures, record, broken)
    tell({"phase": "done", "outcome": outcome, "report": html(story)})


@asynccontextmanager
async def _left_in_order(sale: Sale) -> AsyncIterator[None]:
    """What ends before its time leaves nothing for sale."""
    try:
        yield
    except BaseException:
        with suppress(*seen.AWAY):
            async with asyncio.timeout(ORDERLY):
                await sale.call_off()
        raise


@asynccontextmanager
async def _watched(sale: Sale, looks: list[Look], tell: Tell) -> AsyncIterator[None]:
    def look() -> None:
        looks.append(Look(sale.record.now(), sale.record.sold))
        tell({"phase": "selling", "sale": standing(sale.record)})

    async def watch() -> None:
        while True:
            look()
            await asyncio.sleep(EVERY)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        look()


def standing(record: Record) -> JSON:
    """Return how a sale stands, in numbers."""
    ends, statuses = record.ends, [each.status for each in record.asked]
    return {
        "seconds": round(record.now(), 1),
        "sold": record.sold,
        "bought": len(record.bought),
        "rate": round(rate(record), 1),
        "late": ends["too late"],
        "declined": ends["declined"],
        "letGo": ends["let go"],
        "waited": statuses.count(BUSY),
        "failed": sum(_is_failure(status) for status in statuses),
        "perSecond": per_second(record),
    }


def outcome_of(told: Figures, record: Record, broken: list[str]) -> JSON:
    """Return what is told when it is over; ``took`` is None if some are left."""
    return {
        "units": told.units,
        "sold": told.sold,
        "purchases": told.purchases,
        "took": told.took,
        "rate": told.rate,
        "steps": {
            step: {name: round(getattr(times, name) * 1000) for name in TOLD}
            for step, times in told.steps.items()
        },
        "ends": dict(record.ends),
        "broken": broken,
    }


def _is_failure(status: int) -> bool:
    """No answer, or none that a shop should give; busy is what a crowd makes it."""
    return status in {LOST, 429} or (status >= 500 and status != BUSY)


def _story(sale: Sale, buyers: int, looks: list[Look], broken: list[str]) -> Story:
    told = figures(sale.record, looks, sale.units, None)
    facts = [f"{sale.units:,} units, {buyers:,} buyers, in this shop with test money."]
    return Story(sale.goods.title, told, sale.record, looks, [], broken, facts)


def _counted(tell: Tell, phase: str, of: int) -> Callable[[int], None]:
    return lambda done: tell({"phase": phase, "done": done, "of": of})
