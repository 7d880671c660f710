"""Definitions of indicators, from a table or from elsewhere 指标定义. Reading and checking, nothing is written."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from kanjian.measures.intake import Findings, IntakeError, Options, Problem, Source
from kanjian.measures.intake.reading import read_table
from kanjian.measures.models import Indicator
from kanjian.measures.redlines import NATURE_WORDS
from kanjian.orgs.models import Unit
from kanjian.tables import normal

# Column → the headings that mean it, compared without spaces and in lower case.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "编码", "代码", "指标编码", "指标代码", "indicator"),
    "name": ("name", "名称", "指标", "指标名称"),
    "name_en": ("name_en", "英文名", "英文名称"),
    "unit": ("unit", "unit_of_measure", "计量单位", "单位"),
    "direction": ("direction", "better", "方向"),
    "source": ("source", "department", "责任部门", "数据来源", "来源"),
    "description": ("description", "说明", "口径"),
    "decimals": ("decimals", "小数位", "小数位数"),
    "minimum": ("minimum", "下限"),
    "maximum": ("maximum", "上限"),
    "system": ("system", "system_of_record", "来源方式", "数据来源方式"),
    "reporter_kind": ("reporter_kind", "reporter", "填报层级"),
    "derived_by": ("derived_by", "计算方式"),
    "release_note": ("release_note", "发布说明"),
    "semantic_code": ("semantic_code", "语义编码"),
    "nature": ("nature", "性质", "指标性质"),
}
DIRECTIONS = {
    **dict.fromkeys(("up", "+", "1", "越高越好", "正向", "higher"), True),
    **dict.fromkeys(("down", "-", "-1", "越低越好", "逆向", "负向", "lower"), False),
}
MOST_DECIMALS = 9
SYSTEMS = {
    **{value: value for value in Indicator.Source.values},
    **{"填报": "entered", "导入": "imported", "系统计算": "computed", "计算": "computed"},
    **{"统计引用": "reference", "统计": "reference"},
}
KINDS = {
    **{value: value for value in Unit.Kind.values},
    **{"市": "city", "区县": "county", "县": "county", "乡镇街道": "township", "乡镇": "township"},
    **{"村": "village", "社区": "community", "部门": "department", "专班": "task_force", "功能区": "area"},
}


@dataclass(frozen=True, slots=True)
class Definition:
    """What an indicator is; ``source`` names the department that answers for it, as people write it.

    ``system`` is the system of record, ``reporter_kind``, ``derived_by`` and ``release_note`` what it says of it; blank
    texts leave what is registered.
    """

    code: str
    name: str
    name_en: str = ""
    unit: str = ""
    higher_is_better: bool = True
    source: str = ""
    description: str = ""
    decimals: int = 2
    minimum: float | None = None
    maximum: float | None = None
    system: str = ""
    reporter_kind: str = ""
    derived_by: str = ""
    release_note: str = ""
    semantic_code: str = ""
    nature: str = ""


def read_definitions(source: Source) -> list[Definition]:
    """The definitions of a CSV, XLSX or Parquet file, one row each (headings: ``HEADINGS``; code and name required).

    Raises ``IntakeError`` with every problem by row and column.
    """
    table = read_table(source, Options(), HEADINGS["code"])
    columns = _columns(table.frame)
    problems = [
        Problem("no_heading", table.first_row - 1, value=name) for name in ("code", "name") if name not in columns
    ]
    if problems:
        raise IntakeError(Findings.of(problems))
    frame = table.frame.select(pl.col(heading).cast(pl.String).alias(name) for name, heading in columns.items())
    rows = [
        (number, {name: (text or "").strip() for name, text in row.items()})
        for number, row in enumerate(frame.iter_rows(named=True), start=table.first_row)
        if any(row.values())
    ]
    problems = [problem for number, row in rows for problem in _problems(number, row)]
    problems += _repeated(rows)
    if problems:
        raise IntakeError(Findings.of(problems))
    return [_definition(row) for _number, row in rows]


def _columns(frame: pl.DataFrame) -> dict[str, str]:
    """Column → heading in the file; the first heading that means it counts, others are left alone."""
    found: dict[str, str] = {}
    for heading in frame.columns:
        column = next((name for name, words in HEADINGS.items() if normal(heading) in words), None)
        if column is not None:
            found.setdefault(column, heading)
    return found


def _problems(number: int, row: dict[str, str]) -> Iterator[Problem]:
    for column in ("code", "name"):
        if not row[column]:
            yield Problem("blank_definition", number, column)
    direction = row.get("direction", "").lower()
    if direction and direction not in DIRECTIONS:
        yield Problem("bad_direction", number, "direction", value=direction)
    nature = row.get("nature", "").lower()
    if nature and nature not in NATURE_WORDS:
        yield Problem("bad_nature", number, "nature", value=nature)
    decimals = row.get("decimals", "")
    if decimals and not (decimals.isascii() and decimals.isdigit() and int(decimals) <= MOST_DECIMALS):
        yield Problem("bad_decimals", number, "decimals", value=decimals)
    for column, words, code in (("system", SYSTEMS, "bad_system"), ("reporter_kind", KINDS, "bad_kind")):
        word = row.get(column, "").lower()
        if word and word not in words:
            yield Problem(code, number, column, value=word)
    for column in ("minimum", "maximum"):
        text = row.get(column, "")
        if text and _number(text) is None:
            yield Problem("not_number", number, column, value=text)


def _repeated(rows: list[tuple[int, dict[str, str]]]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, row in rows:
        if row["code"] and first.setdefault(row["code"], number) != number:
            yield Problem("repeated_definition", number, "code", value=row["code"])


def _definition(row: dict[str, str]) -> Definition:
    return Definition(
        code=row["code"],
        name=row["name"],
        name_en=row.get("name_en", ""),
        unit=row.get("unit", ""),
        higher_is_better=DIRECTIONS.get(row.get("direction", "").lower(), True),
        source=row.get("source", ""),
        description=row.get("description", ""),
        decimals=int(row.get("decimals") or 2),
        minimum=_number(row.get("minimum", "")),
        maximum=_number(row.get("maximum", "")),
        system=SYSTEMS.get(row.get("system", "").lower(), ""),
        reporter_kind=KINDS.get(row.get("reporter_kind", "").lower(), ""),
        derived_by=row.get("derived_by", ""),
        release_note=row.get("release_note", ""),
        semantic_code=row.get("semantic_code", ""),
        nature=NATURE_WORDS.get(row.get("nature", "").lower(), ""),
    )


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
