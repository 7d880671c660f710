"""Import units from a file 导入单位: all or nothing, repeatable, dated."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.jobs.progress import SILENT, Reporter
from kanjian.ledger.actions import append_event
from kanjian.orgs import policies
from kanjian.orgs.actions.common import link, place, require_not_in_future
from kanjian.orgs.actions.create_track import create_track
from kanjian.orgs.held import forget
from kanjian.orgs.models import Lineage, Membership, Post, Track, Unit, User
from kanjian.orgs.spelling import spelling
from kanjian.orgs.unit_plan import FIELDS, UnitPlan, plan_units
from kanjian.orgs.unit_table import UnitTableError

BATCH = 5_000
SHOWN_CHANGES = 1_000  # changes spelled out in the event; the file's hash stands for the rest


@transaction.atomic
def import_units(
    name: str,
    content: bytes,
    *,
    by: User | None,
    day: date | None = None,
    document: str = "",
    synthetic: bool = False,
    reporter: Reporter = SILENT,
) -> UnitPlan:
    """Create and update the units of a CSV, XLSX or Parquet file (columns: ``unit_table``); returns what was done.

    Parents may stand in the file in any order or be stored already. A changed parent is a move on `day` (None: today)
    resting on `document` (else the file's name); a changed track begins on `day`, the first one of a unit holds since
    ever; unknown tracks are made. Units that the file does not name stay as they are. A second import changes nothing.

    Raises ``UnitTableError`` with every problem by row and column (nothing is written then), ``ValidationError`` for a
    move before an earlier one or in the future, ``PermissionDenied`` unless an administrator of the whole, and for
    tracks a methodologist.
    """
    policies.require(by, Post.Role.ADMINISTRATOR, None)
    reporter.start(0, _("读取并核对文件"))
    plan = plan_units(name, content, day=day)
    if plan.assigned.height:
        policies.require(by, Post.Role.METHODOLOGIST, None)
    if plan.problem_count:
        raise UnitTableError(plan.problems, plan.problem_count)
    _create(plan.created, synthetic=synthetic, reporter=reporter)
    _update(plan.changed, reporter)
    _move(plan, document or name)
    _assign(plan, by, reporter)
    forget()  # many rows at once tell nobody that they have changed
    changes = [row for frame in (plan.changed, plan.moved, plan.assigned) for row in _spelled(frame, SHOWN_CHANGES)]
    data = {"sha256": plan.sha256, "day": plan.day, **plan.summary(), "changes": changes[:SHOWN_CHANGES]}
    if any((plan.created.height, plan.changed.height, plan.moved.height, plan.assigned.height)):
        append_event("orgs.import_units", f"file:{name}"[:200], by=by, data=data)
    return plan


def _create(created: pl.DataFrame, *, synthetic: bool, reporter: Reporter) -> None:
    """From the top down, so that every unit finds its parent's id."""
    if created.is_empty():
        return
    reporter.start(created.height, _("新建单位"))
    parents = created["parent"].drop_nulls().unique().to_list()
    ids = {code: pk for chunk in _chunks(parents) for code, pk in _ids(chunk)}
    waiting = created
    while waiting.height:
        has_parent = pl.col("parent").is_null() | pl.col("parent").is_in(waiting["code"].to_list()).not_()
        level, waiting = waiting.filter(has_parent), waiting.filter(has_parent.not_())
        for rows in level.iter_slices(BATCH):
            made = Unit.objects.bulk_create([_unit(row, ids, synthetic) for row in rows.iter_rows(named=True)])
            ids |= {unit.code: unit.pk for unit in made}
            reporter.advance(len(made))


def _unit(row: dict[str, Any], ids: dict[str, int], synthetic: bool) -> Unit:  # noqa: FBT001 - in a comprehension
    pinyin, initials = spelling(row["name"])
    fields = {field: row[field] for field in FIELDS if row[field] is not None}
    return Unit(
        code=row["code"],
        parent_id=None if row["parent"] is None else ids[row["parent"]],
        pinyin=pinyin,
        initials=initials,
        attributes=json.loads(row["attributes"] or "{}"),
        synthetic=synthetic,
        **fields,
    )


def _update(changed: pl.DataFrame, reporter: Reporter) -> None:
    if changed.is_empty():
        return
    reporter.start(changed.height, _("更新单位"))
    for rows in changed.iter_slices(BATCH):
        stored = Unit.objects.in_bulk(rows["id"].to_list())
        for row in rows.iter_rows(named=True):
            unit = stored[row["id"]]
            for field in FIELDS:
                if row[field] is not None:
                    setattr(unit, field, row[field])
            if row["attributes"] is not None:
                unit.attributes = json.loads(row["attributes"])
            unit.pinyin, unit.initials = spelling(unit.name)
        Unit.objects.bulk_update(stored.values(), [*FIELDS, "attributes", "pinyin", "initials"], batch_size=500)
        for pk, last in rows.filter(pl.col("valid_to").is_not_null()).select("id", "valid_to").iter_rows():
            Membership.objects.filter(unit=pk, valid_to=None).update(valid_to=last)
        reporter.advance(rows.height)


def _move(plan: UnitPlan, document: str) -> None:
    if plan.moved.is_empty():
        return
    require_not_in_future(plan.day)
    codes = {*plan.moved["code"], *plan.moved["parent"]}
    units = {unit.code: unit for chunk in _chunks(sorted(codes)) for unit in Unit.objects.filter(code__in=chunk)}
    for code, parent in plan.moved.select("code", "parent").iter_rows():
        place(units[code], units[parent], plan.day)
        link(Lineage.Kind.MOVED, units[code], units[code], day=plan.day, document=document[:200])


def _assign(plan: UnitPlan, by: User | None, reporter: Reporter) -> None:
    if plan.assigned.is_empty():
        return
    reporter.start(plan.assigned.height, _("归入赛道"))
    for code in plan.new_tracks:
        create_track(code=code, name=code, by=by)
    tracks = dict(Track.objects.values_list("code", "pk"))
    for rows in plan.assigned.iter_slices(BATCH):
        ids = dict(_ids(rows["code"].to_list()))
        former = set(Membership.objects.filter(unit__in=ids.values()).values_list("unit_id", flat=True))
        _end_memberships(ids, plan.day)
        Membership.objects.bulk_create(
            Membership(unit_id=ids[code], track_id=tracks[track], valid_from=plan.day if ids[code] in former else None)
            for code, track in rows.select("code", "track").iter_rows()
        )
        reporter.advance(rows.height)


def _end_memberships(ids: dict[str, int], day: date) -> None:
    open_ = Membership.objects.filter(unit__in=ids.values(), valid_to=None)
    later = open_.filter(valid_from__gte=day).select_related("unit").first()
    if later is not None:
        message = _("“%(unit)s”的赛道归属自 %(day)s 起，导入的生效日必须在此之后")
        raise ValidationError(message % {"unit": later.unit, "day": later.valid_from}, code="order")
    open_.update(valid_to=day)


def _ids(codes: list[str]) -> Iterator[tuple[str, int]]:
    yield from Unit.objects.filter(code__in=codes).values_list("code", "pk")


def _chunks(codes: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(codes), BATCH):
        yield codes[start : start + BATCH]


def _spelled(frame: pl.DataFrame, limit: int) -> list[dict[str, Any]]:
    """Rows without their empty cells, for the event."""
    return [
        {key: value for key, value in row.items() if value is not None and key not in {"id", "row"}}
        for row in frame.head(limit).iter_rows(named=True)
    ]
