"""The report of one unit 体检报告: read from one part of ``details`` and the small tables of its track."""

import json
from dataclasses import replace
from typing import Any

from django.http import Http404
from django.utils.translation import get_language

from kanjian.boards import words
from kanjian.boards.chains import earlier
from kanjian.boards.models import Edition
from kanjian.boards.rebuild import unit_values
from kanjian.boards.selectors import noise, reasons
from kanjian.boards.selectors.departments import answering
from kanjian.boards.selectors.editions import files_of, head
from kanjian.boards.selectors.methods import shares
from kanjian.boards.selectors.samples import sample_of
from kanjian.boards.selectors.shapes import (
    BoardRow,
    Dimension,
    HistoryPoint,
    IndicatorRow,
    Named,
    UnitHead,
    UnitReport,
)
from kanjian.boards.selectors.table import board_row, whole
from kanjian.boards.sight import EVERYTHING, Sight
from kanjian.boards.store.editions import EditionFiles
from kanjian.boards.store.folders import StoreError
from kanjian.boards.store.keeping import kept
from kanjian.scoring.explanation import full_mark_gains
from kanjian.scoring.explanation.marginal import full_marks
from kanjian.scoring.scheme import Node

EXTREMES = 5
NEIGHBOURS = 3


def unit_report(
    edition: Edition, code: str, sight: Sight = EVERYTHING, past: list[Edition] | None = None
) -> UnitReport:
    """Everything the report shows; ``Http404`` for a unit that is not in the edition. ``past``: ``earlier`` editions of
    the board, where they are known already.
    """
    past = earlier(edition.board, edition.period) if past is None else past
    # The edition before is nearly always among them, with everything its head needs.
    edition.previous = next((each for each in past if each.pk == edition.previous_id), edition.previous)
    plain = plain_report(edition, code, past, sight)
    standing = _marked(edition, plain.standing)
    moved = reasons.movement(edition, standing)
    if moved is not None and not sight.is_whole and (standing.veil or _was_hidden(edition, code, sight)):
        moved = replace(moved, rank_before=None, rank_after=None, causes=[], comparable=False, reason="veiled")
    return replace(plain, standing=standing, movement=moved, path=reasons.path(edition, standing, past))


def _marked(edition: Edition, standing: BoardRow) -> BoardRow:
    """The unit's row with what can be said of its movement."""
    position = files_of(edition).position(standing.unit)
    if position is None:
        return standing
    found = noise.beyond(noise.marks(edition), position, standing.movement, standing.rank_low)
    return replace(standing, is_beyond_noise=found)


def _was_hidden(edition: Edition, code: str, sight: Sight) -> bool:
    """Whether the place in the edition before is withheld: with the movement it could be worked out."""
    row = files_of(edition.previous).row(code) if edition.previous is not None else None
    return row is not None and sight.hides(row)


def plain_report(edition: Edition, code: str, past: list[Edition], sight: Sight = EVERYTHING) -> UnitReport:
    """The report without the explanations that score other units: enough to set two units side by side.

    ``past``: the editions before, for the history.
    """
    files = files_of(edition)
    row = unit_row(files, code)
    indicators = indicator_rows(files, row)
    # A rate of too few cases is nobody's strength or weakness.
    counted = [each for each in indicators if each.gap is not None and each.weight > 0 and not each.is_small]
    by_gap = sorted(counted, key=lambda each: each.gap or 0.0)
    return UnitReport(
        edition=head(edition),
        unit=unit_head(files, row),
        standing=board_row(files, row, sight),
        dimensions=dimensions(files, row),
        strengths=[each for each in reversed(by_gap[-EXTREMES:]) if (each.gap or 0.0) > 0],
        weaknesses=[each for each in by_gap[:EXTREMES] if (each.gap or 0.0) < 0],
        indicators=indicators,
        history=[point for each in (*past, edition) if (point := history_point(each, code, sight)) is not None],
        neighbours=neighbours(files, row, sight),
        movement=None,
        path=None,
    )


def unit_row(files: EditionFiles, code: str) -> dict[str, Any]:
    """A unit's row of ``details``; ``Http404`` when there is none."""
    row = files.detail(code)
    if row is None:
        raise Http404(f"no unit {code!r} in this edition")
    return row


def unit_head(files: EditionFiles, row: dict[str, Any]) -> UnitHead:
    """Names and places of the unit as they were in the edition's period."""
    return UnitHead(
        code=row["unit"],
        name=row["name"],
        name_en=row["name_en"],
        kind=row["kind"],
        track=_named(files, "track", row),
        county=_named(files, "county", row),
        township=_named(files, "township", row),
        longitude=row["longitude"],
        latitude=row["latitude"],
        attributes=json.loads(row["attributes"] or "{}"),
    )


def _named(files: EditionFiles, level: str, row: dict[str, Any]) -> Named | None:
    code = row[level]
    return None if code is None else Named(code, *files.names.get((level, code), (code, "")))


