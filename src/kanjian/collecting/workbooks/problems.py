"""What is wrong with an uploaded workbook, where, and how to mend it 填报表问题."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from kanjian.collecting.cells import PROBLEMS
from kanjian.collecting.findings import Finding
from kanjian.tables import TableError

# code → (what is wrong, how to mend it)
TEXTS: Mapping[str, tuple[str, str]] = {
    "not_workbook": (_("“%(value)s”不是 XLSX 工作簿"), _("下载模板，填好后按 XLSX 格式保存")),
    "macros": (_("文件带有宏"), _("另存为不带宏的 XLSX 工作簿")),
    "unreadable": (_("文件无法读取：%(reason)s"), _("确认文件没有损坏、没有加密码，重新下载模板填写")),
    "too_large": (_("文件解压后超过 %(limit)s"), _("重新下载模板，只粘贴数值")),
    "not_template": (_("这不是本平台的填报模板"), _("下载这份填报单的模板，把数据填进去，不要另建表格")),
    "other_format": (_("模板版本“%(value)s”已不支持"), _("重新下载模板")),
    "other_window": (_("这是“%(value)s”的模板，不是“%(expected)s”的"), _("到对应的填报单上传，或重新下载这一期的模板")),
    "other_reporter": (_("这是单位“%(value)s”的模板，不是“%(expected)s”的"), _("到对应单位的填报单上传")),
    "outdated": (_("模板下载之后，填报内容或单位有变动"), _("重新下载模板，把已填的数值粘贴过去")),
    "no_sheet": (_("工作表“%(value)s”不见了"), _("不要删除或改名工作表；重新下载模板")),
    "no_heading": (_("表头“%(value)s”不见了"), _("不要改动灰色的表头；重新下载模板")),
    "unknown_heading": (_("表头“%(value)s”不是本次填报的内容"), _("删去这一列；要说明的写在备注里")),
    "duplicate_column": (_("表头“%(value)s”重复出现"), _("每个表头只保留一列")),
    "merged": (_("有合并的单元格：%(value)s"), _("取消合并，每格填一个数")),
    "cell_error": (_("单元格是公式错误 %(value)s"), _("改正公式，或粘贴为数值")),
    "bad_status": (_("状态“%(value)s”无法识别"), _("从下拉列表选“未采集”或“不适用”，有数值时留空")),
    "blank_unit": (_("这一行有数据，却没有编码"), _("不要改动编码列；多余的行请删去")),
    "foreign_unit": (_("“%(value)s”不在这份填报单的范围内"), _("删去这一行；只填模板里的单位")),
    "foreign_indicator": (_("“%(value)s”不在这份填报单的范围内"), _("删去这一行；只填模板里的指标")),
    "repeated": (_("“%(value)s”已出现在第 %(first)s 行"), _("只保留一行")),
    "empty_file": (_("没有数据行"), _("重新下载模板，填好后上传")),
}
# What the room finds wrong in a cell says itself; here is what to do about it.
REMEDIES: Mapping[str, str] = {
    "unclear_blank": _("没有数据写“未采集”，不涉及写“不适用”，零写 0"),
    "percent": _("去掉百分号，按计量单位填数"),
    "not_number": _("只填数字；没有数据写“未采集”，不涉及写“不适用”"),
    "not_finite": _("核对数值"),
    "bad_status": _("从下拉列表选“未采集”或“不适用”，有数值时留空"),
    "status_conflict": _("有数值时状态留空；没有数值时删去数值"),
    "below_minimum": _("核对数值和计量单位"),
    "above_maximum": _("核对数值和计量单位"),
    "decimals": _("四舍五入到规定的小数位"),
    "note_too_long": _("缩短备注"),
}
_FALLBACK = _("核对这个单元格")


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: ``row`` counts from 1 as in the sheet, ``column`` is its letter; both empty: the file as a whole."""

    code: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    particulars: Mapping[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """What is wrong, in the active language."""
        return gettext(TEXTS[self.code][0]) % self.particulars

    @property
    def remedy(self) -> str:
        """How to mend it, in the active language."""
        return gettext(TEXTS[self.code][1]) % self.particulars

    def to_json(self) -> dict[str, Any]:
        """With its words in every language: who reads it later may speak another one."""
        return {
            "code": self.code,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "message": in_every_language(lambda: self.message),
            "remedy": in_every_language(lambda: self.remedy),
        }


class WorkbookError(ValueError):
    """The workbook was not taken; ``problems`` says why, all at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(f"{first.sheet}/{first.row}/{first.column}: {first.message}")

    @classmethod
    def of(cls, error: TableError) -> "WorkbookError":
        """What the reader of tables found, in this room's words."""
        return cls(
            Problem(
                found.code if found.code in TEXTS else "not_template",
                found.sheet,
                found.row,
                "",
                {"value": found.value, **found.particulars},
            )
            for found in error.problems
        )


def remedy_for(finding: Finding) -> str:
    """What to do about a cell that cannot be stored, in the active language."""
    if finding.code in PROBLEMS:
        return gettext(REMEDIES.get(finding.code, _FALLBACK))
    return gettext(_FALLBACK)


def in_every_language(render: Callable[[], str]) -> dict[str, str]:
    """The text that ``render`` makes, by language."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = render()
    return found


def in_this_language(texts: Mapping[str, str]) -> str:
    """The reader's among the kept texts."""
    return texts.get(translation.get_language() or "") or next(iter(texts.values()), "")
