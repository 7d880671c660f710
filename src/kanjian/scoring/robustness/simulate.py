"""Monte Carlo on a finished table of points 蒙特卡洛模拟: the rank of every unit in every draw."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .draws import draw_choices, draw_weights
from .errors import RobustnessError
from .fixed import Fixed
from .intake import read
from .plan import Plan, Simulation
from .ranking import rank_rows, rank_type
from .tree import Tree, as_tree

# Cells of one block of scores: large enough for the matrix product, small enough to stay near the processor.
BLOCK_CELLS = 320_000
LARGEST_TABLE = 2 * 1024**3

Job = tuple[int, NDArray[np.int64]]  # which way to the index, which draws


def simulate(
    points: pl.DataFrame,
    weights: Tree | Mapping[str, float],
    plan: Plan | None = None,
    *,
    track: str | None = None,
    fixed: Fixed | None = None,
    eligible: NDArray[np.bool_] | None = None,
    workers: int | None = None,
) -> Simulation:
    """Rank all units in every draw of the plan.

    ``points``: column ``unit`` (text, unique; row numbers serve where it is absent), the column named by ``track``,
    and one Float64 column per leaf of the tree, null where missing; in every draw a unit's weights are rescaled over
    what it has. ``weights``: a tree, or leaf → weight for one level. Units without any weighted leaf are excluded,
    and so are those that are not ``eligible`` (one Boolean per row). ``fixed``: what the rules of a scheme settle
    outside the weights. Ties share the better rank.
    Memory: draws × units × 2 bytes (4 from 65,535 units), twice with tracks; more than 2 GiB is refused.
    """
    plan = plan or Plan()
    table = read(points, as_tree(weights), plan, track=track, fixed=fixed, eligible=eligible)
    n, kind = len(table.units), rank_type(len(table.units))
    _check_memory(plan.draws, n, np.dtype(kind).itemsize * (1 if table.groups is None else 2))
    ranks = np.empty((n, plan.draws), dtype=kind)
    within = None if table.groups is None else np.empty_like(ranks)
    drawn = draw_weights(table.tree, plan.draws, plan.seed, spread=plan.spread, concentration=plan.concentration)

    def run(job: Job) -> None:
        way, draws = job
        overall, tracked = rank_rows(table.scores(drawn[draws], way, draws), plan.tolerance, table.groups)
        ranks[:, draws] = overall.T
        if within is not None and tracked is not None:
            within[:, draws] = tracked.T

    in_threads(run, _jobs(plan, n), workers)
    base, base_within = rank_rows(table.nominal(), plan.tolerance, table.groups)
    return Simulation(
        plan,
        table.tree,
        table.units,
        table.asked,
        ranks,
        base[0].astype(np.int64),
        table.tracks,
        within,
        None if base_within is None else base_within[0].astype(np.int64),
    )


def _check_memory(draws: int, units: int, size: int) -> None:
    needed = draws * units * size
    if needed > LARGEST_TABLE:
        fewer = LARGEST_TABLE // (units * size)
        raise RobustnessError(
            "too_large", f"{draws} draws of {units} units need {needed / 1024**3:.1f} GiB; at most {fewer} draws fit"
        )


def _jobs(plan: Plan, units: int) -> list[Job]:
    """Draws in blocks of neighbours that go the same way."""
    size = max(1, min(64, BLOCK_CELLS // units))
    choice = draw_choices(plan.draws, plan.seed, plan.ways)
    jobs: list[Job] = []
    for way in range(len(plan.ways)):
        mine = np.flatnonzero(choice == way)
        jobs += [(way, mine[i : i + size]) for i in range(0, mine.size, size)]
    return jobs


def in_threads(run: Callable[[Job], None], jobs: list[Job], workers: int | None) -> None:
    """Run the jobs side by side (numpy works outside the interpreter lock) and raise the first error."""
    count = max(1, min(workers or os.cpu_count() or 1, len(jobs)))
    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(run, job) for job in jobs]:
            done.result()
