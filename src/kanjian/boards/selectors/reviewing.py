"""A draft beside another edition 审核: who moved, who came and went, which bands changed."""

from dataclasses import dataclass

import polars as pl

from kanjian.boards.models import Edition
from kanjian.boards.selectors.editions import files_of, head
from kanjian.boards.selectors.shapes import EditionHead, in_language

COLUMNS = ("unit", "name", "name_en", "track", "track_rank", "score", "band")
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Change:
    """One unit in both editions; ``places`` is positive for places won, None where tracks or ranks do not compare."""

    unit: str
    label: str
    rank_before: float | None
    rank: float | None
    places: float | None
    score_before: float | None
    score: float | None
    band_before: str | None
    band: str | None

    @property
    def gain(self) -> float | None:
        """Points won or lost."""
        if self.score is None or self.score_before is None:
            return None
        return self.score - self.score_before


@dataclass(frozen=True, slots=True)
class Difference:
    """Two editions side by side, counted over all units; ``rows`` are the units that moved most."""

    before: EditionHead
    same_method: bool
    same_content: bool
    both: int
    up: int
    down: int
    level: int
    entered: int
    left: int
    bands: int
    rows: list[Change]


def standing(edition: Edition) -> Edition | None:
    """The published edition of the same period that this one would replace."""
    others = Edition.objects.filter(board=edition.board_id, period=edition.period, state=Edition.State.PUBLISHED)
    return others.exclude(pk=edition.pk).select_related("board__root", "scheme", "release").first()


def difference(edition: Edition, other: Edition) -> Difference:
    """What changes from ``other`` to ``edition``. Raises ``StoreError`` when files of one are not there."""
    now, before = _scores(edition), _scores(other)
    joined = now.join(before, on="unit", how="inner", suffix="_before")
    joined = joined.with_columns(
        pl.when(pl.col("track").eq_missing(pl.col("track_before")))
        .then(pl.col("track_rank_before") - pl.col("track_rank"))
        .alias("places")
    )
    moved = joined["places"].drop_nulls()
    return Difference(
        before=head(other),
        same_method=edition.scheme.hash == other.scheme.hash,
        same_content=edition.hash == other.hash,
        both=joined.height,
        up=int((moved > 0).sum()),
        down=int((moved < 0).sum()),
        level=int((moved == 0).sum()),
        entered=now.height - joined.height,
        left=before.height - joined.height,
        bands=joined.filter(pl.col("band").ne_missing(pl.col("band_before"))).height,
        rows=_rows(joined, edition),
    )


def _scores(edition: Edition) -> pl.DataFrame:
    return files_of(edition).scores().select(COLUMNS).collect()


def _rows(joined: pl.DataFrame, edition: Edition) -> list[Change]:
    ladder = {band["code"]: in_language(band["name"], band["name_en"]) for band in files_of(edition).summary["bands"]}
    distance = pl.col("places").abs(), (pl.col("score") - pl.col("score_before")).abs()
    differs = (distance[0].fill_null(0) > 0) | (distance[1].fill_null(0) > 0) | pl.col("places").is_null()
    order = joined.filter(differs).sort(*distance, "unit", descending=[True, True, False], nulls_last=True)
    return [
        Change(
            unit=row["unit"],
            label=in_language(row["name"], row["name_en"]),
            rank_before=row["track_rank_before"],
            rank=row["track_rank"],
            places=row["places"],
            score_before=row["score_before"],
            score=row["score"],
            band_before=ladder.get(row["band_before"], row["band_before"]),
            band=ladder.get(row["band"], row["band"]),
        )
        for row in order.head(SHOWN).iter_rows(named=True)
    ]
