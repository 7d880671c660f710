"""Did a round help 成效评估: the paired against similar unpaired units, from the published editions alone."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl

from kanjian.boards.models import Edition
from kanjian.boards.store.folders import StoreError
from kanjian.calendars.periods import Period
from kanjian.pairing.gathering import Inputs, dimension_codes, files_of, table
from kanjian.pairing.models import Pair, Round
from kanjian.pairing.parameters import Parameters
from kanjian.scoring.pairing import Effect, effect
from kanjian.scoring.pairing.effect import Design

SCORE = "score"
AFTER = 2
STARTED = (Pair.State.RUNNING, Pair.State.CLOSED)


@dataclass(frozen=True)
class Answer:
    """What the evaluation says. ``outcomes``: the score first, then each dimension, as ``scoring`` answers them.

    ``status`` is that of the score: ok, too_early, no_baseline, too_few, method_changed. Dimensions are looked at as
    well as the score, so one in twenty of them is "clear" by chance alone: they explain, they do not prove.
    """

    status: str
    verdict: str = ""
    periods: list[str] = field(default_factory=list)
    chosen: str = ""
    outcomes: list[dict[str, Any]] = field(default_factory=list)

    def stored(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return asdict(self)


def comparable_editions(found: Round) -> tuple[list[Edition], bool]:
    """Published editions of the board with the same method, by period, and whether another method came in between.

    Periods that ended before the pairs started are left out: in them nothing had happened yet.
    """
    rows = Edition.objects.filter(board=found.board, state=Edition.State.PUBLISHED).select_related("scheme", "board")
    by_period = {Period.parse(row.period): row for row in rows}
    # The round stands on its own edition, even where that one was superseded since.
    here = Period.parse(found.edition.period)
    by_period[here] = found.edition
    kept = sorted(period for period in by_period if period.kind == here.kind)
    after = [p for p in kept if p > here and (found.starts_on is None or p.end > found.starts_on)][:AFTER]
    same = found.edition.scheme.hash
    changed = any(by_period[period].scheme.hash != same for period in after)
    before = [period for period in kept if period < here and by_period[period].scheme.hash == same]
    return [by_period[period] for period in (*before, here, *after)], changed


def evaluate(found: Round) -> Answer:
    """Effect on the score and on every dimension; see ``scoring.pairing.effect`` and docs/methods/pairing-effect.md."""
    editions, changed = comparable_editions(found)
    periods = [edition.period for edition in editions]
    chosen = found.edition.period
    if changed:
        return Answer("method_changed", periods=periods, chosen=chosen)
    if len(periods) - periods.index(chosen) - 1 < AFTER:
        return Answer("too_early", periods=periods, chosen=chosen)
    parameters = Parameters.load(found.parameters)
    base = _groups(found, parameters)
    design = Design(parameters.attributes, within=("track",), after=AFTER)
    outcomes = []
    panels = {edition.period: _points(edition) for edition in editions}
    for outcome in (SCORE, *dimension_codes(files_of(found.edition).scheme)):
        answer = effect(_panel(base, panels, outcome), periods, chosen, design)
        outcomes.append({"outcome": outcome, **_plain(answer)})
    first = outcomes[0]
    return Answer(first["status"], first["verdict"], periods, chosen, outcomes)


def _groups(found: Round, parameters: Parameters) -> pl.DataFrame:
    """Units of the edition with endowments and group; whoever was ever in a pair of this board is no control."""
    frame = table(found.edition, parameters, Inputs.load(found.inputs))
    names = ["unit", "track", *(each.name for each in parameters.endowments)]
    pairs = Pair.objects.filter(round__board=found.board, state__in=STARTED)
    involved = {code for row in pairs.values_list("mentee__code", "mentor__code") for code in row}
    treated = set(found.pairs.filter(state__in=STARTED).values_list("mentee__code", flat=True))
    group = (
        pl.when(pl.col("unit").is_in(treated))
        .then(pl.lit("treated"))
        .when(~pl.col("unit").is_in(involved) & pl.col("place").is_not_null())
        .then(pl.lit("control"))
        .otherwise(pl.lit(""))
    )
    return frame.with_columns(group.alias("group")).select(*names, "group")


def _points(edition: Edition) -> pl.DataFrame:
    """Score and points per dimension of one edition; empty when its files are gone (the check says so)."""
    try:
        files = files_of(edition)
        codes = dimension_codes(files.scheme)
        columns = [pl.col(f"points.{code}").alias(code) for code in codes]
        return files.details().select("unit", pl.col("score").alias(SCORE), *columns).collect()
    except StoreError:
        return pl.DataFrame(schema={"unit": pl.String})


def _panel(base: pl.DataFrame, panels: dict[str, pl.DataFrame], outcome: str) -> pl.DataFrame:
    frame = base
    for period, points in panels.items():
        if outcome in points.columns:
            column = points.select("unit", pl.col(outcome).cast(pl.Float64).alias(period))
            frame = frame.join(column, on="unit", how="left")
        else:
            frame = frame.with_columns(pl.lit(None, pl.Float64).alias(period))
    return frame


def _plain(answer: Effect) -> dict[str, Any]:
    """An effect as JSON-ready values."""
    estimates = {name: asdict(value) if (value := getattr(answer, name)) else None for name in _ESTIMATES}
    numbers = {name: getattr(answer, name) for name in _NUMBERS}
    lists: dict[str, Sequence[str]] = {name: list(getattr(answer, name)) for name in ("cautions", "before", "after")}
    return {**numbers, **estimates, **lists, "course": answer.course.to_dicts()}


_ESTIMATES = ("main", "placebo", "trend")
_NUMBERS = (
    *("status", "verdict", "p_permutation", "smallest", "raw", "raw_controls", "dip", "sets", "controls"),
    "left_out",
)
