"""Names, numbers and bounds in words 名称、数字与标准的文字."""

from typing import Protocol

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from kanjian.scoring.rules.base import Bound, ByGroup, FromData


class Called(Protocol):
    """A part of a scheme with names in two languages."""

    @property
    def code(self) -> str:
        """The code, for what has no name."""

    @property
    def name(self) -> str:
        """The Chinese name."""

    @property
    def name_en(self) -> str:
        """The English name."""


def called(part: Called) -> str:
    """A part's name in the reader's language, its code where it has no name."""
    english = part.name_en if (get_language() or "").startswith("en") else ""
    return english or part.name or part.code


def measure(unit: str) -> str:
    """A unit of measurement 计量单位 in the reader's language; one that is not known stays as it is written."""
    words = {
        "分": pgettext("计量单位", "分"),
        "星": pgettext("计量单位", "星"),
        "人": pgettext("计量单位", "人"),
        "户": pgettext("计量单位", "户"),
        "个": pgettext("计量单位", "个"),
        "处": pgettext("计量单位", "处"),
        "件": pgettext("计量单位", "件"),
        "次": pgettext("计量单位", "次"),
        "位": pgettext("计量单位", "位"),
        "天": pgettext("计量单位", "天"),
        "元": pgettext("计量单位", "元"),
        "万元": pgettext("计量单位", "万元"),
        "亿元": pgettext("计量单位", "亿元"),
        "亩": pgettext("计量单位", "亩"),
        "件/千人": pgettext("计量单位", "件/千人"),
        "件/万人": pgettext("计量单位", "件/万人"),
    }
    return words.get(unit, unit)


def group(column: str) -> str:
    """What a column of groups is called."""
    words = {
        "track": pgettext("分组", "赛道"),
        "county": pgettext("分组", "区县"),
        "township": pgettext("分组", "乡镇街道"),
        "kind": pgettext("分组", "单位类别"),
    }
    return words.get(column, column)


def number(value: float) -> str:
    """A number as a person writes it: no trailing zeros, no exponent for ordinary sizes."""
    return f"{value:.10g}"


def within(word: str) -> str:
    """The group in which bounds are taken."""
    if word == "all":
        return _("全部单位")
    return _("同一赛道") if word == "track" else _("同一%(group)s") % {"group": group(word)}


def bound(value: Bound, word: str) -> str:
    """A standard: a number, a table by group, or a figure of the data itself."""
    match value:
        case ByGroup():
            rows = [f"{name} {number(each)}" for name, each in value.values.items()]
            if value.otherwise is not None:
                rows.append(_("其余 %(value)s") % {"value": number(value.otherwise)})
            return _("按%(group)s分别为 %(rows)s") % {"group": group(value.by), "rows": _("、").join(rows)}
        case FromData():
            return _("%(group)s的%(statistic)s") % {"group": within(word), "statistic": statistic(value)}
        case _:
            return number(value)


def statistic(value: FromData) -> str:
    """A figure of the data."""
    names = {
        "min": _("最小值"),
        "max": _("最大值"),
        "best": _("最好值"),
        "worst": _("最差值"),
        "mean": _("平均值"),
        "median": _("中位数"),
    }
    if value.stat == "quantile":
        return _("%(share)s分位数") % {"share": f"{100 * (value.q or 0):.10g}%"}
    return names[value.stat]
