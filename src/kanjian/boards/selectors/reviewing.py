"""A draft beside another edition 审核: who moved how far and why, largest surprises first; who came and went.

Surprise is how far a unit moved in its track, measured by what was to be expected: half of its rank interval, or its
usual movement over the last editions, whichever is more, and one place at least. Three means: three times as far.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import polars as pl
from django.conf import settings

from kanjian.boards import words
from kanjian.boards.chains import earlier
from kanjian.boards.corrections import corrections
from kanjian.boards.models import Edition
from kanjian.boards.rebuild import corrected_values, field_result, with_corrections
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.selectors.shapes import Named, Share, in_language
from kanjian.boards.store.editions import EditionFiles
from kanjian.boards.store.folders import StoreError
from kanjian.boards.store.releases import read_release
from kanjian.scoring import Result, Values
from kanjian.scoring.explanation import ExplanationError, change

COLUMNS = ("unit", "name", "name_en", "track", "track_rank", "track_size", "score", "band", "rank_low", "rank_high")
SHOWN = 20
LISTED = 30  # units named one by one in the lists of those who came, went, changed their band or met a veto
USUAL = 4  # earlier editions that the usual movement is learnt from


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
    expected: float  # places that would not surprise
    surprise: float | None
    causes: tuple[Share, ...] = ()  # of the places, or of the points where there are no places to compare
    causes_of_score: bool = False

    @property
    def gain(self) -> float | None:
        """Points won or lost."""
        if self.score is None or self.score_before is None:
            return None
        return self.score - self.score_before


@dataclass(frozen=True, slots=True)
class Difference:
    """Two editions side by side, counted over all units; ``rows`` are the units that surprise most."""

    period_before: str
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
    newcomers: list[Named]
    leavers: list[Named]
    band_changes: list[Change]
    vetoed: list[Named]
    released: list[Named]  # had a veto before and have none now


def standing(edition: Edition) -> Edition | None:
    """The published edition of the same period that this one would replace."""
    others = Edition.objects.filter(board=edition.board_id, period=edition.period, state=Edition.State.PUBLISHED)
    return others.exclude(pk=edition.pk).select_related("board__root", "scheme", "release").first()


def last_draft(edition: Edition) -> Edition | None:
    """What was computed last for the same period before this one, whatever became of it."""
    others = Edition.objects.filter(board=edition.board_id, period=edition.period, pk__lt=edition.pk)
    return others.select_related("board__root", "scheme", "release").order_by("-pk").first()


def comparable(edition: Edition) -> list[Edition]:
    """What the edition may be set beside: the published one of its period, the last draft, the edition before."""
    found: dict[int, Edition] = {}
    for other in (standing(edition), edition.previous, last_draft(edition)):
        if other is not None:
            found.setdefault(other.pk, other)
    return list(found.values())


def difference(edition: Edition, other: Edition) -> Difference:
    """What changes from ``other`` to ``edition``. Raises ``StoreError`` when files of one are not there."""
    return file_difference(files_of(edition), files_of(other), _past(edition))


def _past(edition: Edition) -> tuple[EditionFiles, ...]:
    """The files of the last editions before; those that are gone are left out (the health check says so)."""
    found = []
    for each in earlier(edition.board, edition.period, USUAL):
        try:
            found.append(files_of(each))
        except StoreError:
            continue
    return tuple(found)


def file_difference(now: EditionFiles, before: EditionFiles, past: Sequence[EditionFiles] = ()) -> Difference:
    """The same from the files alone, for a candidate that no row knows yet."""
    language = in_language("zh", "en")  # what is kept is in the reader's language
    return _difference(now, before, tuple(past), language)


@lru_cache(maxsize=64)
def _difference(now: EditionFiles, before: EditionFiles, past: tuple[EditionFiles, ...], _language: str) -> Difference:
    one, two = (files.scores().select(COLUMNS).collect() for files in (now, before))
    joined = _surprising(one.join(two, on="unit", how="inner", suffix="_before"), past)
    moved = joined["places"].drop_nulls()
    rows = _changes(joined.filter(_differs()).head(SHOWN), now)
    band_rows = joined.filter(pl.col("band").ne_missing(pl.col("band_before")))
    vetoed, vetoed_before = _vetoed(now), _vetoed(before)
    return Difference(
        period_before=str(before.summary["period"]),
        same_method=now.scheme.hash == before.scheme.hash,
        same_content=now.manifest.hash == before.manifest.hash,
        both=joined.height,
        up=int((moved > 0).sum()),
        down=int((moved < 0).sum()),
        level=int((moved == 0).sum()),
        entered=one.height - joined.height,
        left=two.height - joined.height,
        bands=band_rows.height,
        rows=[_with_causes(row, now, before) for row in rows],
        newcomers=_named(one.join(two, on="unit", how="anti")),
        leavers=_named(two.join(one, on="unit", how="anti")),
        band_changes=_changes(band_rows.head(LISTED), now),
        vetoed=_named(one.filter(pl.col("unit").is_in(vetoed))),
        released=_named(two.filter(pl.col("unit").is_in(set(vetoed_before) - set(vetoed)))),
    )


def _differs() -> pl.Expr:
    """Rows that say anything: a place, a point, or no way to compare."""
    points = (pl.col("score") - pl.col("score_before")).abs().fill_null(0) > 0
    return (pl.col("places").abs().fill_null(0) > 0) | points | pl.col("places").is_null()


def _surprising(joined: pl.DataFrame, past: tuple[EditionFiles, ...]) -> pl.DataFrame:
    """With ``places``, ``expected`` and ``surprise``, the largest first."""
    same_track = pl.col("track").eq_missing(pl.col("track_before"))
    places = pl.when(same_track).then(pl.col("track_rank_before") - pl.col("track_rank")).alias("places")
    half = (pl.col("rank_high").cast(pl.Float64) - pl.col("rank_low").cast(pl.Float64)) / 2
    usual = _usual(past)
    frame = joined.join(usual, on="unit", how="left", maintain_order="left").with_columns(
        places, pl.max_horizontal(half, "usual", pl.lit(1.0)).alias("expected")
    )
    frame = frame.with_columns((pl.col("places").abs() / pl.col("expected")).alias("surprise"))
    gain = (pl.col("score") - pl.col("score_before")).abs()
    return frame.sort("surprise", gain, "unit", descending=[True, True, False], nulls_last=True)


def _usual(past: tuple[EditionFiles, ...]) -> pl.DataFrame:
    """Per unit the median of its moves between the editions before, in places of the track."""
    frames = [files.scores().select("unit", "track", "track_rank").collect() for files in past]
    steps = [pl.DataFrame(schema={"unit": pl.String, "step": pl.Float64})]
    for older, newer in pairwise(frames):
        both = newer.join(older, on=["unit", "track"], how="inner", suffix="_before", nulls_equal=True)
        steps.append(both.select("unit", (pl.col("track_rank") - pl.col("track_rank_before")).abs().alias("step")))
    return pl.concat(steps).drop_nulls().group_by("unit").agg(pl.col("step").median().alias("usual"))


def _vetoed(files: EditionFiles) -> list[str]:
    """Units on which a veto is in effect."""
    flagged = files.details().filter(pl.col("flags").str.contains('"veto"', literal=True))
    return flagged.select("unit").collect()["unit"].to_list()


def _named(frame: pl.DataFrame) -> list[Named]:
    return [Named(*row) for row in frame.select("unit", "name", "name_en").sort("unit").head(LISTED).iter_rows()]


def _changes(frame: pl.DataFrame, files: EditionFiles) -> list[Change]:
    ladder = {band["code"]: in_language(band["name"], band["name_en"]) for band in files.summary["bands"]}
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
            expected=row["expected"],
            surprise=row["surprise"],
        )
        for row in frame.iter_rows(named=True)
    ]


def _with_causes(row: Change, now: EditionFiles, before: EditionFiles) -> Change:
    """The row with why it moved: exact parts from the explanation; none where a score or a field is lacking."""
    here, there = now.row(row.unit), before.row(row.unit)
    if here is None or there is None:
        return row
    after, first = field_result(now, here["track"]), field_result(before, there["track"])
    if after is None or first is None:
        return row
    try:
        found = change(first, after, row.unit, corrected=_corrected(now, before, first))
    except ExplanationError:
        return row
    if found.rank is not None and row.places:
        return replace(row, causes=_shares({code: -places for code, places in found.rank.parts.items()}))
    return replace(row, causes=_shares(dict(found.parts.items())), causes_of_score=True)


def _corrected(now: EditionFiles, before: EditionFiles, first: Result) -> Values | None:
    """What the earlier data should have been: within one period every difference of the data is a correction."""
    if now.summary["period"] != before.summary["period"]:
        return corrected_values(now, first.values)
    return with_corrections(_cells_corrected(now, before), first.values)


@lru_cache(maxsize=32)
def _cells_corrected(now: EditionFiles, before: EditionFiles) -> pl.DataFrame:
    columns = (pl.col(f"input.{column}").alias(column) for column in before.scheme.inputs())
    inputs = before.details().select("unit", *columns).collect()
    release = read_release(settings.HOME, str(now.manifest.identity["release"]))
    return corrections(inputs, str(before.summary["period"]), release)


def _shares(parts: dict[str, float]) -> tuple[Share, ...]:
    """The parts that say something, the largest first."""
    ordered = sorted(parts.items(), key=lambda part: -abs(part[1]))
    return tuple(Share(code, words.cause(code), words.cause(code), size) for code, size in ordered if abs(size) > 1e-9)
