"""What a flag asks, in words 质疑用语: one sentence from its numbers, and what its kind means."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from kanjian.measures.models import Flag, Rule
from kanjian.measures.words.findings import in_language

Kind = Flag.Kind
# kind → (sentence with its numbers, what it means and what to look at).
TEXTS: Mapping[str, tuple[str, str]] = {
    Kind.RULE: (
        _("%(rule)s：左边 %(left)s，右边 %(right)s"),
        _("两处数据互相矛盾，至少有一处要改，或者有特殊情况要说明。"),
    ),
    Kind.OUTLIER: (
        _("由 %(base)s 变为 %(value)s，其他单位的变动中位数为 %(median)s（z = %(z)s）"),
        _("与同期其他单位相比变动很大，也超出本单位以往范围。先看小数点和计量单位，再看是否有一次性因素。"),
    ),
    Kind.UNIFORM: (
        _("%(n)s 个单位中有 %(equal)s 个都是 %(value)s"),
        _("一片单位数值完全相同，别处很少见。常见原因：统一计分，或有人代填。"),
    ),
    Kind.COPIED_NEIGHBOUR: (
        _("与%(other)s有 %(equal)s 项数值相同（可比 %(compared)s 项，随机只应有 %(expected)s 项）"),
        _("两个单位的数值雷同过多。请看原始资料是谁的，这里不能判断谁抄谁。"),
    ),
    Kind.COPY_FORWARD: (
        _("自 %(since)s 起连续 %(run)s 期都是 %(value)s"),
        _("该指标通常每期都变（只有 %(still)s 不变）。请确认本期确实重新统计过。"),
    ),
    Kind.DIGIT_PREFERENCE: (
        _("%(n)s 个数值中末位为 %(digit)s 的占 %(share)s，其他单位为 %(expected)s"),
        _("末位数字过于集中，数值可能是估计的。请看统计办法。"),
    ),
    Kind.BUNCHING: (
        _("门槛 %(threshold)s 附近：刚好达到的 %(passed)s 个，差一点的只有 %(missed)s 个"),
        _("刚过线的单位过多。可能是数值被抬过线，也可能是工作正好做到线上。"),
    ),
}
SHARES = frozenset(("share", "expected", "still", "elsewhere"))
NUMBERS: Mapping[str, str] = {
    "value": _("数值"),
    "base": _("比较基数"),
    "lag": _("相隔期数"),
    "change": _("变动"),
    "median": _("其他单位变动中位数"),
    "spread": _("离散程度（σ）"),
    "n": _("参与比较的数量"),
    "z": _("稳健 z 值"),
    "low": _("以往范围下限"),
    "high": _("以往范围上限"),
    "run": _("连续期数"),
    "since": _("起始周期"),
    "still": _("通常不变的比例"),
    "equal": _("相同个数"),
    "compared": _("可比项数"),
    "expected": _("预期"),
    "elsewhere": _("其他组该值占比"),
    "group": _("填报组"),
    "digit": _("末位数字"),
    "share": _("占比"),
    "chi2": _("卡方值"),
    "threshold": _("门槛"),
    "width": _("区间宽度"),
    "passed": _("刚好达到"),
    "missed": _("差一点"),
    "left": _("左边"),
    "right": _("右边"),
}


def sentence(flag: Flag, other: str = "") -> str:
    """What is asked, with the numbers that matter."""
    return gettext(TEXTS[flag.kind][0]) % _shown(flag, other)


def meaning(flag: Flag) -> str:
    """What such a finding can mean and where to look."""
    return gettext(TEXTS[flag.kind][1]) % _shown(flag)


def numbers(flag: Flag) -> list[tuple[str, str]]:
    """Every number behind the flag with its name."""
    shown = _shown(flag)
    return [(gettext(NUMBERS[name]), shown[name]) for name in NUMBERS if name in flag.numbers]


def _shown(flag: Flag, other: str = "") -> dict[str, str]:
    shares = SHARES if flag.kind != Kind.COPIED_NEIGHBOUR else SHARES - {"expected"}  # there a number of agreements
    found = {name: number(name, value, is_share=name in shares) for name, value in flag.numbers.items()}
    rule: Rule | None = flag.rule
    return {**dict.fromkeys(NUMBERS, "—"), **found, "other": other, "rule": in_language(rule)[0] if rule else ""}


def number(name: str, value: Any, *, is_share: bool = False) -> str:
    """A number as people read it: no more than four figures after the point, shares in per cent."""
    if value is None:
        return gettext("未采集")
    if not isinstance(value, float | int):
        return str(value)
    if is_share:
        return f"{value * 100:.1f}%"
    return f"{value:.1f}" if name == "z" else f"{value:,.2f}".rstrip("0").rstrip(".")
