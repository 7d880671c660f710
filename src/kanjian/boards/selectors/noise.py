"""Which movements are more than noise 超出波动: those whose rank intervals before and after do not touch."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from kanjian.boards.models import Edition
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.selectors.shapes import BoardRow
from kanjian.boards.store.folders import StoreError
from kanjian.scoring.robustness import beyond_noise


def marked(edition: Edition, rows: Sequence[BoardRow]) -> list[BoardRow]:
    """The rows, those marked that moved further than both intervals allow; derived on reading, so old editions say it
    too.
    """
    moved = [row.unit for row in rows if row.movement and row.rank_low is not None]
    past = _intervals(edition, moved) if moved else {}
    return [_marked(row, past.get(row.unit)) for row in rows]


def _marked(row: BoardRow, before: tuple[int, int] | None) -> BoardRow:
    if before is None or row.rank_low is None or row.rank_high is None:
        return row
    return replace(row, is_beyond_noise=beyond_noise(before, (row.rank_low, row.rank_high)) != 0)


def _intervals(edition: Edition, units: list[str]) -> dict[str, tuple[int, int]]:
    """Best and worst plausible place of the units in the edition before."""
    if edition.previous is None:
        return {}
    try:
        scores = files_of(edition.previous).scores()
    except StoreError:  # a lost file is the health check's matter
        return {}
    rows = scores.filter(pl.col("unit").is_in(units)).select("unit", "rank_low", "rank_high").drop_nulls().collect()
    return {unit: (low, high) for unit, low, high in rows.iter_rows()}
