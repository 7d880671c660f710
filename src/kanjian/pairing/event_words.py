"""What happened to rounds and pairs, in words 结对事件的文字."""

from django.utils.translation import gettext_lazy as _

PHRASES = {
    "pairing.propose_round": _("提出 %(period)s 的结对方案：%(pairs)s 对，%(unmatched)s 个未配上"),
    "pairing.change_pair": _("手工调整结对：%(reason)s"),
    "pairing.fix_pair": _("规定固定结对 %(mentee)s 与 %(mentor)s：%(reason)s"),
    "pairing.forbid_pair": _("规定不得结对 %(mentee)s 与 %(mentor)s：%(reason)s"),
    "pairing.lift_ruling": _("解除对 %(mentee)s 与 %(mentor)s 的规定：%(reason)s"),
    "pairing.agree": _("确认 %(mentee)s 与 %(mentor)s 结对"),
    "pairing.start_round": _("结对开始：%(pairs)s 对"),
    "pairing.write_plan": _("修改帮带计划"),
    "pairing.set_milestone": _("更新帮带节点"),
    "pairing.record_visit": _("记录走访 %(day)s"),
    "pairing.evaluate_round": _("评估结对成效：%(verdict)s"),
    "pairing.open_round": _("改变结对名单的公开范围"),
    "pairing.close_pair": _("结束一对结对：%(outcome)s %(note)s"),
    "pairing.close_round": _("结束一轮结对：%(reason)s"),
}