def dimensions(files: EditionFiles, row: dict[str, Any]) -> list[Dimension]:
    """The nodes below the root with the unit's points and the track's median and best."""
    figures = files.node_figures(row["track"])
    return [
        Dimension(
            **said,
            score=row[f"points.{said['code']}"],
            median=figures.get(said["code"], (None, None))[0],
            best=figures.get(said["code"], (None, None))[1],
        )
        for said in _dimensions(files)
    ]


@kept(1)
def _dimensions(files: EditionFiles) -> list[dict[str, Any]]:
    """What every unit's report says of the dimensions alike."""
    scheme, share = files.scheme, shares(files.scheme)
    return [
        {
            "code": node.code,
            "name": node.name,
            "name_en": node.name_en,
            "weight": share[node.code],
            "full": _full(node, scheme.scale),
            "role": node.role,
        }
        for node in scheme.tree.children
        if node.role != "context"
    ]


def _full(node: Node, scale: float) -> float:
    """Full points of a node: of a leaf by its rule, of a capped branch its cap, else the scale."""
    if node.rule is not None:
        return full_marks(node.rule.scorer(), scale) or scale
    cap = node.cap.at_most if node.cap is not None else None
    return scale if cap is None else cap


def indicator_rows(files: EditionFiles, row: dict[str, Any]) -> list[IndicatorRow]:
    """Every indicator of the unit, in the order of the scheme."""
    departments = answering(files.scheme)
    figures = files.node_figures(row["track"])
    flags: dict[str, list[str]] = json.loads(row["flags"] or "{}")
    gains = full_mark_gains(files.scheme, files.parameters, unit_values(files, row))
    found = []
    for leaf, said in _indicators(files, get_language()):
        own = flags.get(leaf.code, [])
        sample = sample_of(files, leaf, row, own)
        found.append(
            IndicatorRow(
                **said,
                value=_value(leaf, row),
                status=_status(leaf, row, own),
                points=row[f"points.{leaf.code}"],
                median=figures.get(leaf.code, (None, None))[0],
                would_add=gains.get(leaf.code),
                source=departments.get(leaf.source, leaf.source),
                flags=[words.flag(flag) for flag in own],
                cases=sample.cases,
                is_small=sample.is_small,
                pooled_from=sample.pooled,
                pooled_cases=sample.pooled_cases,
            )
        )
    return found


@kept(3)
def _indicators(files: EditionFiles, language: str | None) -> list[tuple[Node, dict[str, Any]]]:
    """What every unit's report says of the indicators alike, in the reader's language: a rule's words take a while."""
    del language  # the words know it; the answers are kept by it
    scheme, share = files.scheme, shares(files.scheme)
    home = {node.code: child.code for child in scheme.tree.children for node in child.walk()}
    return [
        (
            leaf,
            {
                "code": leaf.code,
                "name": leaf.name,
                "name_en": leaf.name_en,
                "dimension": home[leaf.code],
                "unit": words.measure(leaf.unit),
                "direction": "up" if leaf.up else "down",
                "rule": words.rule_words(scheme, leaf.code),
                "full": _full(leaf, scheme.scale),
                "weight": share[leaf.code],
                "inputs": leaf.columns(),
            },
        )
        for leaf in scheme.leaves()
    ]


def _value(leaf: Node, row: dict[str, Any]) -> float | None:
    """The one number the indicator was scored by: its own column where it has one, else its input."""
    own = f"value.{leaf.code}"
    found: float | None = row[own] if own in row else row[f"input.{leaf.columns()[0]}"]
    return found


def _status(leaf: Node, row: dict[str, Any], flags: list[str]) -> str:
    if "not_applicable" in flags:
        return "not_applicable"
    if "imputed" in flags:
        return "imputed"
    return "missing" if _value(leaf, row) is None else "present"


def neighbours(files: EditionFiles, row: dict[str, Any], sight: Sight = EVERYTHING) -> list[BoardRow]:
    """The units just above and below in the same track, with the unit itself between them; none beside a unit whose
    place is withheld.
    """
    if sight.hides(row):
        return []
    offset, count = files.stretch(row["track"])
    first = max(offset, row["position"] - NEIGHBOURS)
    last = min(offset + count, row["position"] + NEIGHBOURS + 1)
    rows = (board_row(files, each, sight) for each in files.rows(range(first, last)))
    return [each for each in rows if not each.veil]


def history_point(edition: Edition, code: str, sight: Sight = EVERYTHING) -> HistoryPoint | None:
    """The unit's standing in one edition; None where it was not in it or the files are gone (the check says so)."""
    try:
        row = files_of(edition).row(code)
    except StoreError:
        return None
    if row is None:
        return None
    is_hidden = sight.hides(row)
    return HistoryPoint(
        edition_id=edition.pk,
        period=edition.period,
        score=row["score"],
        track_rank=None if is_hidden else whole(row["track_rank"]),
        track_size=row["track_size"],
        rank_low=None if is_hidden else row["rank_low"],
        rank_high=None if is_hidden else row["rank_high"],
        veil=sight.percent if is_hidden else 0,
        band=row["band"],
        scheme_version=edition.scheme.version,
    )
