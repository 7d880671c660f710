"""Checked cells beside the stored ones 与现值比对."""

import hashlib
import json
from dataclasses import dataclass, replace

import polars as pl
from django.utils import timezone

from kanjian.jobs.progress import Reporter
from kanjian.measures.intake.checking import Checked, check
from kanjian.measures.intake.options import Options
from kanjian.measures.intake.reference import INDICATORS, UNITS, Reference
from kanjian.measures.intake.systems import Channel
from kanjian.measures.models import Indicator, Value
from kanjian.measures.policies import department_reach, departments_of, import_scope
from kanjian.measures.preview import DIFFERENCES, LISTED, Preview
from kanjian.measures.store.fetching import fetch
from kanjian.orgs.models import Lineage, Unit, User
from kanjian.tables import Source

KEY = ["unit_id", "indicator_id", "period"]
STORED = pl.Schema(
    {
        "unit_id": pl.Int64,
        "indicator_id": pl.Int64,
        "period": pl.String,
        "old": pl.Float64,
        "old_status": pl.String,
        "old_note": pl.String,
    }
)


@dataclass(frozen=True)
class Comparison:
    """The right cells beside what is stored (``old``, ``old_status``, ``old_note``): ``fresh`` or ``changed``."""

    checked: Checked
    cells: pl.DataFrame
    preview: Preview

    @property
    def to_write(self) -> pl.DataFrame:
        """The cells that are new or say something else."""
        return self.cells.filter(pl.col("fresh") | pl.col("changed"))


def compare(
    source: Source, options: Options, by: User | None, reporter: Reporter, channel: Channel = Channel.FILE
) -> Comparison:
    """Read and check the file, look up what is stored, and say what an import would do."""
    # Whoever lets the system compute, or accepts what others entered, does not enter these values.
    reference = replace(reference_for(by if channel == Channel.FILE else None), channel=channel)
    checked = check(source, options, reference)
    reporter.advance(checked.cells)
    stored = _stored(checked.clean)
    # A remark counts as data (methods read document numbers there); a blank one says nothing.
    says_more = (pl.col("note") != "") & (pl.col("note") != pl.col("old_note"))
    cells = checked.clean.join(stored, on=KEY, how="left", maintain_order="left").with_columns(
        fresh=pl.col("old_status").is_null(),
        changed=(
            pl.col("old_status").is_not_null()
            & ((pl.col("status") != pl.col("old_status")) | pl.col("value").ne_missing(pl.col("old")) | says_more)
        ),
    )
    return Comparison(checked, cells, _preview(source, options, checked, cells, reference))


def reference_for(by: User | None) -> Reference:
    """Units and indicators as they are now, and the units for which the person may enter values."""
    took_over = Lineage.objects.filter(kind__in=(Lineage.Kind.MERGED, Lineage.Kind.SPLIT))
    successors: dict[int, str] = {}
    for line in took_over.select_related("successor"):
        heir = f"{line.successor.name}（{line.successor.code}）"
        known = successors.get(line.predecessor_id)
        successors[line.predecessor_id] = f"{known}、{heir}" if known else heir
    return Reference(
        units=fetch(Unit.objects.order_by().values_list(*UNITS.names()), UNITS),
        indicators=fetch(Indicator.objects.values_list(*INDICATORS.names()), INDICATORS),
        today=timezone.localdate(),
        scope=import_scope(by),
        departments=frozenset() if by is None else departments_of(by),
        reach=frozenset() if by is None else department_reach(by),
        successors=successors,
    )


def _stored(clean: pl.DataFrame) -> pl.DataFrame:
    """What is stored for the periods and indicators that occur in the file."""
    if clean.is_empty():
        return pl.DataFrame(schema=STORED)
    values = Value.objects.filter(
        period__in=clean["period"].unique().to_list(), indicator__in=clean["indicator_id"].unique().to_list()
    )
    return fetch(values.values_list(*KEY, "value", "status", "note"), STORED)


def _preview(source: Source, options: Options, checked: Checked, cells: pl.DataFrame, reference: Reference) -> Preview:
    changed = cells.filter("changed")
    new = int(cells["fresh"].sum())
    return Preview(
        source=source.name,
        sha256=source.sha256,
        sheet=checked.sheet,
        rows=checked.rows,
        new=new,
        changed=changed.height,
        unchanged=cells.height - new - changed.height,
        blank=checked.blank,
        units=cells["unit_id"].n_unique(),
        indicators=cells["indicator_id"].n_unique(),
        periods=tuple(cells["period"].unique().sort()),
        skipped_columns=checked.layout.skipped,
        differences=_differences(changed.head(LISTED), reference),
        findings=checked.findings,
        fingerprint=_fingerprint(source, options, new, changed),
    )


def _differences(changed: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    units = reference.units.select("id", unit="code", unit_name="name")
    indicators = reference.indicators.select("id", indicator="code", indicator_name="name")
    named = changed.join(units, left_on="unit_id", right_on="id", maintain_order="left").join(
        indicators, left_on="indicator_id", right_on="id", maintain_order="left"
    )
    return named.with_columns(new="value", new_status="status", new_note="note").select(DIFFERENCES.names())


def _fingerprint(source: Source, options: Options, new: int, changed: pl.DataFrame) -> str:
    """Hash of the file, how it is read, how many cells are new, and what the changed ones say now."""
    content = hashlib.sha256(source.sha256.encode())
    reading = replace(options, note="").to_json()  # what is said with the file does not change what is read
    content.update(json.dumps([reading, new], sort_keys=True).encode())
    content.update(changed.select(*KEY, "old", "old_status", "old_note").write_csv().encode())
    return content.hexdigest()
