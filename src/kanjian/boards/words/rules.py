"""A leaf's scoring rule in words and as a formula 计分规则的文字与公式."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from kanjian.boards.words.numbers import bound, called, number, within
from kanjian.scoring import Scheme
from kanjian.scoring.rules.veto import VetoTerms
from kanjian.scoring.scheme import Node
from kanjian.scoring.scheme.parts import Band

Writer = Callable[[Any, Node, float], str]


def rule_words(scheme: Scheme, code: str) -> str:
    """How a leaf earns its points, one sentence."""
    node = scheme.node(code)
    if node.rule is None:
        raise ValueError(f"{code} has no rule of its own")
    return _WORDS[node.rule.method](node.rule, node, scheme.scale)


def formula(scheme: Scheme, code: str) -> str:
    """The leaf's formula in symbols: x the value, S the points."""
    rule = scheme.node(code).rule
    if rule is None:
        raise ValueError(f"{code} has no rule of its own")
    up = scheme.node(code).up
    if rule.method == "growth":
        return "g = 100·(x − x₀)/|x₀|; " + re.sub(r"\bx\b", "g", _symbols(rule.then.method, up=up))
    return _symbols(rule.method, up=up)


def full_points(rule: Any, scale: float) -> float:
    """What the rule's best value earns: its own ``full``, else the scheme's scale."""
    full = getattr(rule, "full", None)
    return scale if full is None else float(full)


def _ends(rule: Any, scale: float) -> dict[str, str]:
    return {"full": number(full_points(rule, scale)), "floor": number(getattr(rule, "floor", 0.0))}


def _minmax(rule: Any, node: Node, scale: float) -> str:
    del node
    floor = 0.6 * full_points(rule, scale) if rule.method == "minmax60" else rule.floor
    values = _ends(rule, scale) | {"floor": number(floor), "group": within(rule.within)}
    return _("%(group)s中最好得 %(full)s 分、最差得 %(floor)s 分，其间按比例") % values


def _zscore(rule: Any, node: Node, scale: float) -> str:
    del node, scale
    values = {"group": within(rule.within), "mean": number(rule.mean), "sd": number(rule.sd)}
    return _("%(group)s的平均值得 %(mean)s 分，每高于平均值一个标准差加 %(sd)s 分") % values


def _scaled(rule: Any, node: Node, scale: float) -> str:
    worst, best = (rule.low, rule.high) if node.up else (rule.high, rule.low)
    values = _ends(rule, scale) | {"worst": number(worst), "best": number(best)}
    return _("%(best)s 得 %(full)s 分，%(worst)s 得 %(floor)s 分，按比例，不封顶") % values


def _rank(rule: Any, node: Node, scale: float) -> str:
    del node, scale
    values = {"group": within(rule.within)}
    if rule.full is None:
        return _("在%(group)s中的名次，末位得 1 分，每进一位加 1 分") % values
    values |= {"full": number(rule.full), "step": number(rule.step), "floor": number(rule.floor)}
    return _("在%(group)s中第一名得 %(full)s 分，每降一位扣 %(step)s 分，最低 %(floor)s 分") % values


def _percentile(rule: Any, node: Node, scale: float) -> str:
    del node
    values = _ends(rule, scale) | {"group": within(rule.within)}
    return _("超过%(group)s中多少比例的单位，就得 %(full)s 分的多少") % values


def _borda(rule: Any, node: Node, scale: float) -> str:
    del node, scale
    return _("在%(group)s中每超过一个单位得 1 分") % {"group": within(rule.within)}


def _efficacy(rule: Any, node: Node, scale: float) -> str:
    del node, scale
    values = {
        "bad": bound(rule.bad, rule.within),
        "good": bound(rule.good, rule.within),
        "base": number(rule.base),
        "top": number(rule.base + rule.span),
        "low": number(rule.at_least),
        "high": number(rule.at_most),
    }
    text = _("功效系数法：不允许值（%(bad)s）得 %(base)s 分，满意值（%(good)s）得 %(top)s 分，按比例") % values
    return text + _("，限于 %(low)s～%(high)s 分") % values


