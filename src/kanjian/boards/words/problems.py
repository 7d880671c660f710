"""What is wrong with a scheme, in the reader's language 方法问题: a problem's stable code → what, and how to mend it.

The library speaks English with all particulars; a page shows these words and, beside them, the particulars as they are.
"""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from kanjian.scoring import Problem

_TYPE = (_("写法与格式不符"), _("按提示的类型改写这一项"))
_UNKNOWN_METHOD = (_("没有这种规则或方法"), _("从提示列出的名称中选一个"))
_BOUNDS = (_("上下限次序不对"), _("核对两个界限的大小和方向"))
_COUNT = (_("输入列的个数与规则不符"), _("按规则需要的列数改写 inputs，或写明 combine"))

TEXTS: Mapping[str, tuple[str, str]] = {
    "yaml": (_("文本不是可读的 YAML"), _("检查提示的行：缩进用空格，冒号后空一格，同一个键只写一次")),
    "file": (_("文件无法读取"), _("另存为 UTF-8 编码后重试")),
    "type": _TYPE,
    "missing": (_("缺少必填项"), _("补上这一项")),
    "extra_forbidden": (_("不认识的项"), _("核对拼写，或删除")),
    "union_tag_invalid": _UNKNOWN_METHOD,
    "union_tag_not_found": (_("没有写明方法"), _("补上 method")),
    "string_pattern_mismatch": (_("代码或文字的写法不合要求"), _("代码只用字母、数字、点、横线和下划线")),
    "greater_than_equal": (_("数值太小"), _("改为不低于下限的数")),
    "greater_than": (_("数值太小"), _("改为大于下限的数")),
    "cycle": (_("指标树出现循环"), _("节点不能是自己的下级")),
    "depth": (_("指标树层级太深"), _("合并中间层级")),
    "reserved_code": (_("代码是结果表的保留列名"), _("换一个代码")),
    "duplicate_code": (_("代码重复"), _("每个节点用不同的代码")),
    "duplicate_band": (_("等次重复"), _("每个等次的代码和起点分各不相同")),
    "leaf_and_branch": (_("节点既有下级又有规则"), _("指标没有下级；有下级的节点删去 rule")),
    "empty_branch": (_("节点既没有下级也没有规则"), _("写 children 或 rule")),
    "weights_zero": (_("下级权重合计为零"), _("至少一个下级的权重大于零")),
    "weights_total": (_("下级权重合计与 total 不符"), _("改权重，或改 total")),
    "needs_positive": (_("几何或调和平均不能有负分"), _("在规则中设 mean，使分数为正")),
    "direction_of_rule": (_("规则与指标方向不符"), _("改 direction，或换一种规则")),
    "repeated_input": (_("同一列写了两次"), _("每列只写一次")),
    "input_count": _COUNT,
    "not_applicable": (_("此项不适用于所选方法"), _("删去这一项，或换一种方法")),
    "unknown_group": (_("分组列未知"), _("写 tracks 或 groups 中声明的列")),
    "root_kind": (_("根节点只能是得分"), _("删去根节点的 kind")),
    "no_node": (_("所指的节点不在应在的位置"), _("改为正确的节点代码")),
    "veto_band": (_("一票否决的等次限制不成立"), _("只能用于根节点，且等次须在 bands 中")),
    "veto_condition": (_("一票否决的条件不完整"), _("at_least 和 at_most 只写一个")),
    "veto_effect": (_("一票否决的后果不完整"), _("zero、cap、max_band 只写一个")),
    "full_not_above_floor": (_("满分不高于底分"), _("full 须大于 floor")),
    "bounds_order": _BOUNDS,
    "bound_quantile": (_("分位数写法不对"), _("stat: quantile 时写 q，其他情况不写")),
    "no_target": (_("缺少目标值"), _("补上 target")),
    "target_not_positive": (_("目标值须为正"), _("改 target")),
    "steps_mixed": (_("分档混用上限和下限"), _("全部写 at_least，或全部写 at_most")),
    "steps_repeated": (_("分档界限重复"), _("每档界限各不相同")),
    "grade_repeated": (_("等级重复"), _("每个等级的名称和数值各不相同")),
    "standards_order": (_("分档标准次序不对"), _("从高到低排列")),
    "log_of_non_positive": (_("取对数的界限须为正"), _("改 low，或去掉 log")),
    "rank_step": (_("step 与 full 须同时写"), _("两项都写，或都不写")),
    "power_exponent": (_("幂平均的指数不对"), _("写 p，且不为 0")),
    "missing_fill": (_("缺失处理写法不对"), _("rule: fill 时写 fill，其他情况不写")),
    "empty_cap": (_("上下限都没有写"), _("至少写一个界限")),
    "tie_precision": (_("并列精度写法不对"), _("tolerance 和 decimals 只写一个，或写 raw")),
}


def problem(found: Problem) -> tuple[str, str]:
    """What is wrong and how to mend it, in the active language; two empty texts for a code without words."""
    what, remedy = TEXTS.get(found.code) or _general(found.code)
    return (gettext(what), gettext(remedy)) if what else ("", "")


def _general(code: str) -> tuple[str, str]:
    """Codes that come in families: settings on the wrong kind of node, and the types that the format checks."""
    if code.endswith("_on_branch"):
        return _("此项属于指标，不属于有下级的节点"), _("移到下面的指标上")
    if code.endswith("_on_leaf"):
        return _("此项属于有下级的节点，不属于指标"), _("移到上级节点")
    if code.endswith(("_type", "_parsing", "_error")) or code in {"too_short", "string_too_long", "string_too_short"}:
        return _TYPE
    return "", ""
