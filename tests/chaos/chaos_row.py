"""One row of the suite: its size, its seed, its shops, and what it has to report."""

import random
import shutil
import time
from pathlib import Path

from chaos_shop import Shop

from launcher import ROOT

KEPT = ROOT / "test-results" / "chaos"
SHOWN = 10
CONTROL = "the guard taken out"


def title_of(path):
    """The first line of a row's file, without its quotes."""
    with path.open(encoding="utf-8") as file:
        return file.readline().strip().strip('"').rstrip(".")


def quantile(values, share):
    """The value that so large a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


class Row:
    """``size`` is what FULL or SLICE in the row's file says.

    ``servers()`` starts what all rows share, which not every row needs.
    """

    def __init__(self, module, *, full, seed, is_control, new_folder, servers):
        path = Path(module.__file__)
        self.number = int(path.name.split("_")[2])
        self.seed = self.number if seed is None else seed
        self.size = module.FULL if full else module.SLICE
        self.random = random.Random(self.seed)
        self.figures = {"seed": self.seed}
        self._title = title_of(path) + (f"; {CONTROL}" if is_control else "")
        kind = "-control" if is_control else ""
        self._name = f"row-{self.number}{kind}-seed-{self.seed}"
        self._violations, self._notes = [], {}
        self._new_folder, self._servers = new_folder, servers
        self._began = time.monotonic()
        self._shops = []

    @property
    def instance(self):
        """The servers under all shops."""
        return self._servers()

    def shop(self, *, webhooks=None, **options):
        """A new shop, running. ``webhooks`` says where they go, given the shop."""
        folder = self._new_folder()
        shop = Shop(self.instance, folder, **options)
        self._shops.append(shop)
        return shop.up(webhooks(shop) if webhooks else None)

    def expect_none(self, violations):
        """The invariant held."""
        self._violations = violations
        self.figures["violations"] = len(violations)
        shown = "\n".join(map(str, violations[:SHOWN]))
        assert not violations, f"{len(violations)} violations:\n{shown}"

    def expect_some(self, violations):
        """Without its guard the invariant must break, or nothing was tested."""
        self.figures["violations"] = len(violations)
        assert violations, "no violation without the guard: this row tests nothing"

    def note(self, name, text):
        """A text that is kept if the row fails."""
        self._notes[name] = text

    def table(self):
        took = time.monotonic() - self._began
        figures = {**self.figures, "seconds": f"{took:.0f}"}
        wide = max(map(len, figures))
        lines = [f"  {name:<{wide}}  {value}" for name, value in figures.items()]
        return "\n".join(["", self._title, *lines])

    def keep(self):
        """Copy the traces of what went wrong; returns where they are."""
        kept = KEPT / self._name
        shutil.rmtree(kept, ignore_errors=True)
        for number, shop in enumerate(self._shops, 1):
            shutil.copytree(shop.folder, kept / f"shop-{number}")
        kept.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{violation}\n" for violation in self._violations)
        for name, note in {**self._notes, "violations.txt": text}.items():
            (kept / name).write_text(note, encoding="utf-8")
        return kept

    def end(self):
        for shop in self._shops:
            shop.end()
