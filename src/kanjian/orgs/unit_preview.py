"""A plan of units as people read it 单位导入预览: who comes, what changes from what to what, who moves where."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from kanjian.orgs.models import Unit
from kanjian.orgs.unit_plan import FIELDS, UnitPlan

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One change of one unit: ``row`` is the line in the file, ``kind`` created | changed | moved | assigned."""

    row: int
    kind: str
    code: str
    what: str  # name of a new unit, else the field
    before: str
    after: str


def lines(plan: UnitPlan) -> list[Line]:
    """The first changes in the order of the file."""
    found = [*_created(plan.created), *_changed(plan.changed), *_moved(plan.moved), *_assigned(plan.assigned)]
    return sorted(found, key=lambda line: line.row)[:SHOWN]


def _created(frame: pl.DataFrame) -> Iterator[Line]:
    for row in frame.head(SHOWN).iter_rows(named=True):
        kind = str(Unit.Kind(row["kind"]).label) if row["kind"] in Unit.Kind.values else str(row["kind"] or "")
        place = " · ".join(part for part in (kind, row["parent"] or "") if part)
        yield Line(row["row"], "created", row["code"] or "", row["name"] or "", "", place)


def _changed(frame: pl.DataFrame) -> Iterator[Line]:
    for row in frame.head(SHOWN).iter_rows(named=True):
        for field in FIELDS:
            if row[field] is not None:
                yield Line(row["row"], "changed", row["code"], field, _text(row[f"{field}_before"]), _text(row[field]))
        if row["attributes"] is not None:
            yield Line(row["row"], "changed", row["code"], "attributes", "", row["attributes"])


def _moved(frame: pl.DataFrame) -> Iterator[Line]:
    for row in frame.head(SHOWN).iter_rows(named=True):
        yield Line(row["row"], "moved", row["code"], "parent", _text(row["before"]), _text(row["parent"]))


def _assigned(frame: pl.DataFrame) -> Iterator[Line]:
    for row in frame.head(SHOWN).iter_rows(named=True):
        yield Line(row["row"], "assigned", row["code"], "track", _text(row["before"]), _text(row["track"]))


def _text(value: object) -> str:
    return "" if value is None else str(value)
