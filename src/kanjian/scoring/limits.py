"""What is applied to a node's points after its rule or mean 系数、封顶、底线与一票否决, in this order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kanjian.scoring.batch import Batch
from kanjian.scoring.column import Floats, Mask, Trace
from kanjian.scoring.plan import NodePlan, VetoPlan


def scaled(plan: NodePlan, points: Floats, batch: Batch) -> Floats:
    """Multiply by the group's coefficient 赛道系数; groups that are not listed keep their points. Works in place."""
    for column, labels, factors in plan.coefficients:
        table = np.array([*factors, 1.0])
        points *= table.take(batch.group(column, labels), mode="clip")
    return points


def limited(
    plan: NodePlan, points: Floats, batch: Batch, trace: Trace, below: Mapping[str, Floats] | None = None
) -> Floats:
    """Apply caps, floors and vetoes. Works in place."""
    _cap(plan, points, trace)
    for floor in plan.node.floors:
        under = (below or {})[floor.node] < floor.below
        hit = under & (points > floor.cap)
        np.copyto(points, floor.cap, where=hit)
        trace.mark(plan.code, "floor", hit)
    for veto in plan.vetoes:
        _veto(plan, veto, points, batch, trace)
    return points


def _cap(plan: NodePlan, points: Floats, trace: Trace) -> None:
    cap = plan.node.cap
    if cap is None:
        return
    if cap.at_most is not None:
        trace.mark(plan.code, "capped", points > cap.at_most)
        np.minimum(points, cap.at_most, out=points)
    if cap.at_least is not None:
        trace.mark(plan.code, "raised", points < cap.at_least)
        np.maximum(points, cap.at_least, out=points)


def triggered(veto: VetoPlan, batch: Batch) -> tuple[Mask, Mask | None]:
    """Return where a veto holds, and where it would hold but for a missing document."""
    hit = veto.terms.when.holds(batch.number(veto.input))
    if veto.terms.document is None:
        return hit, None
    documented = batch.documented(veto.terms.document)
    return hit & documented, hit & ~documented


def _veto(plan: NodePlan, veto: VetoPlan, points: Floats, batch: Batch, trace: Trace) -> None:
    hit, undocumented = triggered(veto, batch)
    if undocumented is not None:
        trace.mark(plan.code, "veto_without_document", undocumented)
    trace.mark(plan.code, "veto", hit)
    effect = veto.terms.effect
    if effect.zero:
        np.copyto(points, 0.0, where=hit & ~np.isnan(points))
    elif effect.cap is not None:
        np.copyto(points, effect.cap, where=hit & (points > effect.cap))


def band_limit(plan: NodePlan, batch: Batch) -> dict[str, Mask]:
    """Return for each band that caps the grade where it does so."""
    found: dict[str, Mask] = {}
    for veto in plan.vetoes:
        band = veto.terms.effect.max_band
        if band is not None:
            hit = triggered(veto, batch)[0]
            found[band] = found[band] | hit if band in found else hit
    return found
