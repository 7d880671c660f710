"""The sample's table of values 样例数据: what was drawn, cut to what existed, with what real tables have.

One row per unit, indicator and quarter in which the unit existed: ``unit, indicator, period, value, status, note``.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kanjian.calendars.periods import Period, period_range
from kanjian.demo import places
from kanjian.demo.panel import HISTORY, Array, Drawn, Panel, Recipe, draw, growth, make_panel, recipes
from kanjian.demo.surprises import Cells, lose, surprise, vetoes
from kanjian.demo.villages import Merger

PERIODS = tuple(p.code for p in period_range(Period.parse("2024-Q4"), Period.parse("2026-Q3")))
STATUS = pl.Enum(["present", "missing", "not_applicable"])


def catalogue() -> list[dict[str, str]]:
    """The 46 indicators, the four registers that only vetoes read, the case counts behind six rates: rows as in
    ``data/indicators.csv``.
    """
    return places.rows("indicators.csv") + places.rows("registers.csv") + places.rows("samples.csv")


def make_values(villages: pl.DataFrame, merger: Merger, rng: np.random.Generator) -> pl.DataFrame:
    """Values of all villages and quarters, by period, unit, indicator. Same generator state, same table."""
    season = (Period.parse(PERIODS[0]).index - 1 - HISTORY) % 4
    panel = make_panel(villages, HISTORY + len(PERIODS), season, rng)
    cells = {code: Cells(drawn) for code, drawn in _all_drawn(villages, panel, merger).items()}
    alive = _alive(villages)
    lose(cells, villages["county"].to_list(), rng)
    surprise(cells, villages, rng)
    cells |= vetoes(villages, alive, PERIODS, rng)
    cells |= _samples(cells)
    order = {row["code"]: position for position, row in enumerate(catalogue())}
    frame = pl.concat([_long(villages["code"].to_numpy(), alive, code, each) for code, each in cells.items()])
    place = pl.col("indicator").replace_strict(order, return_dtype=pl.Int32).alias("order")
    return frame.with_columns(place).sort("period", "unit", "order").drop("order")


def _all_drawn(villages: pl.DataFrame, panel: Panel, merger: Merger) -> dict[str, Drawn]:
    decimals = {row["code"]: int(row["decimals"]) for row in places.rows("indicators.csv")}
    codes = villages["code"].to_list()
    parents, heir = [codes.index(code) for code in merger.predecessors], codes.index(merger.successor)
    found: dict[str, Drawn] = {}
    for recipe in recipes():
        if recipe.kind == "growth":
            drawn = growth(found["B1"])
        else:
            drawn = _applicable(recipe, draw(recipe, panel), villages, panel)
        if recipe.kind == "income":  # the merged village's income is its predecessors' sum, before and after
            drawn.value[heir] = drawn.value[parents].sum(axis=0)
        found[recipe.code] = replace(drawn, value=np.round(drawn.value, decimals[recipe.code]))
    return found


def _applicable(recipe: Recipe, drawn: Drawn, villages: pl.DataFrame, panel: Panel) -> Drawn:
    """Take out what a village cannot have: cropland measures without cropland, idle assets where nothing is idle."""
    n, _ = panel.shape
    never: NDArray[np.bool_] = np.zeros(n, dtype=bool)
    if recipe.code in {"B6", "B10"}:
        never = villages["cropland_mu"].to_numpy() == 0
    if recipe.code == "B8":
        never = panel.rng.random(n) < 0.05
    if recipe.code == "B5":
        never = panel.rng.random(n) < 0.04
    absent = drawn.absent | never[:, None]
    return replace(drawn, value=np.where(absent, np.nan, drawn.value), absent=absent)


def _samples(cells: dict[str, Cells]) -> dict[str, Cells]:
    """The number of cases behind a rate as a figure of its own: lost where the rate is lost, there where it is too
    small for one.
    """
    found: dict[str, Cells] = {}
    for row in places.rows("samples.csv"):
        rate = cells[row["code"].removesuffix("n")]
        assert rate.drawn.cases is not None
        cases = rate.drawn.cases.astype(np.float64)
        found[row["code"]] = Cells(Drawn(cases, np.zeros(cases.shape, dtype=bool)), rate.lost)
    return found


def _alive(villages: pl.DataFrame) -> NDArray[np.bool_]:
    """Which unit existed on the last day of which shown quarter."""
    columns = []
    for code in PERIODS:
        day = Period.parse(code).end
        started = villages["valid_from"].is_null() | (villages["valid_from"] <= day)
        columns.append((started & (villages["valid_to"].is_null() | (villages["valid_to"] > day))).to_numpy())
    return np.column_stack(columns)


def _long(units: NDArray[np.str_], alive: NDArray[np.bool_], code: str, cells: Cells) -> pl.DataFrame:
    value, absent = cells.drawn.value[:, HISTORY:], cells.drawn.absent[:, HISTORY:]
    gone = np.isnan(value) if cells.lost is None else np.isnan(value) | cells.lost
    status = np.select([absent, gone], ["not_applicable", "missing"], "present")
    kept, (n, quarters) = alive.ravel(), alive.shape
    return pl.DataFrame(
        {
            "unit": np.repeat(units, quarters)[kept],
            "indicator": np.full(int(kept.sum()), code),
            "period": np.tile(np.array(PERIODS), n)[kept],
            "value": _shown(value, status).ravel()[kept],
            "status": status.ravel()[kept],
            "note": np.array(list(_texts(cells, status)), dtype=object)[kept],
        },
        schema_overrides={"unit": pl.String, "indicator": pl.String, "period": pl.String, "note": pl.String},
    ).with_columns(pl.col("value").fill_nan(None), pl.col("status").cast(STATUS))


def _shown(value: Array, status: NDArray[np.str_]) -> Array:
    return np.where(status == "present", value, np.nan)


def _texts(cells: Cells, status: NDArray[np.str_]) -> Iterator[str]:
    """The note of each cell: what somebody wrote, else the number of cases behind a rate."""
    cases = None if cells.drawn.cases is None else cells.drawn.cases[:, HISTORY:]
    for (unit, quarter), state in np.ndenumerate(status):
        written = cells.notes.get((unit, quarter), "")
        counted = f"n={cases[unit, quarter]}" if cases is not None and state != "missing" else ""
        yield written or counted
