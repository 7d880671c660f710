"""Checks at entry 填报校验: what stops a value, what needs a note, what is only said. Nothing here writes anything.

For rooms that take values in (a form, a workbook, an interface). One unit as it types::

    findings = check_entries(unit, "2026-Q3", {"B1": Entered(152.0), "B2": Entered(4.2, note="含一次性收入")})
    if any(finding.is_blocking for finding in findings): ...

Many units at once, with the same six queries for one or for 914::

    context = context_of(units, "2026-Q3")
    findings = check_cells(frame, context)      # frame: unit, indicator, value, status, note

=================  ========  ======================================================================
code               severity  what
=================  ========  ======================================================================
unknown_indicator  BLOCK     there is no such indicator
bad_status         BLOCK     a status other than present, missing, not_applicable, or one that contradicts the value
not_finite         BLOCK     not a number one can write down
decimals           BLOCK     more decimals than the indicator has
below_minimum      BLOCK     below the indicator's minimum
above_maximum      BLOCK     above the indicator's maximum
unlike_history     NOTE      outside the unit's own past (``scoring.quality.own_range``): needs a note
rule               by rule   a broken rule: HIGH blocks, MEDIUM needs a note, LOW informs
=================  ========  ======================================================================

A rule is judged when an entered cell takes part in it; what it needs besides comes from the values that are stored. A
rule that lacks a value does not apply.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from kanjian.measures.entry_context import Context, context_of, rule_table
from kanjian.measures.models import Rule, Value
from kanjian.measures.words.findings import message_of
from kanjian.orgs.models import Unit
from kanjian.scoring.quality import own_range

__all__ = ["Context", "Entered", "Finding", "Severity", "blocking", "check_cells", "check_entries", "context_of"]

CELLS = pl.Schema(
    {"unit": pl.String, "indicator": pl.String, "value": pl.Float64, "status": pl.String, "note": pl.String}
)


class Severity(StrEnum):
    """What a finding asks for."""

    BLOCK = "block"
    NOTE = "note"
    INFORM = "inform"


_OF_IMPORTANCE = {
    Rule.Importance.HIGH: Severity.BLOCK,
    Rule.Importance.MEDIUM: Severity.NOTE,
    Rule.Importance.LOW: Severity.INFORM,
}


@dataclass(frozen=True, slots=True)
class Entered:
    """One cell as it was entered."""

    value: float | None
    status: str = Value.Status.PRESENT
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or strange about entered cells.

    ``indicators``: the entered cells concerned, the first one to show it at. ``numbers``: what stands behind it (limit,
    low, high, median, n; for a rule left and right). ``has_note``: one of these cells carries a note already.
    """

    unit: str
    indicators: tuple[str, ...]
    code: str
    severity: Severity
    numbers: Mapping[str, float | str | None] = field(default_factory=dict)
    rule: Rule | None = None
    has_note: bool = False

    @property
    def indicator(self) -> str:
        """Where to show it."""
        return self.indicators[0]

    @property
    def is_blocking(self) -> bool:
        """Whether the entry cannot be handed in as it is."""
        return self.severity is Severity.BLOCK or (self.severity is Severity.NOTE and not self.has_note)

    @property
    def message(self) -> str:
        """What is wrong, in the reader's language."""
        return message_of(self.code, self.numbers, self.rule)[0]

    @property
    def remedy(self) -> str:
        """What to do about it, in the reader's language."""
        return message_of(self.code, self.numbers, self.rule)[1]


def check_entries(
    unit: Unit, period: str, entries: Mapping[str, Entered], context: Context | None = None
) -> list[Finding]:
    """What is to be said about one unit's entries, blocking ones first. Six queries, none with a ``context``."""
    known = context or context_of([unit], period)
    rows = [(unit.code, code, entry.value, entry.status, entry.note) for code, entry in entries.items()]
    return check_cells(pl.DataFrame(rows, schema=CELLS, orient="row"), known)


