"""What boards compute for measures 由榜单计算的指标: places gained in the track between the two editions before."""

from collections.abc import Iterator

import polars as pl
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kanjian.boards.models import Board, Edition
from kanjian.boards.policies import may_view
from kanjian.boards.store.editions import open_edition
from kanjian.boards.store.folders import StoreError
from kanjian.calendars.periods import Period
from kanjian.measures import derived
from kanjian.orgs.models import Unit, UnitQuerySet
from kanjian.orgs.policies import Person
from kanjian.orgs.tree import ids_below

RANK_GAIN = "boards.rank_gain"
NOT_COMPARABLE = "无可比前期"  # stored with the value, as every note is


def register() -> None:
    """Tell the room of measures."""
    derived.register(RANK_GAIN, rank_gain, gettext_lazy("同赛道进位幅度（前两期已发布榜单）"), editions_before)


def rank_gain(units: UnitQuerySet, period: str, board_code: str) -> pl.DataFrame:
    """Places that each of the board's units won in its track, as the published edition before ``period`` says.

    That edition counts them from the one before itself. Where there is none, the track changed or the unit is new, the
    indicator does not apply. Raises ``ComputationError`` for an unknown board or lost files.
    """
    board = Board.objects.filter(code=board_code).select_related("root").first()
    if board is None:
        raise derived.ComputationError(_("没有榜单“%(code)s”：写成 boards.rank_gain:榜单代码") % {"code": board_code})
    own = units.filter(kind=board.unit_kind).order_by("code")
    if board.root_id is not None:
        own = own.filter(pk__in=ids_below([board.root_id]))
    rows = pl.DataFrame({"unit": list(own.values_list("code", flat=True))}, schema={"unit": pl.String})
    edition = edition_before(board, period)
    gained, basis = _movements(edition), "" if edition is None else f"{edition.period} {edition.hash}"
    known = pl.col("value").is_not_null()
    return rows.join(gained, on="unit", how="left", maintain_order="left").select(
        "unit",
        "value",
        pl.when(known).then(pl.lit("present")).otherwise(pl.lit("not_applicable")).alias("status"),
        pl.when(known).then(pl.lit("")).otherwise(pl.lit(NOT_COMPARABLE)).alias("note"),
        pl.lit(basis).alias("basis"),
    )


def edition_before(board: Board, period: str) -> Edition | None:
    """The published edition of the period just before."""
    before = Period.parse(period).previous().code
    return Edition.objects.filter(board=board, period=before, state=Edition.State.PUBLISHED).first()


def editions_before(unit: Unit, period: str, board_code: str, reader: Person) -> Iterator[derived.Basis]:
    """The editions that a unit's gain was counted from, as links to its reports, newest first."""
    board = Board.objects.filter(code=board_code).first()
    edition = None if board is None else edition_before(board, period)
    while edition is not None:
        if may_view(reader, edition):
            label = _("%(board)s %(period)s（已发布）") % {"board": edition.board.name, "period": edition.period}
            yield derived.Basis(label, reverse("boards:report", args=[edition.board.code, edition.period, unit.code]))
        edition = edition.previous if edition.period == Period.parse(period).previous().code else None


def _movements(edition: Edition | None) -> pl.DataFrame:
    if edition is None:
        return pl.DataFrame(schema={"unit": pl.String, "value": pl.Float64})
    try:
        scores = open_edition(settings.HOME, edition.hash).scores()
    except StoreError as error:
        raise derived.ComputationError(str(error)) from error
    return scores.select("unit", pl.col("movement").cast(pl.Float64).alias("value")).collect()
