"""A whole rehearsal: preparing, the sale, settling, checking, telling."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from rehearsal import bookkeeper, killer, targets
from rehearsal.buyer import Buyer
from rehearsal.comparing import compared
from rehearsal.figures import figures
from rehearsal.options import Options
from rehearsal.people import signed_in
from rehearsal.processes import CpuMeter
from rehearsal.progress import Progress, line
from rehearsal.queues import Queues
from rehearsal.report import Story
from rehearsal.sale import Sale
from rehearsal.seats import hall
from rehearsal.shop import Shop
from rehearsal.terms import Goods
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
    seller, *people = await signed_in(
        shop,
        options.buyers + 1,
        lambda done: progress.counted("signed in", done, options.buyers + 1),
    )
    seats = hall(options.units) if options.seats else ()
    sale, began = Sale(seller, options, Goods(seats=seats)), int(time.time()) - CLOCKS
    await sale.offer()
    buyers = await sale.prepare(
        people,
        lambda done: progress.counted("look at the page", done, options.buyers),
    )
    progress.say(f"The gate opens: {sale.units:,} units, {options.buyers:,} buyers.")
    watch = await _watched(sale, shop, options, buyers, progress)
    progress.say("The books are compared.")
    broken = await compared(
        sale.record,
        lambda: bookkeeper.read(shop, sale, seller, began),
        bookkeeper.AWAY,
    )
    if not shop.is_own:
        await sale.close()
    for person in (seller, *people):
        await person.__aexit__()
    return Outcome(_story(sale, options, watch, broken))


async def _watched(
    sale: Sale, shop: Shop, options: Options, buyers: list[Buyer], progress: Progress
) -> Watch:
    """The sale, until all that it caused is handled, or nobody waits any longer."""

    def tell(*, is_last: bool = False) -> None:
        progress.now(line(sale.record, sale.share), is_last=is_last)

    async with Queues(shop) as queues:
        await sale.open()
        watch = Watch(sale.record, queues, CpuMeter(shop.launcher), tell)
        watching = asyncio.create_task(watch.run())
        killing = asyncio.create_task(_kill(sale, shop, options))
        await sale.run(buyers)
        killing.cancel()
        tell(is_last=True)
        await watch.until_settled(SETTLE)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    return watch


async def _kill(sale: Sale, shop: Shop, options: Options) -> None:
    if not options.kill:
        return
    due = killer.by_share(lambda: sale.share)
    if options.seconds:
        due = killer.by_time(sale.record.now, options.seconds)
    random = Random(options.seed)  # noqa: S311 - the same each time
    await killer.kill(sale.record, shop.launcher, random, due)


def _story(sale: Sale, options: Options, watch: Watch, broken: list[str]) -> Story:
    record, killed = sale.record, options.kill
    told = figures(record, watch.looks, sale.units, options.seconds, watch.own)
    of = targets.of_steady if options.seconds else targets.of_sale
    met, facts = list(of(told, killed=killed)), _facts(options, told.letters)
    return Story(sale.goods.title, told, record, watch.looks, met, broken, facts)


def _facts(options: Options, letters: int) -> list[str]:
    what = "seats" if options.seats else "units"
    kind = (
        f"{options.buyers} buyers at a time for {options.seconds} s"
        if options.seconds
        else f"{options.units} {what}, {options.buyers} buyers within {options.rush} s"
    )
    killed = "; processes of the services were killed meanwhile" if options.kill else ""
    waiting = f" {letters} letters were still to be written." if letters else ""
    return [f"{kind}, seed {options.seed}{killed}.{waiting}"]
