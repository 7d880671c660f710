"""A year's State Council holiday notice 国务院放假通知 as a small file, checked line by line. Pure.

CSV with the columns ``date,kind,name`` (Chinese headings 日期、类型、名称 are read too) or JSON: a list of
objects with the same keys. ``kind`` is ``off`` / 休 for a day off, ``work`` / 班 for a weekend day worked instead 调休.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kanjian.calendars.seed import NoticeDay
from kanjian.calendars.working_time import RULED_BY_NEXT_NOTICE

_HEADINGS = {"日期": "date", "类型": "kind", "名称": "name"}
_KINDS = {"off": False, "休": False, "work": True, "班": True}
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class NoticeProblem:
    """What is wrong with one line of the file; row 1 is the heading, row 0 the file as a whole."""

    row: int
    column: str
    message: str
    remedy: str


class NoticeError(ValueError):
    """The notice was not loaded; ``problems`` says why, all of it."""

    def __init__(self, problems: list[NoticeProblem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{p.row}/{p.column}: {p.message}" for p in problems))


def parse_notice(content: bytes, year: int) -> list[NoticeDay]:
    """The notice's days in order; ``NoticeError`` with every problem of the file otherwise."""
    rows = list(_rows(content))
    problems: list[NoticeProblem] = []
    days: dict[date, NoticeDay] = {}
    for number, row in rows:
        day = _read_day(number, row, year, problems)
        if day is None:
            continue
        if day.day in days:
            problems.append(
                NoticeProblem(number, "date", _("%(day)s 重复出现") % {"day": day.day}, _("同一天只保留一行"))
            )
        days[day.day] = day
    problems += _whole(days, year)
    if problems:
        raise NoticeError(problems)
    return sorted(days.values())


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    text = _decode(content)
    if text.lstrip().startswith(("[", "{")):
        yield from enumerate(_json_rows(text), start=2)
        return
    reader = csv.reader(io.StringIO(text))
    headings = [_HEADINGS.get(name.strip(), name.strip().lower()) for name in next(reader, [])]
    if not {"date", "kind"} <= set(headings):
        raise NoticeError(
            [NoticeProblem(1, "", _("表头缺少 date（日期）或 kind（类型）"), _("第一行写：date,kind,name"))]
        )
    for number, cells in enumerate(reader, start=2):
        if any(cell.strip() for cell in cells):
            yield number, dict(zip(headings, cells, strict=False))


def _decode(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NoticeError([NoticeProblem(0, "", _("文件编码无法识别"), _("另存为 UTF-8 或 GB18030 编码"))])


def _json_rows(text: str) -> Iterable[dict[str, Any]]:
    try:
        rows = json.loads(text)
    except json.JSONDecodeError as error:
        message = _("JSON 有误：%(error)s") % {"error": error}
        raise NoticeError([NoticeProblem(error.lineno, "", message, _("用 JSON 工具检查文件"))]) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise NoticeError(
            [NoticeProblem(0, "", _("JSON 应为对象的列表"), '[{"date": "2027-01-01", "kind": "off", "name": "元旦"}]')]
        )
    return [{_HEADINGS.get(key, key): value for key, value in row.items()} for row in rows]


def _read_day(number: int, row: dict[str, Any], year: int, problems: list[NoticeProblem]) -> NoticeDay | None:
    kind = str(row.get("kind", "")).strip().lower()
    if kind not in _KINDS:
        problems.append(
            NoticeProblem(number, "kind", _("类型“%(kind)s”无法识别") % {"kind": kind}, _("写 off（休）或 work（班）"))
        )
        return None
    text = str(row.get("date", "")).strip()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        problems.append(
            NoticeProblem(number, "date", _("“%(text)s”不是日期") % {"text": text}, _("按 2027-01-01 的格式填写"))
        )
        return None
    belongs = day.year == year or (day.year == year - 1 and day.month == 12 and day.day >= RULED_BY_NEXT_NOTICE)
    if not belongs:
        message = _("%(day)s 不属于 %(year)s 年的放假通知") % {"day": day, "year": year}
        problems.append(NoticeProblem(number, "date", message, _("删除该行，或改用正确的年份导入")))
        return None
    if _KINDS[kind] and day.weekday() < 5:
        message = _("%(day)s 不是周末，本来就上班") % {"day": day}
        problems.append(NoticeProblem(number, "kind", message, _("核对日期；调休上班日只能是周六、周日")))
    return NoticeDay(day, _KINDS[kind], str(row.get("name") or "").strip())


def _whole(days: dict[date, NoticeDay], year: int) -> Iterator[NoticeProblem]:
    """Without these three days off the file is a fragment, and its year must not become official."""
    for month, name in ((1, "元旦"), (5, "劳动节"), (10, "国庆节")):
        first = date(year, month, 1)
        if first not in days or days[first].is_workday:
            message = _("缺少 %(day)s（%(name)s）放假") % {"day": first, "name": name}
            yield NoticeProblem(0, "date", message, _("补全通知中的所有放假日和调休上班日"))
