"""Which movements are more than noise 超出波动: those whose rank intervals before and after do not touch."""

import numpy as np
import numpy.typing as npt
import polars as pl
from django.conf import settings

from kanjian.boards.models import Edition
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.sight import NOISE
from kanjian.boards.store.editions import EditionFiles, open_edition
from kanjian.boards.store.folders import StoreError
from kanjian.boards.store.keeping import kept

UNKNOWN, BEYOND = -1, 1
Marks = npt.NDArray[np.int8] | None


def marks(edition: Edition) -> Marks:
    """What ``beyond`` looks at; derived on reading, so old editions say it too. None without an edition before."""
    if edition.previous is None:
        return None
    try:
        return _marks(files_of(edition), edition.previous.hash)
    except StoreError:  # a lost file is the health check's matter
        return None


def beyond(found: Marks, position: int, movement: int | None, rank_low: int | None) -> bool | None:
    """Whether a unit moved further than both intervals allow; None where it did not move or an interval is missing or
    withheld.
    """
    if found is None or not movement or rank_low is None or found[position] == UNKNOWN:
        return None
    return bool(found[position] == BEYOND)


def with_marks(edition: Edition, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``scores`` with what ``beyond`` says of each in the column ``beyond_noise`` (Boolean)."""
    found = marks(edition)
    if found is None:
        return rows.with_columns(pl.lit(None, pl.Boolean).alias(NOISE))
    told = pl.Series(found[rows["position"].to_numpy()], dtype=pl.Int8)
    has_moved = pl.col("movement").fill_null(0) != 0
    return rows.with_columns(pl.when(has_moved & (told != UNKNOWN)).then(told == BEYOND).alias(NOISE))


@kept(2)
def _marks(files: EditionFiles, previous: str) -> npt.NDArray[np.int8]:
    """For each row whether its interval and that in the previous edition stand apart: a byte for each unit, so that a
    page looks at its own rows alone. The rule is ``scoring.robustness.beyond_noise``.
    """
    columns = ("unit", "rank_low", "rank_high")
    before = open_edition(settings.HOME, previous).scores().select(columns)
    both = files.scores().select(columns).join(before, on="unit", how="left", suffix="_before", maintain_order="left")
    apart = (pl.col("rank_high") < pl.col("rank_low_before")) | (pl.col("rank_low") > pl.col("rank_high_before"))
    known = pl.all_horizontal(pl.exclude("unit").is_not_null())
    marks = both.select(pl.when(known).then(apart.cast(pl.Int8)).otherwise(UNKNOWN).cast(pl.Int8)).collect()
    found: npt.NDArray[np.int8] = marks.to_series().to_numpy()
    return found
