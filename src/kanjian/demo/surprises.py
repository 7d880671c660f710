"""What real tables have besides numbers 意外: feeds that failed, odd values with and without a note, vetoes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kanjian.demo import places
from kanjian.demo.panel import HISTORY, Drawn, growth

REGISTERS = frozenset({"A8", "C5", "F1", "F2", "F4", "F5"})  # kept case by case: no entry is "none", never a gap
FEED_FAILS, FEED_LOSS = 0.032, (0.35, 0.9)  # a department's feed for one county and quarter; share of villages it loses
STRAY_GAPS = 0.006
WINDFALLS = (2, 4, 5)  # shown quarters in which a village sold property once
SLIP = 6  # shown quarter in which a decimal point was lost
MISSED_ROUND = ("330522012", 5)  # township and shown quarter without an inspection


@dataclass(slots=True)
class Cells:
    """One indicator's values with what happened to them; ``lost`` and the keys of ``notes`` count shown quarters."""

    drawn: Drawn
    lost: NDArray[np.bool_] | None = None
    notes: dict[tuple[int, int], str] = field(default_factory=dict)


def lose(cells: dict[str, Cells], county_of: list[str], rng: np.random.Generator) -> None:
    """Mark cells that never arrived: mostly whole feeds of a department for a county and quarter, the rest stray."""
    by_department: dict[str, list[str]] = {}
    for row in places.rows("indicators.csv"):
        if row["code"] in cells and row["code"] not in REGISTERS:
            by_department.setdefault(row["department"], []).append(row["code"])
    counties, county = np.unique(county_of, return_inverse=True)
    quarters = next(iter(cells.values())).drawn.value.shape[1] - HISTORY
    for codes in by_department.values():
        share = (rng.random((len(counties), quarters)) < FEED_FAILS) * rng.uniform(
            *FEED_LOSS, (len(counties), quarters)
        )
        failed = share[county] > rng.random((len(county_of), quarters))
        for code in codes:
            cells[code].lost = failed | (rng.random(failed.shape) < STRAY_GAPS)


def surprise(cells: dict[str, Cells], villages: pl.DataFrame, rng: np.random.Generator) -> None:
    """Plant a few values that a careful reader should stumble over, with a note as in a real table, or without."""
    large = np.flatnonzero(villages["population"].to_numpy() > 2000)
    income = cells["B1"].drawn.value
    for unit, quarter in zip(rng.choice(large, len(WINDFALLS), replace=False), WINDFALLS, strict=True):
        shown = slice(HISTORY + quarter, HISTORY + quarter + 4)
        income[unit, shown] = np.round(income[unit, shown] * rng.uniform(3.2, 4.6), 1)
        cells["B1"].notes[int(unit), quarter] = "含一次性资产处置收入"
    cells["B2"].drawn = replace(cells["B2"].drawn, value=np.round(growth(cells["B1"].drawn).value, 1))
    slip = int(rng.choice(large))
    errands = cells["D2"].drawn.value
    errands[slip, HISTORY + SLIP] = np.round(errands[slip, HISTORY + SLIP] * 10, 1)
    township, quarter = MISSED_ROUND
    for unit in np.flatnonzero((villages["township"] == township).to_numpy()):
        cells["C8"].drawn.value[unit, HISTORY + quarter] = 95.0
        cells["C8"].notes[int(unit), quarter] = "缺一轮检查，经会议决定统一计95分"


def vetoes(
    villages: pl.DataFrame, alive: NDArray[np.bool_], periods: Sequence[str], rng: np.random.Generator
) -> dict[str, Cells]:
    """The registers behind vetoes: zeros, and the few events of ``data/vetoes.csv`` at villages drawn by lot."""
    shape = (villages.height, HISTORY + len(periods))
    found = {
        row["code"]: Cells(Drawn(np.zeros(shape), np.zeros(shape, dtype=bool))) for row in places.rows("registers.csv")
    }
    events = places.rows("vetoes.csv")
    lasting = np.flatnonzero(alive.all(axis=1) & (villages["cropland_mu"].to_numpy() > 500))
    for event, unit in zip(events, rng.choice(lasting, len(events), replace=False), strict=True):
        quarter = periods.index(event["period"])
        found[event["indicator"]].drawn.value[unit, HISTORY + quarter] = 1.0
        found[event["indicator"]].notes[int(unit), quarter] = event["note"]
    return found
