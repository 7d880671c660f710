"""One period under two versions side by side 两版对照: unit by unit, place by place, and what the method did to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.conf import settings
from django.http import Http404
from scipy.stats import kendalltau

from kanjian.boards.models import Board, Edition, Replay
from kanjian.boards.rebuild import field_result, unit_result
from kanjian.boards.selectors.shapes import Facet, Share, in_language
from kanjian.boards.selectors.table import facets, whole
from kanjian.boards.store.editions import EditionFiles, open_edition
from kanjian.boards.store.folders import StoreError
from kanjian.scoring import Result
from kanjian.scoring.explanation import ExplanationError, gap

SIZE = 25
CAUSES = 3
COLUMNS = ("unit", "name", "name_en", "track", "track_rank", "track_size", "score", "band")


@dataclass(frozen=True, slots=True)
class SideHead:
    """One of the two: an edition or a replay."""

    token: str
    period: str
    state: str  # draft | objection | published | superseded | replay
    version: str
    hash: str
    release: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BesideRow:
    """One unit: its places under both versions, and the nodes that changed its score most."""

    unit: str
    label: str
    rank_a: float | None
    rank_b: float | None
    size: int | None
    places: float | None  # won (+) or lost (-) from a to b
    score_a: float | None
    score_b: float | None
    why: list[Share]

    @property
    def gain(self) -> float | None:
        """Points from a to b."""
        return None if self.score_a is None or self.score_b is None else self.score_b - self.score_a


@dataclass(frozen=True, slots=True)
class Beside:
    """Both versions, how much they agree, and a page of units, the largest moves first."""

    a: SideHead
    b: SideHead
    same_release: bool
    both: int
    moved: int
    median_move: float
    largest_move: float
    kendall: float | None
    bands: int
    rows: list[BesideRow]
    page: int
    pages: int
    tracks: list[Facet]


def side(board: Board, token: str) -> Edition | Replay:
    """``e12`` is edition 12 of the board, ``r3`` replay 3; ``Http404`` for anything else."""
    kind, number = token[:1], token[1:]
    if number.isascii() and number.isdigit() and len(number) < 10:
        found: Edition | Replay | None = None
        if kind == "e":
            found = board.editions.select_related("scheme", "release").filter(pk=int(number)).first()
        elif kind == "r":
            found = board.replays.select_related("scheme", "release").filter(pk=int(number)).first()
        if found is not None:
            return found
    raise Http404(f"no edition or replay {token!r}")


def side_head(found: Edition | Replay) -> SideHead:
    """What the head of a column says."""
    is_replay = isinstance(found, Replay)
    return SideHead(
        token=f"{'r' if is_replay else 'e'}{found.pk}",
        period=found.period,
        state="replay" if isinstance(found, Replay) else str(found.state),
        version=found.scheme.version,
        hash=found.hash,
        release=found.release.hash,
        created_at=found.created_at,
    )


def beside(a: Edition | Replay, b: Edition | Replay, *, track: str = "", page: int = 1) -> Beside:
    """Two computations of one period. Raises ``StoreError`` when files of one are not there."""
    then, now = open_edition(settings.HOME, a.hash), open_edition(settings.HOME, b.hash)
    joined = _joined(then, now)
    moves = joined["places"].drop_nulls().abs()
    median: Any = moves.median()
    most: Any = moves.max()
    chosen = joined.filter(pl.col("track") == track) if track else joined
    order = chosen.sort(pl.col("places").abs(), (pl.col("score") - pl.col("score_a")).abs(), "unit",
                        descending=[True, True, False], nulls_last=True)  # fmt: skip
    pages = max(1, -(-order.height // SIZE))
    page = min(max(1, page), pages)
    return Beside(
        a=side_head(a),
        b=side_head(b),
        same_release=a.release_id == b.release_id,
        both=joined.height,
        moved=int((moves > 0).sum()),
        median_move=median or 0.0,
        largest_move=most or 0.0,
        kendall=agreement(joined["score_a"], joined["score"]),
        bands=joined.filter(pl.col("band").ne_missing(pl.col("band_a"))).height,
        rows=[_row(then, now, row) for row in order.slice((page - 1) * SIZE, SIZE).iter_rows(named=True)],
        page=page,
        pages=pages,
        tracks=facets(now).tracks,
    )


def agreement(before: pl.Series, after: pl.Series) -> float | None:
    """Kendall's τ-b of two columns of scores over units that have both; None of fewer than two, or where all tie."""
    both = pl.DataFrame([before.alias("a"), after.alias("b")]).drop_nulls()
    if both.height < 2:
        return None
    # Equal orders give 1 up to the last bit; nobody wants to read 0.9999999999999998.
    tau = round(float(kendalltau(both["a"].to_numpy(), both["b"].to_numpy()).statistic), 12)
    return None if tau != tau else tau  # noqa: PLR0124 - not a number where one side is all ties


def _joined(then: EditionFiles, now: EditionFiles) -> pl.DataFrame:
    before = then.scores().select(COLUMNS).collect().rename({name: f"{name}_a" for name in COLUMNS if name != "unit"})
    joined = now.scores().select(COLUMNS).collect().join(before, on="unit", how="inner")
    same = pl.col("track").eq_missing(pl.col("track_a"))
    return joined.with_columns(pl.when(same).then(pl.col("track_rank_a") - pl.col("track_rank")).alias("places"))


def _row(then: EditionFiles, now: EditionFiles, row: dict[str, Any]) -> BesideRow:
    return BesideRow(
        unit=row["unit"],
        label=in_language(row["name"], row["name_en"]),
        rank_a=whole(row["track_rank_a"]),
        rank_b=whole(row["track_rank"]),
        size=row["track_size"],
        places=row["places"],
        score_a=row["score_a"],
        score_b=row["score"],
        why=_why(then, now, row),
    )


def _why(then: EditionFiles, now: EditionFiles, row: dict[str, Any]) -> list[Share]:
    """The nodes whose part of the score changed most; exact, since the gap is split over all nodes without a rest."""
    before, after = _result(then, row["track_a"], row["unit"]), _result(now, row["track"], row["unit"])
    if before is None or after is None or row["score"] is None or row["score_a"] is None:
        return []
    try:
        parts = gap(after, row["unit"], row["unit"], versus_result=before).by_node()
    except (ExplanationError, StoreError):
        return []
    names = {node.code: (node.name, node.name_en) for files in (then, now) for node in files.scheme.nodes()}
    largest = sorted(parts.items(), key=lambda item: -abs(item[1]))[:CAUSES]
    return [Share(code, *names.get(code, ("", "")), points) for code, points in largest if points]


def _result(files: EditionFiles, track: str | None, unit: str) -> Result | None:
    return field_result(files, track) or unit_result(files, unit)
