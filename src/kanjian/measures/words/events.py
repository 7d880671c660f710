"""What happened to indicators and values, in words 指标与数值事件的文字."""

from django.utils.translation import gettext_lazy as _

PHRASES = {
    "measures.define_indicator": _("定义或修改指标"),
    "measures.stage_upload": _("上传 %(source)s 待确认"),
    "measures.cancel_upload": _("取消上传"),
    "measures.record_values": _("写入数值：来源 %(source)s，周期 %(periods)s，新 %(new)s，改 %(changed)s"),
    "measures.import_values": _("导入数值：来源 %(source)s，周期 %(periods)s，新 %(new)s，改 %(changed)s"),
    "measures.compute_indicators": _("计算指标：周期 %(periods)s，新 %(new)s，改 %(changed)s"),
    "measures.correct_values": _("更正数值：新 %(new)s，改 %(changed)s"),
    "measures.define_rule": _("定义校验规则"),
    "measures.retire_rule": _("停用校验规则"),
    "measures.run_quality": _("数据质量检查"),
    "measures.review_flag": _("核实质疑：%(before)s → %(verdict)s，%(reason)s"),
    "measures.ask_exception": _("申请红线例外 %(code)s（%(item)s），依据 %(document)s：%(reason)s"),
    "measures.grant_exception": _("批准红线例外 %(code)s（%(item)s）"),
    "measures.refuse_exception": _("不批准红线例外 %(code)s（%(item)s）"),
    "measures.revoke_exception": _("撤回红线例外 %(code)s（%(item)s）"),
}
