"""Why a unit moved, and the cheapest way up 变化原因与最省路径, in the words and records of the report."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from kanjian.boards import words
from kanjian.boards.models import Edition
from kanjian.boards.rebuild import Field, corrected_values, field_of, rows_result, unit_result
from kanjian.boards.selectors.editions import files_of, head
from kanjian.boards.selectors.shapes import BoardRow, Movement, Named, Path, Share, Step
from kanjian.boards.selectors.table import bands
from kanjian.boards.store.editions import EditionFiles
from kanjian.boards.store.folders import StoreError
from kanjian.boards.store.keeping import weighed
from kanjian.scoring import Scheme
from kanjian.scoring.explanation import Change, Comparison, ExplanationError, Ground, change, path_to
from kanjian.scoring.explanation import Path as Advice

HISTORY = 4  # earlier editions that typical steps are learnt from


def movement(edition: Edition, standing: BoardRow) -> Movement | None:
    """Why the unit's score and place changed since the edition before; None without one, or without both scores."""
    previous = edition.previous
    if previous is None:
        return None
    try:
        then, now = files_of(previous), files_of(edition)
        found = _change(then, now, standing)
    except (ExplanationError, StoreError):
        return None
    if found is None:
        return None
    names = _names(then.scheme) | _names(now.scheme)
    rank = found.rank if found.rank is not None and standing.track_rank is not None else None
    return Movement(
        before=head(previous),
        after=head(edition),
        score_before=found.score_before,
        score_after=found.score_after,
        rank_before=None if rank is None else rank.before,
        rank_after=None if rank is None else rank.after,
        causes=[] if rank is None else [_cause(code, -places or 0.0) for code, places in rank.parts.items()],
        score_causes=[_cause(code, points) for code, points in found.parts.items()],
        indicators=[Share(code, *names.get(code, ("", "")), points) for code, points in _by_node(found)],
        comparable=rank is not None and rank.comparable,
        reason=standing.movement_reason,
    )


def _change(then: EditionFiles, now: EditionFiles, standing: BoardRow) -> Change | None:
    """The split from the fields of both editions; from the unit's rows alone where a track is too large to be read."""
    row = then.row(standing.unit)
    if row is None:
        return None
    was, is_now = field_of(then, row["track"]), field_of(now, standing.track)
    if was is not None and is_now is not None:
        return _comparison(then, now, was, is_now).change(standing.unit)
    before, after = unit_result(then, standing.unit), unit_result(now, standing.unit)
    if before is None or after is None:
        return None
    found = change(before, after, standing.unit, corrected=corrected_values(now, before.values))
    return replace(found, rank=None)


def _compared(comparison: Comparison) -> int:
    return comparison.units


@weighed(_compared)
def _comparison(then: EditionFiles, now: EditionFiles, was: Field, is_now: Field) -> Comparison:
    """The units of two editions side by side; the first one asked for pays for all of them."""
    before, after = rows_result(then, was), rows_result(now, is_now)
    return Comparison(before, after, corrected=corrected_values(now, before.values))


def _cause(code: str, points: float) -> Share:
    return Share(code, words.cause(code), words.cause(code), points)


def _names(scheme: Scheme) -> dict[str, tuple[str, str]]:
    return {node.code: (node.name, node.name_en) for node in scheme.nodes()}


def _by_node(found: Change) -> Iterator[tuple[str, float]]:
    """Every node's part of the change of the score, over all causes, largest first."""
    sums: dict[str, float] = {}
    for factor in found.parts:
        for code, points in found.by_node(factor).items():
            sums[code] = sums.get(code, 0.0) + points
    yield from sorted(sums.items(), key=lambda item: -abs(item[1]))


def path(edition: Edition, standing: BoardRow, past: list[Edition]) -> Path | None:
    """The cheapest way to the next band; None on the highest one, without bands, or without a score.

    ``past``: the editions before, from whose last ones typical steps are learnt.
    """
    files = files_of(edition)
    goal = _next_band(files, standing)
    if goal is None:
        return None
    before = tuple(_present(past[-HISTORY:]))
    found = _advice(files, standing.track, standing.unit, goal.code, before)
    if found is None:
        return None
    return Path(
        goal=goal,
        needed=max(0.0, found.target - found.score),
        reached=found.reached,
        steps=list(_steps(files.scheme, found)),
        assumptions=[words.assumption(note) for note in found.assumptions],
    )


def _present(editions: list[Edition]) -> Iterator[EditionFiles]:
    """The files of editions, those left out that are gone (the health check says so)."""
    for edition in editions:
        try:
            yield files_of(edition)
        except StoreError:
            continue


@lru_cache(maxsize=512)
def _advice(
    files: EditionFiles, track: str | None, unit: str, band: str, before: tuple[EditionFiles, ...]
) -> Advice | None:
    """The path itself; kept, since editions never change and the report is read more than once."""
    field = field_of(files, track)
    try:
        if field is not None:
            ground = _ground(files, field, tuple(_fields(track, before)))
            return path_to(ground.result, unit, band=band, ground=ground)
        result = unit_result(files, unit)
        past = [rows_result(*each).values.frame for each in _fields(track, before)]
        return None if result is None else path_to(result, unit, band=band, history=past)
    except ExplanationError:
        return None


def _standing_on(ground: Ground) -> int:
    return ground.result.values.height


@weighed(_standing_on)
def _ground(files: EditionFiles, field: Field, past: tuple[tuple[EditionFiles, Field], ...]) -> Ground:
    """What the paths of a field have in common."""
    return Ground(rows_result(files, field), [rows_result(*each).values.frame for each in past])


def _fields(track: str | None, before: tuple[EditionFiles, ...]) -> Iterator[tuple[EditionFiles, Field]]:
    """The rows of the track in the editions before."""
    for files in before:
        field = field_of(files, track)
        if field is not None:
            yield files, field


def _next_band(files: EditionFiles, standing: BoardRow) -> Named | None:
    """The band above the unit's own; the lowest one for a unit below the ladder."""
    ladder = list(bands(files).values())
    if not ladder or standing.score is None:
        return None
    place = standing.band.position if standing.band is not None else len(ladder)
    if place == 0:
        return None
    band = ladder[place - 1]
    return Named(band.code, band.name, band.name_en)


def _steps(scheme: Scheme, found: Advice) -> Iterator[Step]:
    for step in found.steps:
        node = scheme.node(step.node)
        unit = words.measure(node.unit) if step.input == node.columns()[0] and len(node.columns()) == 1 else ""
        yield Step(step.node, node.name, node.name_en, unit, step.value, step.to, step.gain, step.cost)
