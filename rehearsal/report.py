"""The report of a rehearsal: one HTML file with its pictures in it. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from rehearsal import charts
from rehearsal.figures import STEPS, Figures, ms, times
from rehearsal.looks import SERVICES, Look
from rehearsal.progress import per_second
from rehearsal.record import Record
from rehearsal.targets import Target

STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
WORDS = {
    "page": "open the page, before",
    "map": "look at the map",
    "answer": "an answer to who reserves",
    "reserve": "reserve, until it is known",
    "pay": "pay",
    "complete": "from paid to complete",
    "order": "ask for the order",
    "look": "look what is left",
    "let go": "let an order go",
}


@dataclass(frozen=True)
class Story:
    """All that a report tells. ``broken`` are promises that were not kept."""

    title: str
    figures: Figures
    record: Record
    looks: Sequence[Look]
    targets: Sequence[Target]
    broken: Sequence[str]
    facts: Sequence[str]


def html(story: Story) -> str:
    """Return the whole page; it asks for nothing else."""
    record, looks, marks = story.record, story.looks, story.record.kills
    parts = {
        "Promises and targets": _verdicts(story),
        "Purchases a second": charts.columns(per_second(record), marks),
        "Sold": charts.lines({"units": [(e.at, e.sold) for e in looks if e.at >= 0]}),
        "How long each step takes (ms)": _steps(story.figures),
        "Reservations over time (ms)": charts.lines(_over_time(record), marks),
        **_inside(story),
        "Who came, and how it ended": _table(record.ends),
        "Errors": _table(story.figures.errors) or "<p>None.</p>",
    }
    body = "".join(_section(name, part) for name, part in parts.items())
    title = escape(story.title)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>"
        f"<main><h1>{title}</h1>{_numbers(story)}{body}</main></body></html>"
    )


def _inside(story: Story) -> dict[str, str]:
    """What only who looks at the servers themselves can tell."""
    found: dict[str, str] = {}
    if story.figures.cpu:
        found["CPU a purchase (ms)"] = _cpu(story.figures)
    if queues := _queues(story.looks):
        found["What waits: events"] = charts.lines(queues, story.record.kills)
    return found


def _section(name: str, part: str) -> str:
    named = part.replace('role="img"', f'role="img" aria-label="{escape(name)}"')
    return f"<section><h2>{escape(name)}</h2>{named}</section>"


def _numbers(story: Story) -> str:
    figures = story.figures
    shown = {
        "units sold": f"{figures.sold:,}",
        "purchases": f"{figures.purchases:,}",
        "a second": f"{figures.rate:.1f}",
        "until sold out": f"{figures.took:.1f} s" if figures.took else "—",
        "longest request": ms(figures.longest),
    }
    if SERVICES in figures.cpu:
        shown["services' CPU a purchase"] = f"{figures.services:.1f} ms"
    boxes = "".join(f"<div><b>{v}</b> {escape(k)}</div>" for k, v in shown.items())
    facts = "".join(f"<p>{escape(fact)}</p>" for fact in story.facts)
    return f'<div class="numbers">{boxes}</div>{facts}'


def _verdicts(story: Story) -> str:
    kept = "Nothing sold twice, one pass for each sold unit, nothing paid without it"
    rows = [_verdict(each, "", is_good=False) for each in story.broken]
    rows = rows or [_verdict(kept, "", is_good=True)]
    for what, found, is_met, counts in story.targets:
        word = found if counts or is_met else f"{found}, which does not count here"
        rows.append(_verdict(what, word, is_good=is_met, counts=counts))
    return f'<ul class="verdicts">{"".join(rows)}</ul>'


def _verdict(what: str, found: str, *, is_good: bool, counts: bool = True) -> str:
    missed = ("bad", "✗") if counts else ("", "·")
    kind, sign = ("good", "✓") if is_good else missed
    told = f": {escape(found)}" if found else ""
    return f'<li class="{kind}"><b>{sign}</b> {escape(what)}{told}</li>'


def _steps(figures: Figures) -> str:
    rows = [
        (WORDS[step], [1000 * t for t in figures.steps[step][1:]])
        for step in STEPS
        if step in figures.steps
    ]
    return charts.bars(rows, ("half within", "90 in 100", "99 in 100", "longest"))


def _over_time(record: Record) -> dict[str, charts.Points]:
    """Percentiles of what was answered in each second."""
    seconds: dict[int, list[float]] = defaultdict(list)
    for step in record.steps:
        if step.name == "reserve":
            seconds[int(step.at + step.took)].append(1000 * step.took)
    found = {second: times(took) for second, took in sorted(seconds.items())}
    return {
        "half within": [(second + 0.5, t.p50) for second, t in found.items()],
        "99 in 100": [(second + 0.5, t.p99) for second, t in found.items()],
    }


def _cpu(figures: Figures) -> str:
    rows = [(name, [cost]) for name, cost in figures.dearest()]
    return charts.bars(rows, ("ms",))


def _queues(looks: Sequence[Look]) -> dict[str, charts.Points]:
    names = dict.fromkeys(name for look in looks for name in look.queues)
    return {
        name: [(e.at, e.queues.get(name, 0)) for e in looks if e.at >= 0]
        for name in names
    }


def _table(counts: dict[str, int]) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{count:,}</td></tr>"
        for name, count in sorted(counts.items(), key=lambda item: -item[1])
    )
    return f"<table>{rows}</table>" if rows else ""
