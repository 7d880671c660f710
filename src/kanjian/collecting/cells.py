"""One cell as somebody says it 单元格: typed, uploaded or sent; and how it is read."""

import math
import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from kanjian.measures.intake.values import LONGEST_NOTE, MISSING, NOT_APPLICABLE, UNCLEAR
from kanjian.measures.models import Indicator, Value

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
Status = Value.Status


@dataclass(frozen=True, slots=True)
class Cell:
    """What is said about one unit (code) and indicator (code).

    ``value``: a number, or a text as typed; empty: cleared. ``status`` empty: read from the value. ``note`` and
    ``evidence`` None: as they are. ``row``: line of the file it stands on.
    """

    unit: str
    indicator: str
    value: float | str | None = None
    status: str = ""
    note: str | None = None
    evidence: str | None = None
    evidence_name: str = ""
    row: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Codes of unit and indicator."""
        return self.unit, self.indicator


@dataclass(frozen=True, slots=True)
class Said:
    """A cell understood: number and status, or the code of what is wrong with it."""

    value: float | None
    status: str
    problem: str = ""


# What cannot be stored, with its remedy.
PROBLEMS = {
    "unclear_blank": gettext_lazy("写“未采集”或“不适用”，不要写“%(value)s”"),
    "percent": gettext_lazy("只写数字，不带百分号"),
    "not_number": gettext_lazy("“%(value)s”不是数字"),
    "not_finite": gettext_lazy("数字超出可以表示的范围"),
    "bad_status": gettext_lazy("状态“%(value)s”不认识"),
    "status_conflict": gettext_lazy("状态与数值矛盾"),
    "below_minimum": gettext_lazy("低于下限 %(limit)s"),
    "above_maximum": gettext_lazy("高于上限 %(limit)s"),
    "decimals": gettext_lazy("最多 %(limit)s 位小数"),
    "note_too_long": gettext_lazy("说明最多 300 个字"),
    "not_a_field": gettext_lazy("本次填报不收这个指标"),
    "not_a_subject": gettext_lazy("这份填报单不填这个单位"),
    "repeated": gettext_lazy("同一单元格写了两次"),
}


def read(cell: Cell, indicator: Indicator) -> Said:
    """Understand the cell and hold it against the indicator's limits."""
    said = _read(cell)
    if said.problem or said.value is None:
        return said
    if not math.isfinite(said.value):
        return Said(None, "", "not_finite")
    if indicator.minimum is not None and said.value < indicator.minimum:
        return Said(None, "", "below_minimum")
    if indicator.maximum is not None and said.value > indicator.maximum:
        return Said(None, "", "above_maximum")
    return said if _fits(said.value, indicator.decimals) else Said(None, "", "decimals")


def _fits(value: float, decimals: int) -> bool:
    """Whether the number has no more decimals than the indicator; the last bits of a float are no decimals."""
    return abs(value - round(value, decimals)) <= 1e-9 * max(1.0, abs(value))


def _read(cell: Cell) -> Said:
    if cell.note is not None and len(cell.note) > LONGEST_NOTE:
        return Said(None, "", "note_too_long")
    if cell.status and cell.status not in Status.values:
        return Said(None, "", "bad_status")
    said = _value(cell.value)
    if said.problem or not cell.status or said.status == cell.status:
        return said
    is_blank = cell.value is None or cell.value == ""
    contradicts = not is_blank or cell.status == Status.PRESENT
    return Said(None, "", "status_conflict") if contradicts else Said(None, cell.status)


def _value(value: float | str | None) -> Said:
    if value is None:
        return Said(None, Status.MISSING)
    if isinstance(value, bool):
        return Said(None, "", "not_number")
    if isinstance(value, (int, float)):
        return Said(float(value), Status.PRESENT)
    return _text(unicodedata.normalize("NFKC", value).strip())


def _text(text: str) -> Said:
    word = text.lower()
    if not text or word in MISSING:
        return Said(None, Status.MISSING)
    if word in NOT_APPLICABLE:
        return Said(None, Status.NOT_APPLICABLE)
    if word in UNCLEAR:
        return Said(None, "", "unclear_blank")
    plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    if _NUMBER.fullmatch(plain):
        return Said(float(plain), Status.PRESENT)
    return Said(None, "", "percent" if plain.endswith("%") else "not_number")
