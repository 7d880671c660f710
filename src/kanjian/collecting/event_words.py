"""What happened to collections and sheets, in words 采集事件的文字."""

from django.utils.translation import gettext_lazy as _

PHRASES = {
    "collecting.create_collection": _("新建采集"),
    "collecting.change_collection": _("修改采集"),
    "collecting.set_fields": _("设定采集的指标"),
    "collecting.activate_collection": _("启用采集，依据 %(document)s，%(plan_year)s 年，至 %(ends_on)s"),
    "collecting.set_ceiling": _("公布减负上限：%(year)s 年 %(hours)s 小时，依据 %(document)s"),
    "collecting.end_collection": _("结束采集：%(reason)s"),
    "collecting.open_window": _(
        "%(collection)s 开始填报 %(period)s：%(opens_on)s 至 %(due_on)s，%(sheets)s 张表，预填 %(prefilled)s 格"
    ),
    "collecting.record_entries": _("填写 %(cells)s 格（%(origin)s），第 %(version)s 版"),
    "collecting.stage_workbook": _("上传填报表 %(source)s 待确认"),
    "collecting.submit": _("提交，第 %(version)s 版，到 %(level)s"),
    "collecting.withdraw": _("撤回提交，在 %(level)s"),
    "collecting.return_sheet": _("%(level)s 退回：%(reason)s %(comment)s"),
    "collecting.reopen": _("退回更正：%(reason)s %(comment)s，改到 %(until)s"),
    "collecting.approve": _("审核通过 %(sheets)s"),
    "collecting.accept": _("入库，批次 %(batch)s：%(sheets)s"),
    "collecting.ask_extension": _("申请延期至 %(until)s：%(reason)s"),
    "collecting.decide_extension": _("延期申请 %(state)s，至 %(until)s：%(decision)s"),
}