def _banded(rule: Any, node: Node, scale: float) -> str:
    full = full_points(rule, scale)
    rungs = sorted(rule.standards, key=lambda rung: rung.value, reverse=node.up)
    rows = [
        _("%(value)s 得 %(points)s 分") % {"value": number(rung.value), "points": number(full * rung.share)}
        for rung in rungs
    ]
    values = {"rows": _("、").join(rows), "below": number(full * rule.below)}
    return _("分档功效系数法：%(rows)s，档间按比例，低于最低档得 %(below)s 分") % values


def _target_ratio(rule: Any, node: Node, scale: float) -> str:
    values = _ends(rule, scale) | {"target": bound(rule.target, rule.within)}
    values["cap"] = number(full_points(rule, scale) * rule.cap)
    if node.up:
        return _("达到目标（%(target)s）得 %(full)s 分，按完成比例计，最高 %(cap)s 分") % values
    return _("不超过目标（%(target)s）得 %(full)s 分，超过的按目标与实际之比计，最高 %(cap)s 分") % values


def _deduct(rule: Any, node: Node, scale: float) -> str:
    values = _ends(rule, scale) | {"per": number(rule.per), "unit": number(rule.unit)}
    values["target"] = bound(0.0 if rule.target is None else rule.target, rule.within)
    if node.up:
        text = _("满 %(full)s 分，比 %(target)s 每低 %(unit)s 扣 %(per)s 分，扣到 %(floor)s 分为止") % values
    elif rule.target is None:
        text = _("满 %(full)s 分，每 %(unit)s 扣 %(per)s 分，扣到 %(floor)s 分为止") % values
    else:
        text = _("满 %(full)s 分，比 %(target)s 每高 %(unit)s 扣 %(per)s 分，扣到 %(floor)s 分为止") % values
    whole = {"no": "", "up": _("，不足一个单位的按一个计"), "down": _("，不足一个单位的不计")}[rule.whole]
    limit = "" if rule.at_most is None else _("，最多扣 %(points)s 分") % {"points": number(rule.at_most)}
    return text + whole + limit


def _step(rule: Any, node: Node, scale: float) -> str:
    del node, scale
    rows = []
    for row in rule.steps:
        sign, limit = ("≥", row.at_least) if row.at_least is not None else ("≤", row.at_most)
        values = {"limit": f"{sign} {number(limit)}", "points": number(row.points)}
        rows.append(_("%(limit)s 得 %(points)s 分") % values)
    rows.append(_("其余得 %(points)s 分") % {"points": number(rule.otherwise)})
    return _("分档：%(rows)s") % {"rows": _("、").join(rows)}


def _grade(rule: Any, node: Node, scale: float) -> str:
    del node, scale
    rows = [
        _("“%(label)s”得 %(points)s 分") % {"label": row.label, "points": number(row.points)} for row in rule.grades
    ]
    return _("等级：%(rows)s") % {"rows": _("、").join(rows)}


def _growth(rule: Any, node: Node, scale: float) -> str:
    values = {"inner": _WORDS[rule.then.method](rule.then, node, scale)}
    text = _("按增长率计（基期不为正的不可比，不计入）；%(inner)s") % values
    if rule.clip is None:
        return text
    low, high = (number(end) for end in rule.clip)
    return text + _("；增长率限于 %(low)s%%～%(high)s%%") % {"low": low, "high": high}


def _goalposts(rule: Any, node: Node, scale: float) -> str:
    low, high = bound(rule.low, rule.within), bound(rule.high, rule.within)
    worst, best = (low, high) if node.up else (high, low)
    values = _ends(rule, scale) | {"worst": worst, "best": best}
    text = _("门柱法：%(best)s 得 %(full)s 分，%(worst)s 得 %(floor)s 分，其间按比例") % values
    limit = _("，以外按两端计") if rule.truncate else _("，以外照比例延伸")
    return text + limit + (_("；取自然对数") if rule.log else "")


