"""What happened to a board, in words 大事记: one sentence for each verb of the ledger."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def event(verb: str, data: Mapping[str, Any]) -> str:
    """One event; an unknown verb is shown as it is, never hidden."""
    given = {"version": "", "period": "", "until": "", "reason": "", "note": "", "rows": "", "units": "", "ranked": ""}
    texts = {
        "boards.create_board": _("创建榜单"),
        "boards.add_scheme_version": _("新增方法版本 %(version)s，自 %(valid_from)s 起适用"),
        "boards.replace_scheme_text": _("修改尚未使用的方法版本 %(version)s"),
        "boards.freeze_release": _("冻结 %(period)s 数据：%(units)s 个单位，%(rows)s 个数"),
        "boards.compute_edition": _("计算 %(period)s 草稿：%(units)s 个单位，%(ranked)s 个有排名"),
        "boards.open_objection": _("%(period)s 开始公示，到 %(until)s"),
        "boards.publish": _("发布 %(period)s"),
        "boards.supersede": _("%(period)s 由新的一期替代") if data.get("successor") else _("撤下 %(period)s"),
    }
    text = texts.get(verb)
    if text is None:
        return verb
    said = text % {"valid_from": "", **given, **data}
    why = str(data.get("note") or data.get("reason") or "")
    return _("%(said)s。说明：%(why)s") % {"said": said, "why": why} if why else said
