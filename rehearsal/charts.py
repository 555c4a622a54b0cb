"""Charts as SVG, for a page that needs nothing else. Pure: from numbers to text.

Colours and fonts are those of the page: ``c0`` to ``c5`` are its classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 760, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 12, 28
COLOURS = 6
BAR, GAP, LABEL = 20, 8, 160


@dataclass(frozen=True)
class Plane:
    """From seconds and a number to places in the picture."""

    until: float
    top: float

    def x(self, at: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * at / self.until

    def y(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / self.top)


def lines(series: dict[str, Points], marks: Sequence[float] = ()) -> str:
    """Lines over time, with a mark wherever something was killed."""
    every = [point for points in series.values() for point in points]
    if not every:
        return "<p>Nothing was seen.</p>"
    plane = Plane(
        max([at for at, _ in every] + [1.0]), round_top(max(v for _, v in every))
    )
    drawn = "".join(
        f'<path class="line c{number % COLOURS}" d="{_path(plane, points)}">'
        f"<title>{escape(name)}</title></path>"
        for number, (name, points) in enumerate(series.items())
        if points
    )
    return _picture(plane, drawn + _marks(plane, marks)) + _legend(list(series))


def columns(counts: Sequence[float], marks: Sequence[float] = ()) -> str:
    """One column for each second."""
    if not counts:
        return "<p>Nothing was seen.</p>"
    plane = Plane(float(len(counts)), round_top(max(counts)))
    wide = max((plane.x(1) - plane.x(0)) * 0.85, 0.5)
    drawn = "".join(
        f'<rect class="fill c0" x="{plane.x(second):.1f}" y="{plane.y(count):.1f}" '
        f'width="{wide:.1f}" height="{plane.y(0) - plane.y(count):.1f}">'
        f"<title>second {second + 1}: {count:g}</title></rect>"
        for second, count in enumerate(counts)
    )
    return _picture(plane, drawn + _marks(plane, marks))


def bars(rows: Sequence[tuple[str, Sequence[float]]], parts: Sequence[str]) -> str:
    """A group of bars for each row: one for each part, longest value full width."""
    top = max((value for _, values in rows for value in values), default=0.0) or 1.0
    group = BAR * len(parts) + GAP
    drawn = "".join(
        _group(name, values, number * group, (WIDTH - LABEL - 90) / top)
        for number, (name, values) in enumerate(rows)
    )
    legend = _legend(list(parts)) if len(parts) > 1 else ""
    height = max(group * len(rows), BAR)
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img">{drawn}</svg>{legend}'


def round_top(most: float) -> float:
    """Return the round number that a scale ends with."""
    power = 1.0
    while most > 10 * power:
        power *= 10
    return next((t * power for t in (1, 2, 4, 6, 8, 10) if t * power >= most), power)


def short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _group(name: str, values: Sequence[float], top: float, scale: float) -> str:
    words = (
        f'<text class="end" x="{LABEL - 8}" y="{top + BAR * 0.7}">{escape(name)}</text>'
    )
    return words + "".join(
        _bar(part, value, top + part * BAR, value * scale)
        for part, value in enumerate(values)
    )


def _bar(part: int, value: float, top: float, width: float) -> str:
    return (
        f'<rect class="fill c{part}" x="{LABEL}" y="{top + 2:.1f}" '
        f'width="{max(width, 1):.1f}" height="{BAR - 4}"/>'
        f'<text x="{LABEL + width + 6:.1f}" y="{top + BAR * 0.7:.1f}">'
        f"{short(value)}</text>"
    )


def _path(plane: Plane, points: Points) -> str:
    places = (f"{plane.x(at):.1f} {plane.y(value):.1f}" for at, value in points)
    return "M" + "L".join(places)


def _marks(plane: Plane, marks: Sequence[float]) -> str:
    return "".join(
        f'<path class="mark" d="M{plane.x(at):.1f} {TOP}V{HEIGHT - BOTTOM}">'
        f"<title>killed at {at:.1f} s</title></path>"
        for at in marks
        if at <= plane.until
    )


def _picture(plane: Plane, drawn: str) -> str:
    grid = "".join(
        f'<path class="grid" d="M{LEFT} {plane.y(value):.1f}H{WIDTH - RIGHT}"/>'
        f'<text class="end" x="{LEFT - 6}" y="{plane.y(value) + 4:.1f}">'
        f"{short(value)}</text>"
        for value in (0, plane.top / 2, plane.top)
    )
    step = round_top(plane.until / 8)
    ticks = "".join(
        f'<text class="middle" x="{plane.x(n * step):.1f}" y="{HEIGHT - 8}">'
        f"{short(n * step)} s</text>"
        for n in range(int(plane.until / step) + 1)
    )
    body = grid + ticks + drawn
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{body}</svg>'


def _legend(names: list[str]) -> str:
    words = "".join(
        f'<span><i class="c{number % COLOURS}"></i>{escape(name)}</span>'
        for number, name in enumerate(names)
    )
    return f'<p class="legend">{words}</p>'
