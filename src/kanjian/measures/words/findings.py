"""What a check at entry says and asks for 校验提示: code → sentences; a rule speaks for itself."""

from collections.abc import Mapping

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from kanjian.measures.models import Rule

TEXTS: Mapping[str, tuple[str, str]] = {
    "unknown_indicator": (_("没有这项指标"), _("核对指标编码；新指标先登记")),
    "bad_status": (_("状态与数值不一致"), _("有数值写“有值”；没有数值写“未采集”或“不适用”")),
    "not_finite": (_("不是有限的数"), _("没有数据写“未采集”")),
    "decimals": (_("小数位多于 %(limit)s 位"), _("按指标的小数位数四舍五入")),
    "below_minimum": (_("%(value)s 低于指标下限 %(limit)s"), _("核对数值和计量单位")),
    "above_maximum": (_("%(value)s 高于指标上限 %(limit)s"), _("核对数值和计量单位")),
    "unlike_history": (
        _("%(value)s 超出本单位近 %(n)s 期的合理范围 %(low)s～%(high)s（中位数 %(median)s）"),
        _("核对小数点和计量单位；确实如此，请写一句说明"),
    ),
}
RULE_SHOWN = _("%(name)s：左边 %(left)s，右边 %(right)s")


def message_of(code: str, numbers: Mapping[str, float | str | None], rule: Rule | None) -> tuple[str, str]:
    """What is wrong and what to do, in the reader's language."""
    shown = {name: _shown(value) for name, value in numbers.items()}
    if rule is not None:
        name, instruction = in_language(rule)
        return gettext(RULE_SHOWN) % {"name": name, **shown}, instruction
    wrong, remedy = TEXTS[code]
    return gettext(wrong) % shown, gettext(remedy)


def in_language(rule: Rule) -> tuple[str, str]:
    """Name and instruction of a rule; Chinese where there is no English."""
    if (get_language() or "zh").startswith("zh"):
        return rule.name, rule.instruction
    return rule.name_en or rule.name, rule.instruction_en or rule.instruction


def _shown(value: float | str | None) -> str:
    if value is None:
        return "—"
    return value if isinstance(value, str) else f"{value:,.10g}"
