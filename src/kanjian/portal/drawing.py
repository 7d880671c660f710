"""Coordinates of small server-drawn pictures 小图坐标: sparkline, rank interval. Pure functions, no markup.

All lengths are in the units of the picture's ``viewBox``; y grows downwards, as in SVG.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EDGE = 3.5

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line with gaps where values are missing; ``last`` is the newest point when it has a value."""

    runs: list[list[Point]]
    last: Point | None


def sparkline(values: Sequence[float | None], *, width: float, height: float, margin: float = 3.0) -> Sparkline:
    """Places ``values`` (oldest first, None = missing) in a box; equal values lie on the middle line.

    The whole range of the values fills the box: a sparkline shows the course, not the level.
    """
    known = [value for value in values if value is not None]
    if not known:
        return Sparkline([], None)
    low, high = min(known), max(known)
    step = (width - 2 * margin) / max(len(values) - 1, 1)

    def place(index: int, value: float) -> Point:
        share = 0.5 if high == low else (value - low) / (high - low)
        return round(margin + index * step, 2), round(height - margin - share * (height - 2 * margin), 2)

    points = [None if value is None else place(index, value) for index, value in enumerate(values)]
    return Sparkline(list(_runs(points)), points[-1])


def _runs(points: Iterable[Point | None]) -> Iterable[list[Point]]:
    run: list[Point] = []
    for point in points:
        if point is not None:
            run.append(point)
        elif run:
            yield run
            run = []
    if run:
        yield run


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a rank interval lies on the line from first to last place."""

    start: float
    length: float
    at: float | None


def interval(low: int, high: int, size: int, *, rank: float | None, width: float, least: float = 4.0) -> Interval:
    """Places ranks ``low``..``high`` of ``size`` on a line of ``width``; first place left, at least ``least`` long.

    Dots have a radius, so the first and the last place lie ``EDGE`` inside the line's ends.
    """
    cell = (width - 2 * EDGE) / max(size, 1)
    length = max((high - low + 1) * cell, least)
    start = min((low - 1) * cell, width - 2 * EDGE - length)
    at = None if rank is None else round(EDGE + (rank - 0.5) * cell, 2)
    return Interval(round(EDGE + max(start, 0.0), 2), round(length, 2), at)


def histogram(
    counts: Sequence[int], *, width: float, height: float, gap: float = 1.0
) -> list[tuple[float, float, float]]:
    """Left edge, width and height of one bar per count on a common base line; the highest fills the box."""
    highest = max(counts, default=0) or 1
    cell = width / max(len(counts), 1)
    return [(round(i * cell, 2), round(cell - gap, 2), round(height * n / highest, 2)) for i, n in enumerate(counts)]


def page_numbers(page: int, pages: int, *, around: int = 1) -> list[int | None]:
    """Numbers for a pager: first, last and those around ``page``; None where numbers are left out."""
    wanted = {1, pages, *range(page - around, page + around + 1)}
    numbers: list[int | None] = []
    previous = 0
    for number in sorted(n for n in wanted if 1 <= n <= pages):
        if number == previous + 2:
            numbers.append(previous + 1)
        elif number > previous + 2:
            numbers.append(None)
        numbers.append(number)
        previous = number
    return numbers