def _distance_to_best(rule: Any, node: Node, scale: float) -> str:
    del node
    values = _ends(rule, scale) | {"group": within(rule.within)}
    return _("与%(group)s中最好值的差距：最好得 %(full)s 分，差距最大得 %(floor)s 分") % values


def _distance_to_target(rule: Any, node: Node, scale: float) -> str:
    del node
    values = _ends(rule, scale) | {"group": within(rule.within), "target": bound(rule.target, rule.within)}
    text = _("从%(group)s的最差值（%(floor)s 分）到目标 %(target)s（%(full)s 分）按比例") % values
    return text + (_("，达到目标即满分") if rule.cap else _("，超过目标的继续加分"))


def _distance_to_reference(rule: Any, node: Node, scale: float) -> str:
    del node
    values = _ends(rule, scale) | {"group": within(rule.within), "unit": rule.reference}
    text = _("从%(group)s的最差值（%(floor)s 分）到标杆单位 %(unit)s（%(full)s 分）按比例") % values
    return text + (_("，达到标杆即满分") if rule.cap else _("，超过标杆的继续加分"))


def _share_of_max(rule: Any, node: Node, scale: float) -> str:
    values = _ends(rule, scale) | {"group": within(rule.within)}
    if node.up:
        return _("占%(group)s最大值的比重乘以 %(full)s 分") % values
    return _("%(group)s最小值与本值之比乘以 %(full)s 分") % values


def _direct(rule: Any, node: Node, scale: float) -> str:
    del node
    values = _ends(rule, scale) | {"of": number(rule.of)}
    return _("直接计分：%(of)s 折合 %(full)s 分") % values


def _reverse(rule: Any, node: Node, scale: float) -> str:
    del node
    values = _ends(rule, scale) | {"good": bound(rule.good, rule.within), "bad": bound(rule.bad, rule.within)}
    return _("反向：不高于 %(good)s 得 %(full)s 分，不低于 %(bad)s 得 %(floor)s 分，其间按比例") % values


def _bonus(rule: Any, node: Node, scale: float) -> str:
    del node, scale
    values = {"per": number(rule.per), "low": number(rule.at_least), "high": number(rule.at_most)}
    if rule.at_least < 0:
        return _("加减分：每 1 计 %(per)s 分，限于 %(low)s～%(high)s 分") % values
    return _("加分：每 1 加 %(per)s 分，最多 %(high)s 分，在加权平均之外") % values


def _veto(rule: Any, node: Node, scale: float) -> str:
    del node, scale
    return veto_words(rule.terms())


def veto_words(terms: VetoTerms, bands: Sequence[Band] = ()) -> str:
    """When a veto is triggered and what it does; ``bands`` give the name of the band it limits to."""
    when, effect = terms.when, terms.effect
    sign, limit = ("≥", when.at_least) if when.at_least is not None else ("≤", when.at_most)
    condition = f"{sign} {number(limit or 0.0)}"
    if effect.zero:
        return _("一票否决：%(when)s 时不得分") % {"when": condition}
    if effect.cap is not None:
        return _("一票否决：%(when)s 时最高 %(cap)s 分") % {"when": condition, "cap": number(effect.cap)}
    names = {band.code: called(band) for band in bands}
    band = names.get(effect.max_band or "", effect.max_band)
    return _("一票否决：%(when)s 时等次不高于“%(band)s”") % {"when": condition, "band": band}


def _survey(rule: Any, node: Node, scale: float) -> str:
    del node
    marks = _("、").join(number(mark) for mark in rule.marks)
    values = _ends(rule, scale) | {"marks": marks, "least": number(rule.min_valid)}
    return _("测评票：各选项依次折 %(marks)s 分，取有效票平均；有效票少于 %(least)s 张的不计") % values


