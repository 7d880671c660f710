"""What else stands at a node, and in the scheme as a whole 指标体系的其他约定."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from kanjian.boards.words.numbers import called, group, number, within
from kanjian.boards.words.rules import veto_words
from kanjian.scoring import Scheme
from kanjian.scoring.scheme import Node
from kanjian.scoring.scheme.parts import Aggregate, Cap, Missing, TieRule, Treat
from kanjian.scoring.transform import root_bands


def node_words(node: Node) -> str:
    """How a branch combines its children, one sentence."""
    how = node.aggregate or Aggregate()
    match how.method:
        case "power":
            return _("下级得分的加权幂平均（指数 %(p)s）") % {"p": number(how.p or 1.0)}
        case "copeland":
            return _("按下级得分两两比较的净胜次数（Copeland）")
        case "median_rank":
            return _("下级名次的中位数")
        case _:
            return {
                "arithmetic": _("下级得分的加权平均"),
                "geometric": _("下级得分的加权几何平均：短板会拉低总分"),
                "harmonic": _("下级得分的加权调和平均：短板会明显拉低总分"),
                "sum": _("下级得分按权重系数相加"),
                "min": _("取下级得分的最小值：以短板论高低"),
            }[how.method]


def aggregation_formula(node: Node) -> str:
    """The branch's formula in symbols: w weights that sum to 1, S the children's points."""
    how = node.aggregate or Aggregate()
    return {
        "arithmetic": "S = Σ wᵢ·Sᵢ",
        "geometric": "S = Π Sᵢ^wᵢ",
        "harmonic": "S = 1/Σ(wᵢ/Sᵢ)",
        "power": "S = (Σ wᵢ·Sᵢ^p)^(1/p)",
        "sum": "S = Σ kᵢ·Sᵢ",
        "min": "S = min Sᵢ",
        "copeland": "S = wins − losses",
        "median_rank": "S = median(rankᵢ)",
    }[how.method]


def node_notes(scheme: Scheme, code: str) -> list[str]:
    """Everything else that holds at a node, one sentence each."""
    node = scheme.node(code)
    return [*_role(node), *(_preparation(node) if node.is_leaf else _missing(node.missing)), *_limits(scheme, node)]


def _role(node: Node) -> Iterator[str]:
    if node.role == "bonus":
        yield _("加分项：在加权平均之外加入上级")
    elif node.role == "deduction":
        yield _("减分项：在加权平均之外从上级扣除")
    elif node.role == "context":
        yield _("仅供参考，不计分")
    for column, factors in node.coefficient.items():
        rows = _("、").join(f"{name} ×{number(factor)}" for name, factor in factors.items())
        yield _("按%(group)s乘系数：%(rows)s") % {"group": group(column), "rows": rows}
    for column, names in node.applies_to.items():
        yield _("仅适用于%(group)s：%(names)s；其余单位不适用，不算缺失") % {
            "group": group(column),
            "names": _("、").join(names),
        }


def _preparation(node: Node) -> Iterator[str]:
    """What happens to a leaf's values before they are scored."""
    if node.combine is not None and node.inputs:
        how = {"mean": _("平均"), "sum": _("合计"), "min": _("最小"), "max": _("最大")}[node.combine]
        yield _("取 %(columns)s 的%(how)s") % {"columns": _("、").join(node.inputs), "how": how}
    if node.denominator is not None:
        values = {"column": node.denominator.input, "times": number(node.denominator.times)}
        yield _("除以 %(column)s，乘以 %(times)s") % values
    if node.min_sample is not None:
        values = {"column": node.min_sample.input, "least": number(node.min_sample.at_least)}
        if node.min_sample.pool:
            levels = _("、").join(within(word) for word in node.min_sample.pool)
            yield _("%(column)s 少于 %(least)s 时样本不足，不排名：依次改用%(levels)s的合并值，仍不足的按缺失处理") % (
                values | {"levels": levels}
            )
        else:
            yield _("%(column)s 少于 %(least)s 时样本不足，按缺失处理") % values
    if node.impute is not None:
        using = {"mean": _("平均值"), "median": _("中位数"), "min": _("最小值"), "max": _("最大值")}[node.impute.using]
        values = {"group": within(node.impute.source), "using": using}
        yield _("缺失的用%(group)s的%(using)s补齐，并注明；补齐的不计入覆盖率") % values
    if node.treat is not None:
        yield _treatment(node.treat)


