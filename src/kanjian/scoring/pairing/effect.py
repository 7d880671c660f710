"""Did pairing work 结对成效: difference in differences against similar unpaired units, with placebo tests.

Paired units were chosen because they were low in one period; such a low is partly bad luck and passes by itself. So the
period of choice is left out: as many periods before it as after it are compared (symmetric differences, Chabé-Ferret
2015), with unpaired units of like endowments in the same block. Outcomes are never matched on: that would pick units
whose past was bad luck, and bring back what the design avoids (Daw and Hatfield 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from kanjian.scoring.pairing.inference import Estimate, Floats, estimate, permuted, smallest_seen
from kanjian.scoring.pairing.model import Attribute, PairingError
from kanjian.scoring.pairing.trial import Sets, matched_sets

SUSPECT = 0.05
MANY = 20
COURSE = pl.Schema({"period": pl.String(), "paired": pl.Float64(), "controls": pl.Float64()})


@dataclass(frozen=True, slots=True)
class Design:
    """How the comparison is made. ``before`` and ``after``: periods on each side of the period of choice."""

    attributes: tuple[Attribute, ...] = ()
    within: tuple[str, ...] = ("track",)
    controls: int = 3
    before: int = 2
    after: int = 2
    least: int = 8  # matched sets below which no number is given
    confidence: float = 0.95
    runs: int = 999
    seed: int = 1


@dataclass(frozen=True)
class Effect:
    """The answer. ``status``: ok, too_early, no_baseline, too_few; only ``ok`` has numbers.

    ``main``: points gained by pairing. ``placebo``: the same between two stretches before the choice, where there was
    nothing to find. ``trend``: difference in slope per period before the choice. ``p_permutation``: chance of a
    difference as large when in each set a lot says who was paired. ``smallest``: true effect that would be found in
    four cases of five. ``raw``: change of the paired since the period of choice; ``raw_controls``: of the controls;
    ``dip``: by how much the period of choice lay below the periods before: what comes back by itself.
    """

    status: str
    verdict: str = ""  # better, worse, unclear
    cautions: tuple[str, ...] = ()
    main: Estimate | None = None
    placebo: Estimate | None = None
    trend: Estimate | None = None
    p_permutation: float | None = None
    smallest: float | None = None
    raw: float | None = None
    raw_controls: float | None = None
    dip: float | None = None
    sets: int = 0
    controls: int = 0
    left_out: int = 0
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    course: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COURSE))


def effect(frame: pl.DataFrame, periods: Sequence[str], chosen: str, design: Design) -> Effect:
    """Effect of pairing on an outcome.

    ``frame``: ``unit``, ``group`` (treated, control, or empty: neither), the columns of ``design.within``, the
    attributes, and a column of outcomes per period; ``periods`` in order of time, ``chosen`` the one whose results
    decided who was paired. Units that lack an outcome in the periods compared are left out. Raises ``PairingError``.
    """
    if chosen not in periods:
        raise PairingError("period", f"{chosen} is not among the periods {', '.join(periods)}")
    at = periods.index(chosen)
    after = tuple(periods[at + 1 : at + 1 + design.after])
    before = tuple(periods[max(0, at - design.before) : at])
    if len(after) < design.after:
        return Effect("too_early", before=before, after=after)
    if not before:
        return Effect("no_baseline", after=after)
    frame = frame.sort("unit")
    whole = _complete(frame, (*before, chosen, *after))
    wanted = int((frame["group"] == "treated").sum())
    sets = matched_sets(whole, design.attributes, design.within, design.controls)
    n = len(sets.treated)
    if n < max(design.least, 2):
        return Effect("too_few", sets=n, left_out=wanted - n, before=before, after=after)
    return _found(whole, sets, design, (tuple(periods[:at]), before, chosen, after), left_out=wanted - n)


Stretches = tuple[tuple[str, ...], tuple[str, ...], str, tuple[str, ...]]


def _found(frame: pl.DataFrame, sets: Sets, design: Design, stretches: Stretches, *, left_out: int) -> Effect:
    past, before, chosen, after = stretches
    changes = _members(_mean(frame, after) - _mean(frame, before), sets)
    main = estimate(_differences(changes), design.confidence)
    p_permutation, _ = permuted(changes, design.runs, design.seed)
    since = _members(_mean(frame, after) - _mean(frame, (chosen,)), sets)
    raw, raw_controls = float(since[:, 0].mean()), float(since[:, 1:].mean())
    dip = float((_mean(frame, before) - _mean(frame, (chosen,)))[sets.treated].mean())
    placebo, trend = _placebo(frame, sets, past, before, design), _trend(frame, sets, past, design)
    return Effect(
        "ok",
        verdict="unclear" if not main.is_clear else "better" if main.value > 0 else "worse",
        cautions=tuple(_cautions(main, placebo, trend, p_permutation, dip=dip, raw=raw)),
        main=main,
        placebo=placebo,
        trend=trend,
        p_permutation=p_permutation,
        smallest=smallest_seen(main.error, main.sets, design.confidence),
        raw=raw,
        raw_controls=raw_controls,
        dip=dip,
        sets=main.sets,
        controls=sets.controls.shape[1],
        left_out=left_out,
        before=before,
        after=after,
        course=_course(frame, sets, (*past, chosen, *after)),
    )


def _complete(frame: pl.DataFrame, periods: Sequence[str]) -> pl.DataFrame:
    lacking = [period for period in periods if period not in frame.columns]
    if lacking:
        raise PairingError("columns", f"the table lacks the periods {', '.join(lacking)}")
    known = pl.all_horizontal(pl.col(period).cast(pl.Float64).is_finite().fill_null(value=False) for period in periods)
    return frame.filter(known)


def _mean(frame: pl.DataFrame, periods: Sequence[str]) -> Floats:
    columns = [frame[period].cast(pl.Float64).fill_null(np.nan).to_numpy() for period in periods]
    found: Floats = np.column_stack(columns).mean(axis=1)
    return found


def _members(values: Floats, sets: Sets) -> Floats:
    """Sets × members, the paired unit first."""
    return np.column_stack([values[sets.treated], values[sets.controls]])


def _differences(members: Floats) -> Floats:
    """The paired unit less the mean of its controls, per set."""
    found: Floats = members[:, 0] - members[:, 1:].mean(axis=1)
    return found


def _placebo(
    frame: pl.DataFrame, sets: Sets, past: tuple[str, ...], before: tuple[str, ...], design: Design
) -> Estimate | None:
    """The same comparison between the stretch before the choice and the one before that."""
    earlier = past[max(0, len(past) - 2 * len(before)) : len(past) - len(before)]
    if not earlier:
        return None
    return _whole(_members(_mean(frame, before) - _mean(frame, earlier), sets), design)


def _trend(frame: pl.DataFrame, sets: Sets, past: tuple[str, ...], design: Design) -> Estimate | None:
    """Difference in least-squares slope over the periods before the choice, three at least."""
    if len(past) < 3:
        return None
    time = np.arange(len(past)) - (len(past) - 1) / 2
    table = np.column_stack([_mean(frame, (period,)) for period in past])
    return _whole(_members(table @ time / (time @ time), sets), design)


def _whole(members: Floats, design: Design) -> Estimate | None:
    """Over the sets that are complete; None with fewer than wanted."""
    differences = _differences(members)
    differences = differences[np.isfinite(differences)]
    return estimate(differences, design.confidence) if len(differences) >= max(design.least, 2) else None


def _course(frame: pl.DataFrame, sets: Sets, periods: Sequence[str]) -> pl.DataFrame:
    """Mean outcome per period of the paired and of their controls; gaps where a period is not complete."""
    rows = []
    for period in periods:
        members = _members(_mean(frame, (period,)), sets)
        known = members[np.isfinite(members).all(axis=1)]
        means = (float(known[:, 0].mean()), float(known[:, 1:].mean())) if len(known) else (None, None)
        rows.append((period, *means))
    return pl.DataFrame(rows, schema=COURSE, orient="row")


def _cautions(
    main: Estimate, placebo: Estimate | None, trend: Estimate | None, p: float, *, dip: float, raw: float
) -> list[str]:
    """What speaks against taking the number at its word."""
    found = []
    if trend is None:
        found.append("trend_unknown")
    elif trend.p < SUSPECT:
        found.append("trend")
    if placebo is None:
        found.append("placebo_unknown")
    elif placebo.p < SUSPECT:
        found.append("placebo")
    if main.is_clear and p >= SUSPECT:
        found.append("permutation")
    if dip > 0 and dip > abs(raw) / 2:
        found.append("regression")
    if main.sets < MANY:
        found.append("few")
    return found