def check_cells(cells: pl.DataFrame, context: Context) -> list[Finding]:
    """What is to be said about many cells, blocking ones first, then by unit and indicator.

    ``cells``: ``unit, indicator, value, status, note`` (codes; status null: present where there is a value, else
    missing), one row per cell. Cells with a hard finding take no part in the soft checks.
    """
    ready = _ready(cells)
    hard = _hard(ready, context)
    wrong = hard.select("unit", "indicator")
    sound = ready.join(wrong, on=["unit", "indicator"], how="anti").filter(pl.col("value").is_not_null())
    found = [
        *_cell_findings(hard, Severity.BLOCK),
        *_cell_findings(_unlike_history(sound, context), Severity.NOTE),
        *_broken_rules(ready.join(wrong, on=["unit", "indicator"], how="anti"), context),
    ]
    order = list(Severity)
    return sorted(found, key=lambda each: (order.index(each.severity), each.unit, each.indicator))


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that keep an entry from being handed in."""
    return [finding for finding in findings if finding.is_blocking]


def _ready(cells: pl.DataFrame) -> pl.DataFrame:
    """The columns of ``CELLS``, with every status said."""
    frame = cells.select(*CELLS).cast(CELLS)
    guessed = pl.when(pl.col("value").is_null()).then(pl.lit("missing")).otherwise(pl.lit("present"))
    return frame.with_columns(pl.col("status").fill_null(guessed), pl.col("note").fill_null("").str.strip_chars())


def _hard(cells: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Cells that cannot be taken: with ``code`` and ``limit``."""
    known = cells.join(context.indicators, on="indicator", how="left", maintain_order="left")
    value, scaled = pl.col("value"), pl.col("value") * pl.lit(10.0).pow(pl.col("decimals"))
    is_present = pl.col("status") == Value.Status.PRESENT
    code = pl.coalesce(
        pl.when(pl.col("decimals").is_null()).then(pl.lit("unknown_indicator")),
        pl.when(pl.col("status").is_in(Value.Status.values).not_()).then(pl.lit("bad_status")),
        pl.when(is_present == value.is_null()).then(pl.lit("bad_status")),
        pl.when(value.is_finite().not_()).then(pl.lit("not_finite")),
        pl.when((scaled - scaled.round()).abs() > 1e-6 * pl.max_horizontal(pl.lit(1.0), scaled.abs() * 1e-6)).then(
            pl.lit("decimals")
        ),
        pl.when(value < pl.col("minimum")).then(pl.lit("below_minimum")),
        pl.when(value > pl.col("maximum")).then(pl.lit("above_maximum")),
    )
    limit = pl.when(code == "below_minimum").then("minimum").when(code == "above_maximum").then("maximum")
    limit = limit.when(code == "decimals").then(pl.col("decimals").cast(pl.Float64))
    return known.select(*CELLS, code=code, limit=limit).filter(pl.col("code").is_not_null())


def _unlike_history(cells: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Cells outside their unit's own past: with ``code`` and the range."""
    wanted = cells.select("unit", "indicator").unique()
    past = context.history.join(wanted, on=["unit", "indicator"], how="semi")
    ranges = own_range(past, limits=context.indicators)
    joined = cells.join(ranges, on=["unit", "indicator"], how="inner", maintain_order="left")
    outside = joined.filter((pl.col("value") < pl.col("low")) | (pl.col("value") > pl.col("high")))
    return outside.with_columns(code=pl.lit("unlike_history"))


def _cell_findings(frame: pl.DataFrame, severity: Severity) -> list[Finding]:
    numbers = [name for name in ("value", "limit", "low", "high", "median", "n") if name in frame.columns]
    return [
        Finding(
            unit=row["unit"],
            indicators=(row["indicator"],),
            code=row["code"],
            severity=severity,
            numbers={name: row[name] for name in numbers if row[name] is not None},
            has_note=bool(row["note"]),
        )
        for row in frame.iter_rows(named=True)
    ]


def _broken_rules(cells: pl.DataFrame, context: Context) -> list[Finding]:
    entered = set(cells["indicator"].unique())
    rules = [rule for rule in context.rules if rule.reads & entered]
    if not rules:
        return []
    table = rule_table(cells, context)
    noted = set(cells.filter(pl.col("note") != "").select("unit", "indicator").iter_rows())
    by_unit = dict(cells.group_by("unit").agg("indicator").iter_rows())
    found = []
    for rule in rules:
        kind = rule.row.unit_kind
        units = table if not kind else table.filter(pl.col("unit_kind") == kind)
        for unit, left, right in rule.broken(units).iter_rows():
            concerned = tuple(code for code in by_unit.get(unit, ()) if code in rule.reads)
            if concerned:
                found.append(
                    Finding(
                        unit=unit,
                        indicators=concerned,
                        code="rule",
                        severity=_OF_IMPORTANCE[Rule.Importance(rule.row.importance)],
                        numbers={"left": left, "right": right},
                        rule=rule.row,
                        has_note=any((unit, code) in noted for code in concerned),
                    )
                )
    return found
