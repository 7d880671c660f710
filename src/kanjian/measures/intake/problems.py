"""What is wrong with a file, cell by cell, and how to mend it 问题清单.

A problem keeps its code and its particulars; the sentence is made when somebody reads it, in that reader's language.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from kanjian import tables

# How many problems are kept with their place; the rest is counted.
KEPT = 200

# code → (what is wrong, how to mend it); collected for the catalogues here, translated when they are read.
TEXTS: Mapping[str, tuple[str, str]] = {
    "unreadable": (_("文件无法读取：%(reason)s"), _("确认文件没有损坏，另存为 XLSX、CSV 或 Parquet 后重试")),
    "bad_option_period": (_("选定的周期“%(value)s”不是周期"), _("写 2026、2026-H1、2026-Q1 或 2026-03")),
    "unknown_type": (_("不支持的文件类型“%(value)s”"), _("另存为 XLSX、CSV 或 Parquet")),
    "too_large": (_("文件解压后超过 %(limit)s"), _("删去用不到的工作表和空白区域，或另存为 CSV")),
    "encoding": (_("文件编码无法识别"), _("另存为 UTF-8 或 GB18030（GBK）编码的 CSV")),
    "empty_file": (_("没有数据行"), _("表头之下至少要有一行数据")),
    "unknown_sheet": (_("没有名为“%(value)s”的工作表"), _("可选工作表：%(known)s")),
    "too_many_cells": (_("这一行有 %(cells)s 个单元格，表头只有 %(columns)s 个"), _("含逗号的内容要加引号")),
    "no_unit_column": (_("找不到单位列"), _("在表头中写“单位编码”（unit），或在选项中指定单位列")),
    "unknown_shape": (_("长表缺少“%(value)s”列"), _("长表需要单位、周期、指标、数值四列")),
    "duplicate_column": (_("表头“%(value)s”重复出现"), _("每个表头只保留一列")),
    "no_period": (_("没有说明是哪一期的数据"), _("在选项中选择周期，或在表中加“周期”（period）列")),
    "unknown_indicator_column": (
        _("表头“%(value)s”不是指标编码或名称"),
        _("改为指标编码，或勾选“忽略不认识的列”，或先登记该指标"),
    ),
    "no_indicator_column": (_("没有一列是已登记的指标"), _("用指标编码或名称作表头")),
    "blank_unit": (_("缺少单位"), _("填写单位编码")),
    "unknown_unit": (_("没有单位“%(value)s”"), _("核对单位编码；新单位先在组织机构中登记")),
    "ambiguous_unit": (_("有多个单位叫“%(value)s”"), _("改用单位编码")),
    "unit_not_yet": (_("单位“%(value)s”在该周期尚未设立（%(from)s 起）"), _("删除该行，或核对周期")),
    "unit_closed": (_("单位“%(value)s”在该周期已不存在（%(to)s 起）"), _("改填承接单位：%(successors)s")),
    "outside_scope": (_("单位“%(value)s”不在您的填报范围内"), _("只保留您负责的单位，或请系统管理员导入")),
    "other_department": (
        _("这项指标由其他部门负责"),
        _("只导入本部门负责的指标，或请系统管理员导入"),
    ),
    "blank_period": (_("缺少周期"), _("写 2026、2026-H1、2026-Q1 或 2026-03")),
    "bad_period": (_("“%(value)s”不是周期"), _("写 2026、2026-H1、2026-Q1 或 2026-03")),
    "other_period": (_("周期“%(value)s”不是选定的 %(expected)s"), _("核对文件，或改选周期")),
    "future_period": (_("周期“%(value)s”还没有开始"), _("核对年份和期别")),
    "blank_indicator": (_("缺少指标"), _("填写指标编码")),
    "unknown_indicator": (_("没有指标“%(value)s”"), _("核对指标编码；新指标先登记")),
    "ambiguous_indicator": (_("有多个指标叫“%(value)s”"), _("改用指标编码")),
    "not_number": (_("“%(value)s”不是数字"), _("只填数字；没有数据写“未采集”，不涉及写“不适用”")),
    "percent": (_("“%(value)s”带百分号"), _("只填数字，按指标的计量单位“%(unit)s”换算")),
    "unclear_blank": (_("“%(value)s”含义不明"), _("没有数据写“未采集”，不涉及写“不适用”，零写 0")),
    "cell_error": (_("单元格是公式错误 %(value)s"), _("改正公式，或粘贴为数值")),
    "not_finite": (_("“%(value)s”不是有限的数"), _("没有数据写“未采集”")),
    "below_minimum": (_("%(value)s 低于指标下限 %(limit)s"), _("核对数值和计量单位“%(unit)s”")),
    "above_maximum": (_("%(value)s 高于指标上限 %(limit)s"), _("核对数值和计量单位“%(unit)s”")),
    "bad_status": (_("状态“%(value)s”无法识别"), _("写“有值”“未采集”或“不适用”")),
    "status_conflict": (_("状态“%(value)s”与数值矛盾"), _("有数值时状态写“有值”或留空")),
    "note_too_long": (_("备注超过 300 个字"), _("缩短备注")),
    "no_heading": (_("表头中没有“%(value)s”"), _("第一行写表头：编码（code）和名称（name）必填")),
    "blank_definition": (_("指标缺少编码或名称"), _("编码和名称都要填写")),
    "bad_nature": (_("性质“%(value)s”无法识别"), _("从指标性质清单中选一项，如“实绩结果”或 result")),
    "bad_direction": (_("方向“%(value)s”无法识别"), _("写 up（越高越好）或 down（越低越好）")),
    "bad_decimals": (_("小数位“%(value)s”不是 0 到 9 的整数"), _("写 0 到 9 的整数")),
    "bad_system": (_("来源方式“%(value)s”无法识别"), _("写“填报”“导入”“系统计算”或“统计引用”")),
    "bad_kind": (_("填报层级“%(value)s”无法识别"), _("写“村”“乡镇街道”“区县”或“部门”")),
    "repeated_definition": (_("指标编码“%(value)s”重复出现"), _("每项指标只保留一行")),
    "computed_indicator": (
        _("“%(value)s”由系统计算，不能用文件导入"),
        _("从文件中删去这一列（行）；需要更新时重新计算该指标"),
    ),
    "entered_indicator": (
        _("“%(value)s”由基层填报，不能用文件导入"),
        _("在采集任务中填报或上传填报表；确需导入的，请全域系统管理员导入并说明原因"),
    ),
    "no_reason": (_("“%(value)s”由基层填报，导入时要说明原因"), _("在“导入说明”中写明为什么不经填报而导入")),
    "no_release_note": (
        _("“%(value)s”是官方统计，导入时要注明出处"),
        _("在“导入说明”中写刊物（公报）名称和发布日期，如：统计公报，2026-03-20"),
    ),
    "blank_rule": (_("勾稽关系缺少这一栏"), _("编码、名称、左式、关系、右式、处理要求都要填写")),
    "bad_operator": (_("关系“%(value)s”无法识别"), _("写 =、≠、>、≥、<、≤、both_or_neither 或 not_both")),
    "bad_importance": (_("重要性“%(value)s”无法识别"), _("写 高、中、低")),
    "bad_unit_kind": (_("单位类型“%(value)s”无法识别"), _("写 village、township 等，或留空")),
    "repeated_rule": (_("勾稽关系编码“%(value)s”重复出现"), _("每条勾稽关系只保留一行")),
    "bad_rule": (_("勾稽关系有误：%(value)s"), _("改正表达式后重试")),
    "duplicate_cell": (_("同一单位、指标、周期已出现在第 %(first)s 行"), _("只保留一行")),
}


@dataclass(frozen=True, slots=True)
class Problem(tables.Problem):
    """One finding in words: what the reader of tables found, or a check of this room."""

    @classmethod
    def of(cls, found: tables.Problem) -> Self:
        """The reader's finding, to be told in this room's words."""
        return cls(found.code, found.row, found.column, found.sheet, found.value, found.particulars)

    @property
    def message(self) -> str:
        """What is wrong, in the active language."""
        return gettext(TEXTS[self.code][0]) % self._particulars

    @property
    def remedy(self) -> str:
        """How to mend it, in the active language."""
        return gettext(TEXTS[self.code][1]) % self._particulars

    @property
    def _particulars(self) -> dict[str, str]:
        return {"value": self.value, **self.particulars}

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def to_json(self) -> dict[str, Any]:
        """As JSON can say it."""
        return {
            "code": self.code,
            "row": self.row,
            "column": self.column,
            "sheet": self.sheet,
            "value": self.value,
            "particulars": dict(self.particulars),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The inverse of ``to_json``."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Findings:
    """The first problems of a file in the order of its rows, and how many there are of each kind."""

    items: tuple[Problem, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All problems, kept or not."""
        return sum(self.counts.values())

    @classmethod
    def of(cls, problems: Iterable[Problem], counts: Mapping[str, int] | None = None) -> Self:
        """Keep the first ``KEPT`` by row; ``counts`` where the caller counted more than it collected."""
        collected = sorted(problems, key=lambda problem: problem.row)
        counted = Counter(problem.code for problem in collected) if counts is None else counts
        return cls(tuple(collected[:KEPT]), {code: number for code, number in counted.items() if number})

    def __add__(self, other: "Findings") -> "Findings":
        return Findings.of((*self.items, *other.items), Counter(self.counts) + Counter(other.counts))

    def __bool__(self) -> bool:
        return bool(self.counts)


class IntakeError(ValueError):
    """The file was not taken; ``findings`` says why."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        shown = "; ".join(str(problem) for problem in findings.items[:3])
        more = f" (+{findings.total - 3})" if findings.total > 3 else ""
        super().__init__(shown + more)

    @classmethod
    def one(cls, code: str, **place: Any) -> Self:
        """An error with a single problem."""
        return cls(Findings.of([Problem(code, **place)]))
