"""A whole rehearsal: preparing, the sale, settling, checking, telling."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from rehearsal import books, checker, killer, targets
from rehearsal.buyer import Buyer
from rehearsal.figures import figures
from rehearsal.options import Options
from rehearsal.people import signed_in
from rehearsal.processes import CpuMeter
from rehearsal.progress import Progress, line
from rehearsal.queues import Queues
from rehearsal.report import Story
from rehearsal.sale import Sale
from rehearsal.shop import Shop
from rehearsal.watch import Watch

# For events to be handled when it is over; services may just have been killed.
SETTLE = 90.0
# A clock of Stripe's has whole seconds, and may not be ours.
CLOCKS = 5


@dataclass(frozen=True)
class Outcome:
    """``is_good`` says whether every promise and every target that counts was kept."""

    story: Story

    @property
    def is_good(self) -> bool:
        missed = [
            each for each in self.story.targets if each.counts and not each.is_met
        ]
        return not missed and not self.story.broken

    @property
    def line(self) -> str:
        word = "all kept" if self.is_good else "missed something"
        return f"{self.story.figures.line()}; {word}"


async def rehearse(shop: Shop, options: Options, progress: Progress) -> Outcome:
    """Raises RehearsalError when it cannot be."""
    people = await signed_in(
        shop,
        options.buyers + 1,
        lambda done: progress.counted("signed in", done, options.buyers + 1),
    )
    sale = Sale(people[0], options)
    began = int(time.time()) - CLOCKS
    buyers = await sale.prepare(
        people[1:],
        lambda done: progress.counted("look at the page", done, options.buyers),
    )
    progress.say(f"The gate opens: {sale.units:,} units, {options.buyers:,} buyers.")
    async with Queues(shop) as queues:
        await sale.open()
        watch = Watch(
            sale.record,
            queues,
            CpuMeter(shop.launcher),
            lambda: progress.now(line(sale.record, sale.share)),
        )
        watching = asyncio.create_task(watch.run())
        await _run(sale, shop, options, buyers)
        progress.now(line(sale.record, sale.share), is_last=True)
        is_settled = await watch.until_settled(SETTLE)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    found = await books.read(shop, sale, people[0], began)
    if not shop.is_own:
        await sale.close()
    for person in people:
        await person.__aexit__()
    return Outcome(_story(sale, options, watch, found, is_settled=is_settled))


async def _run(sale: Sale, shop: Shop, options: Options, buyers: list[Buyer]) -> None:
    killing = None
    if options.kill:
        seconds = options.seconds
        due = (
            killer.by_time(sale.record.now, seconds)
            if seconds
            else killer.by_share(lambda: sale.share)
        )
        random = Random(options.seed)  # noqa: S311 - the same each time
        killing = asyncio.create_task(
            killer.kill(sale.record, shop.launcher, random, due)
        )
    await sale.run(buyers)
    if killing:
        killing.cancel()


def _story(
    sale: Sale, options: Options, watch: Watch, found: books.Books, *, is_settled: bool
) -> Story:
    record, killed = sale.record, options.kill
    told = figures(record, watch.looks, sale.units, options.seconds, watch.own)
    of = targets.of_steady if options.seconds else targets.of_sale
    broken = checker.broken(found, record)
    if not is_settled:
        broken.append(f"Events were still waiting {SETTLE:g} s after the sale.")
    return Story(
        sale.title,
        told,
        record,
        watch.looks,
        list(of(told, killed=killed)),
        broken,
        _facts(options, told.letters),
    )


def _facts(options: Options, letters: int) -> list[str]:
    kind = (
        f"{options.buyers} buyers at a time for {options.seconds} s"
        if options.seconds
        else f"{options.units} units, {options.buyers} buyers within {options.rush} s"
    )
    killed = "; processes of the services were killed meanwhile" if options.kill else ""
    waiting = f" {letters} letters were still to be written." if letters else ""
    return [f"{kind}, seed {options.seed}{killed}.{waiting}"]
