"""How far it is: on a terminal a line that stays in its place, else some lines."""

import shutil
import sys
import time
from collections import Counter

from rehearsal.figures import ms, times
from rehearsal.record import Record

BLOCKS = "▁▂▃▄▅▆▇█"
BAR, HISTORY = 20, 20
# Seconds between two lines where they do not replace each other.
APART = 2.0


class Progress:
    def __init__(self) -> None:
        self._is_live = sys.stdout.isatty()
        self._next = 0.0

    def say(self, line: str) -> None:
        """Something that stays."""
        self._next = 0.0
        print(f"\r\033[K{line}" if self._is_live else line, flush=True)

    def now(self, line: str, *, is_last: bool = False, apart: float = APART) -> None:
        """Something that the next one replaces."""
        if self._is_live:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\033[K{line[:width]}", end="\n" if is_last else "", flush=True)
        elif is_last or time.monotonic() >= self._next:
            print(line, flush=True)
            self._next = time.monotonic() + apart

    def counted(self, what: str, done: int, of: int) -> None:
        words = f"{bar(done / of)} {done:,} of {of:,} {what}"
        self.now(words, is_last=done == of, apart=5 * APART)


def bar(share: float) -> str:
    full = round(min(share, 1.0) * BAR)
    return "█" * full + "░" * (BAR - full)


def line(record: Record, share: float) -> str:
    """How the sale stands."""
    now = record.now()
    recent = [a.took for a in record.asked[-400:] if a.step == "reserve"]
    reserve = f"reserve p99 {ms(times(recent).p99)}" if recent else ""
    unanswered = sum(a.status == 0 or a.status >= 500 for a in record.asked[-400:])
    trouble = f"  {unanswered} of the last requests failed" if unanswered else ""
    kills = f"  killed {len(record.kills)}" if record.kills else ""
    return (
        f"{now:5.1f} s {bar(share)} {record.sold:,} sold "
        f"{spark(per_second(record))} {rate(record):.0f} a second  "
        f"{reserve}{kills}{trouble}"
    )


def rate(record: Record) -> float:
    """Purchases a second, in the last two."""
    since = record.now() - 2
    return sum(bought.at >= since for bought in record.bought) / 2


def per_second(record: Record) -> list[int]:
    """Purchases in each second since the gate has opened."""
    counts = Counter(int(bought.at) for bought in record.bought)
    return [counts[second] for second in range(max(counts, default=-1) + 1)]


def spark(counts: list[int]) -> str:
    """The latest, as a row of blocks."""
    latest = counts[-HISTORY:]
    top = max(latest, default=0) or 1
    return "".join(BLOCKS[round(count / top * (len(BLOCKS) - 1))] for count in latest)
