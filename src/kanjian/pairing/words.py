"""Codes of this room in the reader's language 用语."""

from collections.abc import Iterable

from django.utils.translation import gettext as _


def unmatched(reason: str) -> str:
    """Why somebody has no partner."""
    return {
        "no_mentor": _("本赛道（区域）内没有可帮带的单位"),
        "none_above": _("没有名次足够靠前的单位"),
        "forbidden": _("候选单位都被规定不得结对"),
        "too_far": _("候选单位都超过距离上限"),
        "too_different": _("候选单位条件差异过大（超过卡尺）"),
        "capacity": _("合适的单位名额已满"),
    }.get(reason, reason)


def status(code: str) -> str:
    """Why an evaluation has no number."""
    return {
        "too_early": _("为时尚早：结对之后发布满两期才能比较"),
        "too_few": _("样本太少：可比的对子不足，不给数字"),
        "no_baseline": _("没有结对之前的期次，无从比较"),
        "method_changed": _("方法有变，前后不可比"),
    }.get(code, code)


def verdict(code: str) -> str:
    """What the interval says."""
    return {
        "better": _("有改善：置信区间在零以上"),
        "worse": _("有下降：置信区间在零以下"),
        "unclear": _("看不出差别：置信区间包含零"),
    }.get(code, code)


def cautions(codes: Iterable[str]) -> list[str]:
    """What speaks against taking the number at its word."""
    texts = {
        "trend": _("结对之前两组走势就不同，差别可能延续自从前"),
        "trend_unknown": _("之前的期次太少，无法检查走势是否平行"),
        "placebo": _("在结对之前的两段之间也能找到差别，结果存疑"),
        "placebo_unknown": _("之前的期次太少，无法做安慰剂检验"),
        "permutation": _("区间与置换检验不一致，按看不出差别理解更稳妥"),
        "regression": _("受帮单位在选中那期偏低，回升中有一部分本来就会发生（向均值回归）"),
        "few": _("可比的对子不到二十，区间很宽"),
    }
    return [texts.get(code, code) for code in codes]


def event(verb: str) -> str:
    """What happened to a round or a pair; an unknown verb is shown as it is."""
    return {
        "pairing.propose_round": _("提出结对方案"),
        "pairing.change_pair": _("人工调整"),
        "pairing.agree": _("确认结对"),
        "pairing.start_round": _("启动结对"),
        "pairing.write_plan": _("写共同计划"),
        "pairing.set_milestone": _("设置节点"),
        "pairing.record_visit": _("记走访"),
        "pairing.close_pair": _("结束一对"),
        "pairing.close_round": _("结束本轮"),
        "pairing.open_round": _("改变公开范围"),
        "pairing.evaluate_round": _("评估成效"),
    }.get(verb, verb)