def _treatment(treat: Treat) -> str:
    """What happens to outliers before scoring."""
    low = "−∞" if treat.low is None else number(treat.low)
    high = "∞" if treat.high is None else number(treat.high)
    return {
        "auto": _("分布过偏时先处理极端值（收敛或变换），并注明"),
        "winsorise": _("分布过偏时把极端值收敛到次高（次低）值，并注明"),
        "log": _("先取对数"),
        "boxcox": _("先作 Box-Cox 变换"),
        "bounds": _("超出 %(low)s～%(high)s 的按边界计") % {"low": low, "high": high},
    }[treat.method]


def _missing(missing: Missing | None) -> Iterator[str]:
    rule = missing or Missing()
    if rule.rule == "strict":
        yield _("任一下级缺失即缺失")
    elif rule.rule == "fill" and rule.fill is not None:
        using = _("平均分") if rule.fill.using == "mean" else _("中位分")
        yield _("下级缺失的用%(group)s的%(using)s补齐") % {"group": within(rule.fill.source), "using": using}
    else:
        yield _("下级缺失的，权重由其余下级按比例分担")
    if rule.min_share:
        yield _("有数的权重不足 %(share)s 时缺失") % {"share": f"{100 * rule.min_share:.10g}%"}


def _limits(scheme: Scheme, node: Node) -> Iterator[str]:
    for floor in node.floors:
        below = scheme.node(floor.node)
        values = {"node": called(below), "below": number(floor.below), "cap": number(floor.cap)}
        yield _("底线：%(node)s低于 %(below)s 分时，本项最高 %(cap)s 分") % values
    for veto in node.vetoes:
        values = {"veto": called(veto), "input": veto.input, "effect": veto_words(veto, root_bands(scheme))}
        said = _("%(veto)s（%(input)s）%(effect)s") % values
        yield _("%(said)s；依据：%(basis)s") % {"said": said, "basis": veto.basis} if veto.basis else said
    if node.cap is not None:
        yield _cap(node.cap)


def _cap(cap: Cap) -> str:
    if cap.at_least is None:
        return _("最高 %(high)s 分") % {"high": number(cap.at_most or 0.0)}
    if cap.at_most is None:
        return _("最低 %(low)s 分") % {"low": number(cap.at_least)}
    return _("限于 %(low)s～%(high)s 分") % {"low": number(cap.at_least), "high": number(cap.at_most)}


def general(scheme: Scheme) -> list[str]:
    """What holds for the scheme as a whole: scale, tracks, ties, eligibility."""
    lines = [_("各级满分均为 %(scale)s 分") % {"scale": number(scheme.scale)}]
    if scheme.tracks is None:
        lines.append(_("全部单位一起排名"))
    else:
        lines.append(_("按%(column)s分别排名；不同赛道之间不比名次") % {"column": group(scheme.tracks.by)})
    lines.append(_ties(scheme.ties))
    if scheme.eligibility.min_coverage:
        share = f"{100 * scheme.eligibility.min_coverage:.10g}%"
        lines.append(_("真实数据覆盖的权重不足 %(share)s 的单位不参加排名，并说明理由") % {"share": share})
    return lines


def _ties(ties: TieRule) -> str:
    how = {
        "min": _("并列取靠前的名次（1、2、2、4）"),
        "max": _("并列取靠后的名次（1、3、3、4）"),
        "average": _("并列取平均名次（1、2.5、2.5、4）"),
        "dense": _("并列后不空名次（1、2、2、3）"),
        "ordinal": _("不并列，按单位代码分先后"),
    }[ties.method]
    if ties.precision == "raw":
        return how
    if ties.precision.decimals is not None:
        return how + _("；得分保留 %(decimals)s 位小数后比较") % {"decimals": ties.precision.decimals}
    return how + _("；得分相差不超过 %(tolerance)s 视为相同") % {"tolerance": f"{ties.precision.tolerance:g}"}