def _difficulty(rule: Any, node: Node, scale: float) -> str:
    del node, scale
    rows = _("、").join(f"{task.input} ×{number(task.k)}" for task in rule.tasks)
    return _("难度系数法：各任务完成率按难度系数加权平均（%(rows)s）") % {"rows": rows}


_WORDS: dict[str, Writer] = {
    "minmax": _minmax,
    "minmax60": _minmax,
    "zscore": _zscore,
    "tscore": _zscore,
    "scaled": _scaled,
    "rank": _rank,
    "percentile": _percentile,
    "borda": _borda,
    "efficacy": _efficacy,
    "banded_efficacy": _banded,
    "target_ratio": _target_ratio,
    "deduct": _deduct,
    "step": _step,
    "grade": _grade,
    "growth": _growth,
    "goalposts": _goalposts,
    "distance_to_best": _distance_to_best,
    "distance_to_target": _distance_to_target,
    "distance_to_reference": _distance_to_reference,
    "share_of_max": _share_of_max,
    "direct": _direct,
    "reverse": _reverse,
    "bonus": _bonus,
    "veto": _veto,
    "survey": _survey,
    "difficulty": _difficulty,
}

_UP_DOWN = {
    "minmax": ("S = F₀ + (F − F₀)·(x − min)/(max − min)", "S = F₀ + (F − F₀)·(max − x)/(max − min)"),
    "minmax60": ("S = F·[0.6 + 0.4·(x − min)/(max − min)]", "S = F·[0.6 + 0.4·(max − x)/(max − min)]"),
    "zscore": ("S = M + D·(x − mean)/s", "S = M + D·(mean − x)/s"),
    "tscore": ("S = 50 + 10·(x − mean)/s", "S = 50 + 10·(mean − x)/s"),
    "scaled": ("S = F₀ + (F − F₀)·(x − low)/(high − low)", "S = F₀ + (F − F₀)·(high − x)/(high − low)"),
    "percentile": ("S = F·(rank − 1)/(n − 1)", "S = F·(rank − 1)/(n − 1)"),
    "target_ratio": ("S = F·min(x/T, cap)", "S = F·min(T/x, cap)"),
    "deduct": ("S = max(F₀, F − k·max(0, T − x)/u)", "S = max(F₀, F − k·max(0, x − T)/u)"),
    "goalposts": ("S = F·(x − low)/(high − low)", "S = F·(high − x)/(high − low)"),
    "distance_to_best": ("S = F·[1 − (max − x)/(max − min)]", "S = F·[1 − (x − min)/(max − min)]"),
    "distance_to_target": ("S = F·(x − min)/(T − min)", "S = F·(max − x)/(max − T)"),
    "distance_to_reference": ("S = F·(x − min)/(x_ref − min)", "S = F·(max − x)/(max − x_ref)"),
    "share_of_max": ("S = F·x/max", "S = F·min/x"),
}
_EITHER = {
    "rank": "S = rank",
    "borda": "S = rank − 1",
    "efficacy": "S = B + R·(x − bad)/(good − bad)",
    "banded_efficacy": "S = F·[s_k + (x − v_k)/(v_{k+1} − v_k)·(s_{k+1} − s_k)]",
    "step": "S = table(x)",
    "grade": "S = table(x)",
    "direct": "S = F·x/of",
    "reverse": "S = F·[1 − (x − good)/(bad − good)]",
    "bonus": "S = clip(k·x, low, high)",
    "veto": "x meets the condition → effect",
    "survey": "S = Σ mark·n / Σ n",
    "difficulty": "S = Σ completion·k / Σ k",
}


def _symbols(method: str, *, up: bool) -> str:
    if method in _EITHER:
        return _EITHER[method]
    return _UP_DOWN[method][0 if up else 1]
