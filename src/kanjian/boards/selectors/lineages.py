"""A unit's scores over mergers and splits 沿革序列, told in two ways.

*As it was* 原貌: the unit and its predecessors as they stood, each with its own line. *As it is* 今貌: today's unit
carried back: before a merger the mean of the predecessors' scores weighted by their population (equally where one of
them has none on record), before a split the score of the unit it came out of. Carried-back scores are
marked as reconstructed; nothing of them is published or ranked.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import fsum

from kanjian.boards.models import Edition
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.selectors.shapes import in_language
from kanjian.boards.store.folders import StoreError
from kanjian.calendars.periods import Period
from kanjian.orgs.models import Lineage

KINDS = (Lineage.Kind.MERGED, Lineage.Kind.SPLIT)
DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Stood:
    """A unit in one edition."""

    label: str
    score: float | None
    population: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """One unit as it stood: a score per period, None where it did not exist or had none."""

    code: str
    label: str
    scores: list[float | None]


@dataclass(frozen=True, slots=True)
class Portion:
    """One predecessor's part of a reconstructed score; the weights of all parts sum to 1."""

    label: str
    score: float
    weight: float


@dataclass(frozen=True, slots=True)
class Point:
    """Today's unit in one period."""

    period: str
    score: float | None
    is_reconstructed: bool
    portions: list[Portion]


@dataclass(frozen=True, slots=True)
class Change:
    """A merger or split: ``index`` is the first period after it."""

    index: int
    kind: str
    day: date
    document: str
    others: list[str]


@dataclass(frozen=True, slots=True)
class Series:
    """The two tellings."""

    code: str
    label: str
    periods: list[str]
    as_was: list[Line]
    as_is: list[Point]
    changes: list[Change]
    is_weighted: bool  # by population, as far as anything was reconstructed


@dataclass
class _Told:
    """What has been read so far."""

    editions: Sequence[Edition]
    links: dict[str, list[Lineage]]
    stood: dict[tuple[str, int], Stood | None] = field(default_factory=dict)
    is_weighted: bool = True

    def at(self, code: str, number: int) -> Stood | None:
        """The unit in the edition, read once."""
        key = code, number
        if key not in self.stood:
            self.stood[key] = _stood(self.editions[number], code)
        return self.stood[key]

    def end(self, number: int) -> date:
        """Last day of the edition's period."""
        return Period.parse(self.editions[number].period).end

    def carried_back(self, code: str, number: int) -> list[tuple[Stood, bool]]:
        """The units that today's unit was then, and whether any of this is a reconstruction."""
        coming = [link for link in self.links.get(code, []) if link.day > self.end(number)]
        here = self.at(code, number)
        if not coming:
            return [] if here is None else [(here, False)]
        split = next((link for link in coming if link.kind == Lineage.Kind.SPLIT), None)
        if split is not None and here is None:
            return [(each, True) for each, _ in self.carried_back(split.predecessor.code, number)]
        merged = [link for link in coming if link.kind == Lineage.Kind.MERGED]
        before = [each for link in merged for each, _ in self.carried_back(link.predecessor.code, number)]
        return [(each, bool(merged)) for each in ([here] if here is not None else []) + before]


def series(editions: Sequence[Edition], code: str) -> Series | None:
    """The scores of a unit and its predecessors over the editions, oldest first; None without a merger or split."""
    links = _links(code, Period.parse(editions[-1].period).end)
    if not links:
        return None
    told = _Told(editions, links)
    codes = list(dict.fromkeys([code, *(link.predecessor.code for each in links.values() for link in each)]))
    lines = [_line(told, each) for each in codes]
    last = told.at(code, len(editions) - 1)
    points = [_point(told, code, number) for number in range(len(editions))]
    return Series(
        code=code,
        label=last.label if last else code,
        periods=[edition.period for edition in editions],
        as_was=[line for line in lines if any(score is not None for score in line.scores)],
        as_is=points,
        changes=_changes(told, links),
        is_weighted=told.is_weighted,
    )


def _links(code: str, day: date) -> dict[str, list[Lineage]]:
    """Successor → how it came about until the day, for the unit and everything before it."""
    found: dict[str, list[Lineage]] = {}
    wanted = {code}
    for _ in range(DEEPEST):
        rows = Lineage.objects.filter(successor__code__in=wanted, kind__in=KINDS, day__lte=day)
        for link in rows.select_related("predecessor", "successor"):
            found.setdefault(link.successor.code, []).append(link)
        wanted = {link.predecessor.code for each in found.values() for link in each} - set(found)
        if not wanted:
            break
    return found


def _stood(edition: Edition, code: str) -> Stood | None:
    try:
        row = files_of(edition).detail(code)
    except StoreError:  # a lost file is the health check's matter
        return None
    if row is None:
        return None
    population = json.loads(row["attributes"] or "{}").get("population")
    try:
        people = float(population)
    except (TypeError, ValueError):
        people = 0.0
    return Stood(in_language(row["name"], row["name_en"]), row["score"], people if people > 0 else None)


def _line(told: _Told, code: str) -> Line:
    stood = [told.at(code, number) for number in range(len(told.editions))]
    label = next((each.label for each in reversed(stood) if each is not None), code)
    return Line(code, label, [each.score if each else None for each in stood])


def _point(told: _Told, code: str, number: int) -> Point:
    """Today's unit in one edition; no score where one of its parts has none, for half a unit is not the unit."""
    parts = told.carried_back(code, number)
    period, is_reconstructed = told.editions[number].period, any(made for _, made in parts)
    scores = [each.score for each, _ in parts if each.score is not None]
    if not parts or len(scores) < len(parts):
        return Point(period, None, is_reconstructed, [])
    people = [each.population for each, _ in parts if each.population is not None]
    if len(people) < len(parts):
        told.is_weighted = told.is_weighted and len(parts) < 2
        people = [1.0] * len(parts)
    total = fsum(people)
    score = fsum(s * p for s, p in zip(scores, people, strict=True)) / total if len(scores) > 1 else scores[0]
    portions = [
        Portion(each.label, own, share / total) for (each, _), own, share in zip(parts, scores, people, strict=True)
    ]
    return Point(period, score, is_reconstructed, portions if is_reconstructed else [])


def _changes(told: _Told, links: dict[str, list[Lineage]]) -> list[Change]:
    """Mergers and splits within the periods shown, each once."""
    found: dict[tuple[str, date, str], Change] = {}
    for each in links.values():
        for link in each:
            index = next((n for n in range(len(told.editions)) if told.end(n) >= link.day), None)
            if not index:
                continue
            key = link.successor.code, link.day, link.kind
            label = in_language(link.predecessor.name, link.predecessor.name_en)
            others = [*(found[key].others if key in found else []), label]
            found[key] = Change(index, str(link.get_kind_display()), link.day, link.document, others)
    return sorted(found.values(), key=lambda change: change.day)
