"""Stable codes in words 代码的文字: reasons, flags, causes. An unknown code is shown as it is, never hidden."""

from django.utils.translation import gettext as _

from kanjian.scoring import Note

_COSTS = ("cost_given", "cost_from_history", "cost_from_spread")


def reason(code: str | None) -> str:
    """Why a unit is not ranked."""
    words = {
        "coverage": _("真实数据太少，不参加排名"),
        "missing": _("数据不足，没有得分"),
        "not_applicable": _("本榜单不适用"),
    }
    return words.get(code or "", code or "")


def movement_reason(code: str | None) -> str:
    """Why there is no movement."""
    words = {
        "first": _("第一期，没有可比的上一期"),
        "scheme": _("口径变化，不可比"),
        "membership": _("赛道成员变化，不可比"),
        "unranked": _("本期或上期未参加排名"),
        "veiled": _("末段名次不公开"),
    }
    return words.get(code or "", code or "")


def status(code: str) -> str:
    """What an indicator's cell says."""
    words = {
        "present": _("有值"),
        "imputed": _("补齐"),
        "missing": _("未采集"),
        "not_applicable": _("不适用"),
    }
    return words.get(code, code)


def flag(code: str) -> str:
    """What was done to a cell or node."""
    words = {
        "imputed": _("用其他单位的数据补齐"),
        "winsorised": _("极端值已收敛"),
        "bounded": _("极端值已收到边界"),
        "capped": _("触及上限"),
        "raised": _("提到下限"),
        "floor": _("触及底线"),
        "veto": _("一票否决"),
        "veto_without_document": _("一票否决事项缺文号，未执行"),
        "undefined": _("有值但无法计分"),
        "not_applicable": _("不适用"),
        "not_comparable": _("基期不可比"),
        "small_sample": _("样本不足，不排名"),
        "pooled": _("用上级合并值"),
        "filled": _("得分由组内补齐"),
    }
    return words.get(code, code)


def assumption(note: Note) -> str:
    """One assumption of a path; notes that name indicators end with them."""
    words = {
        "rivals_held": _("其他单位保持不变"),
        "bounds_moved": _("本单位变化会影响评价标准，已连同全部单位重新计分"),
        "search": _("逐步搜索得到，每一步都重新计分，不保证最省"),
        "limits": _("任何数值都不超过满分值、同组最好值、100%或给定上限"),
        "left_alone": _("未采集或由多项数据合成的指标不动"),
        "unreachable": _("全部做到最好仍达不到目标，所列为能达到的最好结果"),
        "cost_given": _("成本按给定值"),
        "cost_from_history": _("成本以历期典型变化为 1"),
        "cost_from_spread": _("没有历期数据的，成本以单位间四分位差的一半为 1"),
    }
    text = words.get(note.code)
    if text is None:
        return note.message
    named = note.message.rpartition(": ")[2] if note.code in {"left_alone", *_COSTS} else ""
    return _("%(text)s：%(nodes)s") % {"text": text, "nodes": named} if named else text


def cause(code: str) -> str:
    """One cause of a change of score or rank."""
    words = {
        "own": _("自身变化"),
        "others": _("其他单位变化"),
        "bounds": _("评价标准（最好最差值）变化"),
        "method": _("方法变化"),
        "correction": _("数据更正"),
        "entering_leaving": _("单位进出"),
        "ties": _("并列"),
        "whole": _("整体"),
    }
    return words.get(code, code)


def explanation(code: str | None) -> str:
    """Why a difference is not split."""
    words = {
        "no_score": _("有一方没有得分，无法分解"),
        "scheme": _("两期方法不同，只比较总分"),
        "not_additive": _("这种合成方法没有精确的分解"),
    }
    return words.get(code or "", code or "")
