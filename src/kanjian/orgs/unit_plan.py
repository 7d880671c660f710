"""What importing a file of units would do 导入预览: compared with what is stored, nothing written."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.utils import timezone

from kanjian.orgs.models import Membership, Track, Unit, valid_on
from kanjian.orgs.unit_table import RowProblem, check, interpret, read_units

FIELDS = ("name", "name_en", "kind", "valid_from", "valid_to", "longitude", "latitude")
STORED = pl.Schema(
    {
        "id": pl.Int64,
        "code": pl.String,
        "parent": pl.String,
        "name": pl.String,
        "name_en": pl.String,
        "kind": pl.String,
        "valid_from": pl.Date,
        "valid_to": pl.Date,
        "longitude": pl.Float64,
        "latitude": pl.Float64,
        "attributes": pl.String,
    }
)


@dataclass(frozen=True)
class UnitPlan:
    """What a file would change 预览. Frames hold one row per unit, with the line in the file as ``row``."""

    source: str
    sha256: str
    day: date
    rows: int
    created: pl.DataFrame  # columns as in the file, interpreted; ``attributes`` as a JSON text
    changed: pl.DataFrame  # ``id``, and of the fields that differ the new value, else null
    moved: pl.DataFrame  # code, before, parent
    assigned: pl.DataFrame  # code, before (track or null), track
    new_tracks: tuple[str, ...]
    problems: tuple[RowProblem, ...]
    problem_count: int

    @property
    def unchanged(self) -> int:
        """Rows that say what is stored already."""
        touched = pl.concat([frame["code"] for frame in (self.created, self.changed, self.moved, self.assigned)])
        return self.rows - touched.n_unique()

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        return any(frame.height for frame in (self.created, self.changed, self.moved, self.assigned))

    @property
    def fingerprint(self) -> str:
        """Names the file, the day and every change: an import that is given it writes these changes or nothing."""
        digest = hashlib.sha256(f"{self.sha256} {self.day.isoformat()} {self.problem_count}".encode())
        for frame in (self.created, self.changed, self.moved, self.assigned):
            digest.update(frame.write_csv().encode())
        return digest.hexdigest()

    def summary(self) -> dict[str, int]:
        """Counts for the page, the command line and the event."""
        return {
            "rows": self.rows,
            "created": self.created.height,
            "changed": self.changed.height,
            "moved": self.moved.height,
            "assigned": self.assigned.height,
            "new_tracks": len(self.new_tracks),
            "unchanged": self.unchanged,
            "problems": self.problem_count,
        }


def plan_units(name: str, content: bytes, *, day: date | None = None) -> UnitPlan:
    """Read a file, check all of it and compare it with what is stored; `day` (None: today) dates moves and new tracks.

    Problems with rows are in the plan; ``UnitTableError`` when the file is no table of units at all.
    """
    on = day or timezone.localdate()
    frame = interpret(read_units(name, content))
    frame = frame.with_columns(_attributes(frame))
    stored = _stored()
    problems, count = check(frame, stored)
    frame = frame.filter(pl.col("code").is_not_null()).unique("code", keep="first", maintain_order=True)
    both = frame.join(stored, on="code", how="inner", suffix="_stored", maintain_order="left")
    tracks = _tracks(frame, on)
    held = set(Track.objects.values_list("code", flat=True))
    return UnitPlan(
        source=name,
        sha256=hashlib.sha256(content).hexdigest(),
        day=on,
        rows=frame.height,
        created=frame.join(stored, on="code", how="anti", maintain_order="left"),
        changed=_changed(both),
        moved=both.filter(pl.col("parent").is_not_null() & pl.col("parent").ne_missing(pl.col("parent_stored"))).select(
            "row", "code", before="parent_stored", parent="parent"
        ),
        assigned=tracks,
        new_tracks=tuple(code for code in tracks["track"].unique(maintain_order=True) if code not in held),
        problems=tuple(problems),
        problem_count=count,
    )


def _attributes(frame: pl.DataFrame) -> pl.Series:
    """The attribute columns of each row as one JSON text; null where the row states none."""
    columns = [column for column in frame.columns if column.startswith("attribute:")]
    names = [column.removeprefix("attribute:") for column in columns]
    texts: list[str | None] = [None] * frame.height
    for place, row in enumerate(frame.select(columns).iter_rows() if columns else ()):
        stated = {name: _number_or_text(text) for name, text in zip(names, row, strict=True) if text is not None}
        if stated:
            texts[place] = json.dumps(stated, ensure_ascii=False, sort_keys=True)
    return pl.Series("attributes", texts, dtype=pl.String)


def _number_or_text(text: str) -> int | float | str:
    try:
        number = float(text)
    except ValueError:
        return text
    if not abs(number) < float("inf"):  # "nan" and "inf" are words here
        return text
    return int(number) if number.is_integer() and "." not in text else number


def _stored() -> pl.DataFrame:
    """All stored units: parents may lie anywhere, and a changed parent may close a loop through any of them."""
    columns = ("id", "code", "parent__code", *FIELDS, "attributes")
    rows = [
        (*row[:-1], json.dumps(row[-1], ensure_ascii=False, sort_keys=True))
        for row in Unit.objects.order_by().values_list(*columns).iterator(chunk_size=10_000)
    ]
    return pl.DataFrame(rows, schema=STORED, orient="row")


def _changed(both: pl.DataFrame) -> pl.DataFrame:
    differing = {
        field: pl.col(field).is_not_null() & pl.col(field).ne_missing(pl.col(f"{field}_stored")) for field in FIELDS
    }
    merged = [_merged(stated, stored) for stated, stored in both.select("attributes", "attributes_stored").iter_rows()]
    both = both.with_columns(pl.Series("attributes", merged, dtype=pl.String))
    kept = [pl.when(differs).then(pl.col(field)).alias(field) for field, differs in differing.items()]
    before = [pl.when(differs).then(f"{field}_stored").alias(f"{field}_before") for field, differs in differing.items()]
    any_field = pl.any_horizontal(*differing.values()) | pl.col("attributes").is_not_null()
    return both.filter(any_field).select("row", "id", "code", *kept, *before, "attributes")


def _merged(stated: str | None, stored: str) -> str | None:
    """Stored attributes with the stated ones put over them; null when that changes nothing."""
    if stated is None:
        return None
    before: dict[str, Any] = json.loads(stored)
    after = before | json.loads(stated)
    return None if after == before else json.dumps(after, ensure_ascii=False, sort_keys=True)


def _tracks(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    held = Membership.objects.filter(valid_on(day)).values_list("unit__code", "track__code").iterator()
    current = pl.DataFrame(list(held), schema={"code": pl.String, "before": pl.String}, orient="row")
    stated = frame.filter(pl.col("track").is_not_null()).select("row", "code", "track")
    joined = stated.join(current, on="code", how="left", maintain_order="left")
    return joined.filter(pl.col("track").ne_missing(pl.col("before"))).select("row", "code", "before", "track")
