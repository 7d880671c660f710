"""The cases behind a rate 样本数, and whose rate stands in where they are too few."""

from math import isnan
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from kanjian.boards.selectors.shapes import in_language
from kanjian.boards.store.editions import EditionFiles
from kanjian.boards.store.keeping import kept
from kanjian.scoring.plan import LeafPlan, leaf_plans
from kanjian.scoring.sample import cases_stat, pool_stat
from kanjian.scoring.scheme import Node


class Sample(NamedTuple):
    """What stands behind one cell; ``pooled``: name and cases of the group whose rate was used instead."""

    cases: float | None
    is_small: bool
    pooled: str
    pooled_cases: float | None


NONE = Sample(None, is_small=False, pooled="", pooled_cases=None)


def sample_of(files: EditionFiles, leaf: Node, row: dict[str, Any], flags: list[str]) -> Sample:
    """The sample behind an indicator of a row of ``details``; ``flags``: codes of what was done to the cell."""
    if leaf.min_sample is None:
        return NONE
    cases, is_small = row[f"input.{leaf.min_sample.input}"], "small_sample" in flags
    if "pooled" not in flags:
        return Sample(cases, is_small, "", None)
    return Sample(cases, is_small, *_pool(files, leaf.code, row))


def small_samples(files: EditionFiles, position: int) -> int:
    """How many indicators of a unit rest on too small a sample; ``position``: of its row."""
    counts = _small_samples(files)
    return 0 if counts is None else int(counts[position])


@kept(1)
def _small_samples(files: EditionFiles) -> npt.NDArray[np.uint16] | None:
    """The counts of all units, by position, two bytes each; nothing is read where no rule asks for a sample."""
    if not any(leaf.min_sample for leaf in files.scheme.leaves()):
        return None
    flagged = files.details().filter(pl.col("flags").is_not_null()).select("position", "flags").collect()
    counts = np.zeros(int(files.summary["units"]), dtype=np.uint16)
    found = flagged["flags"].str.count_matches('"small_sample"', literal=True)
    counts[flagged["position"].to_numpy()] = found.to_numpy()
    return counts


def _pool(files: EditionFiles, code: str, row: dict[str, Any]) -> tuple[str, float | None]:
    plan: LeafPlan = next(each for each in leaf_plans(files.scheme.plan) if each.code == code)
    for place, by in enumerate(plan.pool_from):
        group = None if by is None else row[f"group.{by}"]
        if by is not None and group is None:
            continue
        rate = files.parameters.value(code, pool_stat(place), group)
        if not isnan(rate):
            return _called(files, by, group), files.parameters.value(code, cases_stat(place), group)
    return "", None


def _called(files: EditionFiles, by: str | None, group: str | None) -> str:
    return in_language(*files.names.get((by or "", group or ""), (group or "", ""))) or (group or "")
