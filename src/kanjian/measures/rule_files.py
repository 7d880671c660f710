"""Rules in a file 勾稽关系文件: reading and checking, nothing is written. CSV, XLSX or Parquet, one rule a row."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import polars as pl

from kanjian.measures.intake import Findings, IntakeError, Options, Problem, Source
from kanjian.measures.intake.reading import read_table
from kanjian.measures.models import Rule
from kanjian.orgs.models import Unit
from kanjian.tables import normal

# Column → the headings that mean it.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "编码", "代码"),
    "name": ("name", "名称", "勾稽关系"),
    "name_en": ("name_en", "英文名", "英文名称"),
    "left": ("left", "左边", "左式"),
    "operator": ("operator", "关系", "运算符"),
    "right": ("right", "右边", "右式"),
    "importance": ("importance", "重要性", "级别"),
    "instruction": ("instruction", "处理要求", "说明"),
    "instruction_en": ("instruction_en", "英文说明"),
    "unit_kind": ("unit_kind", "单位类型"),
}
NEEDED = ("code", "name", "left", "operator", "right", "instruction")
OPERATORS = {
    **{value: value for value in Rule.Operator.values},
    **{"=": "equal", "==": "equal", "≠": "not_equal", "!=": "not_equal", ">": "greater", "≥": "greater_equal"},
    **{">=": "greater_equal", "<": "less", "≤": "less_equal", "<=": "less_equal"},
}
IMPORTANCE = {**{value: value for value in Rule.Importance.values}, "高": "high", "中": "medium", "低": "low"}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule as a file says it, with the line it stands on."""

    row: int
    code: str
    name: str
    left: str
    operator: str
    right: str
    instruction: str
    name_en: str = ""
    importance: str = Rule.Importance.MEDIUM
    instruction_en: str = ""
    unit_kind: str = ""

    def columns(self) -> dict[str, str]:
        """What ``define_rule`` takes besides the code."""
        return {name: value for name, value in asdict(self).items() if name not in {"row", "code"}}


def read_rules(source: Source) -> list[RuleRow]:
    """The rules of a file. Raises ``IntakeError`` with every problem by row and column."""
    table = read_table(source, Options(), HEADINGS["code"])
    found = {normal(heading): heading for heading in table.frame.columns}
    columns = {
        name: found[normal(heading)]
        for name, headings in HEADINGS.items()
        for heading in headings
        if normal(heading) in found
    }
    absent = [Problem("no_heading", table.first_row - 1, value=name) for name in NEEDED if name not in columns]
    if absent:
        raise IntakeError(Findings.of(absent))
    frame = table.frame.select(pl.col(heading).cast(pl.String).alias(name) for name, heading in columns.items())
    rows = [
        (number, {name: (text or "").strip() for name, text in row.items()})
        for number, row in enumerate(frame.iter_rows(named=True), start=table.first_row)
        if any(row.values())
    ]
    problems = [problem for number, row in rows for problem in _problems(number, row)]
    codes = [row["code"] for _number, row in rows]
    problems += [
        Problem("repeated_rule", number, "code", value=row["code"])
        for place, (number, row) in enumerate(rows)
        if row["code"] in codes[:place]
    ]
    if problems:
        raise IntakeError(Findings.of(problems))
    return [_rule(number, row) for number, row in rows]


def _problems(number: int, row: Mapping[str, str]) -> list[Problem]:
    found = [Problem("blank_rule", number, name) for name in NEEDED if not row[name]]
    if row["operator"] and row["operator"] not in OPERATORS:
        found.append(Problem("bad_operator", number, "operator", value=row["operator"]))
    if row.get("importance") and row["importance"] not in IMPORTANCE:
        found.append(Problem("bad_importance", number, "importance", value=row["importance"]))
    if row.get("unit_kind") and row["unit_kind"] not in Unit.Kind.values:
        found.append(Problem("bad_unit_kind", number, "unit_kind", value=row["unit_kind"]))
    return found


def _rule(number: int, row: Mapping[str, str]) -> RuleRow:
    texts = {name: row[name] for name in ("name_en", "instruction_en", "unit_kind") if row.get(name)}
    return RuleRow(
        row=number,
        code=row["code"],
        name=row["name"],
        left=row["left"],
        operator=OPERATORS[row["operator"]],
        right=row["right"],
        instruction=row["instruction"],
        importance=IMPORTANCE[row.get("importance") or "medium"],
        **texts,
    )
