"""What happened to a board, in words 大事记: one sentence for each verb of the ledger."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def event(verb: str, data: Mapping[str, Any]) -> str:
    """One event; an unknown verb is shown as it is, never hidden."""
    given = {"version": "", "period": "", "until": "", "reason": "", "note": "", "rows": "", "units": "", "ranked": ""}
    given |= {"number": "", "unit": "", "title": ""}
    texts = {
        "boards.create_board": _("创建榜单"),
        "boards.add_scheme_version": _("新增方法版本 %(version)s，自 %(valid_from)s 起适用"),
        "boards.replace_scheme_text": _("修改尚未使用的方法版本 %(version)s"),
        "boards.freeze_release": _("冻结 %(period)s 数据：%(units)s 个单位，%(rows)s 个数"),
        "boards.compute_edition": _("计算 %(period)s 草稿：%(units)s 个单位，%(ranked)s 个有排名"),
        "boards.open_objection": _("%(period)s 开始公示，到 %(until)s"),
        "boards.publish": _("发布 %(period)s"),
        "boards.replay": _("按 %(version)s 重放 %(period)s，只供比较"),
        "boards.record_overlap": _("%(period)s 按 %(older)s 和 %(version)s 两版并行计算"),
        "boards.settle_bottom_list": _("末段名次按决定公开：%(document)s")
        if data.get("bottom_list") == "public"
        else _("末段名次不公开，只作帮扶名单"),
        "boards.supersede": _("%(period)s 由新的一期替代") if data.get("successor") else _("撤下 %(period)s"),
    }
    text = (texts | _review() | _objection()).get(verb)
    if text is None:
        return verb
    said = text % {"valid_from": "", **given, **data}
    why = str(data.get("note") or data.get("reason") or "")
    return _("%(said)s。说明：%(why)s") % {"said": said, "why": why} if why else said


def _review() -> dict[str, str]:
    """Sign-offs, proposals, staged sets."""
    return {
        "boards.sign_off": _("签署 %(period)s 的审核意见"),
        "boards.propose": _("提议：%(period)s 的发布、撤下或更正"),
        "boards.withdraw_proposal": _("撤回 %(period)s 的提议"),
        "boards.open_staged": _("建立更正集 #%(number)s %(title)s"),
        "boards.add_correction": _("更正集 #%(number)s 加入一项更正"),
        "boards.remove_correction": _("更正集 #%(number)s 去掉一项更正"),
        "boards.choose_method": _("更正集 #%(number)s 改用方法版本 %(version)s"),
        "boards.compute_staged": _("试算更正集 #%(number)s"),
        "boards.apply_staged": _("应用更正集 #%(number)s，期次随之更正"),
        "boards.cancel_staged": _("取消更正集 #%(number)s"),
    }


def _objection() -> dict[str, str]:
    """The steps of an objection; who said what stays on its own page."""
    return {
        "boards.objection_file": _("收到异议 #%(number)s（%(unit)s）"),
        "boards.objection_assign": _("异议 #%(number)s 分配复核人"),
        "boards.objection_accept": _("受理异议 #%(number)s"),
        "boards.objection_dismiss": _("异议 #%(number)s 不予受理"),
        "boards.objection_ask": _("异议 #%(number)s 要求补充材料"),
        "boards.objection_answer": _("异议 #%(number)s 补充了材料"),
        "boards.objection_review": _("异议 #%(number)s 已复核"),
        "boards.objection_uphold": _("异议 #%(number)s 成立"),
        "boards.objection_uphold_partly": _("异议 #%(number)s 部分成立"),
        "boards.objection_reject": _("异议 #%(number)s 不成立"),
        "boards.objection_appeal": _("异议 #%(number)s 申请再次复核"),
        "boards.objection_apply": _("异议 #%(number)s 已更正"),
        "boards.objection_withdraw": _("异议 #%(number)s 撤回"),
        "boards.objection_close": _("异议 #%(number)s 办结"),
    }
