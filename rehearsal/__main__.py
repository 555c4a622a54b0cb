"""``scripts/rehearse``: the rehearsal of an on-sale, with its report."""

from __future__ import annotations

import asyncio
import signal
import sys

from launcher.errors import LauncherError
from rehearsal import options as command
from rehearsal.errors import RehearsalError
from rehearsal.options import Options
from rehearsal.progress import Progress
from rehearsal.rehearsal import Outcome, rehearse
from rehearsal.report import html
from rehearsal.shop import opened

# The rest stands in the report.
MOST_SHOWN = 10


def main() -> int:
    # Ends what was started, as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    options = command.parse()
    progress = Progress()
    try:
        outcome = _rehearse(options, progress)
    except (RehearsalError, LauncherError, RuntimeError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 1 if options.check and not outcome.is_good else 0


def _rehearse(options: Options, progress: Progress) -> Outcome:
    progress.say("Looking for a shop, or starting one.")
    with opened(options) as shop:
        whose = "started for it" if shop.is_own else "that runs"
        progress.say(f"The shop {whose}: {shop.url}")
        outcome = asyncio.run(rehearse(shop, options, progress))
        _tell(outcome, options, progress)
    return outcome


def _tell(outcome: Outcome, options: Options, progress: Progress) -> None:
    story = outcome.story
    for what, found, is_met, counts in story.targets:
        sign = "✓" if is_met else "✗" if counts else "·"
        progress.say(f"  {sign} {what}: {found}")
    for each in story.broken[:MOST_SHOWN]:
        progress.say(f"  ✗ {each}")
    if not story.broken:
        progress.say(
            "  ✓ nothing sold twice, a pass for each unit, nothing paid without"
        )
    errors = sorted(story.figures.errors.items(), key=lambda item: -item[1])
    for name, count in errors[:MOST_SHOWN]:
        progress.say(f"  {count:8,} times {name}")
    for name, cost in story.figures.dearest():
        progress.say(f"  {cost:8.2f} ms CPU a purchase: {name}")
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text(html(story), encoding="utf-8")
    progress.say(f"The report: {options.report}")
    progress.say(outcome.line)


if __name__ == "__main__":
    sys.exit(main())
