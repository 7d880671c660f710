"""What pairing computes for measures 由结对计算的指标: 结对帮带成效 (F4), see ``bonus``."""

from collections.abc import Iterator

import polars as pl
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kanjian.boards.models import Board
from kanjian.boards.store.folders import StoreError
from kanjian.measures import derived
from kanjian.orgs.models import Unit, UnitQuerySet
from kanjian.orgs.policies import Person
from kanjian.orgs.tree import ids_below
from kanjian.pairing import policies
from kanjian.pairing.bonus import COUNTED, pairing_results

PAIRING_RESULT = "pairing.result"
NO_PAIR = "未结对或尚不可比"  # stored with the value, as every note is


def register() -> None:
    """Tell the room of measures."""
    derived.register(PAIRING_RESULT, pairing_result, gettext_lazy("结对帮带成效（结对双方同分）"), pairs_of)


def pairing_result(units: UnitQuerySet, period: str, board_code: str) -> pl.DataFrame:
    """Points of both sides for what the mentee gained, from the editions before ``period``.

    Units without a pair, or whose pair cannot be compared yet: not applicable. Raises ``ComputationError`` for an
    unknown board or lost files.
    """
    board = Board.objects.filter(code=board_code).first()
    if board is None:
        raise derived.ComputationError(_("没有榜单“%(code)s”：写成 pairing.result:榜单代码") % {"code": board_code})
    own = units.filter(kind=board.unit_kind).order_by("code")
    if board.root_id is not None:
        own = own.filter(pk__in=ids_below([board.root_id]))
    try:
        points = pairing_results(board, period)
    except StoreError as error:
        raise derived.ComputationError(str(error)) from error
    rows = [
        (code, points.get(code), *(("present", "") if code in points else ("not_applicable", NO_PAIR)))
        for code in own.values_list("code", flat=True)
    ]
    basis = "pairing.result: 15 × mean share of the gap closed"
    return pl.DataFrame(
        [(*row, basis if row[1] is not None else "") for row in rows], schema=derived.FRAME, orient="row"
    )


def pairs_of(unit: Unit, _period: str, board_code: str, reader: Person) -> Iterator[derived.Basis]:
    """The pairs that a unit's points come from, as links."""
    mine = Q(mentee=unit) | Q(mentor=unit)
    pairs = policies.visible_pairs(reader).filter(mine, round__board__code=board_code, state__in=COUNTED)
    for pair in pairs.select_related("mentee", "mentor", "round__edition"):
        label = f"{pair} {pair.round.edition.period}"
        yield derived.Basis(label, reverse("pairing:pair", args=[pair.round_id, pair.pk]))
