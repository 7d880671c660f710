"""What happened to people, units and accounts, in words 组织事件的文字."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from kanjian.ledger.words import fill
from kanjian.orgs.models import Post

# The role is a code in the event and a word on the page.
POSTS = {
    "orgs.grant_post": _("授予岗位 %(role)s，单位 %(unit)s，%(from)s 至 %(to)s"),
    "orgs.end_post": _("结束岗位 %(role)s，单位 %(unit)s，自 %(to)s"),
}


def of_posts(verb: str, data: Mapping[str, Any]) -> str:
    """What happened to a post; any other verb as it is."""
    if verb not in POSTS:
        return verb
    role = data.get("role")
    return fill(POSTS[verb], {**data, "role": Post.Role(role).label if role in Post.Role.values else role})


PHRASES = {
    "orgs.create_user": _("开通账号（%(display_name)s）"),
    "orgs.change_password": _("修改密码"),
    "orgs.reset_password": _("重置密码为一次性密码"),
    "orgs.login": _("登录（%(ways)s），网络 %(network)s"),
    "orgs.login_failed": _("密码错误，网络 %(network)s"),
    "orgs.lock_out": _("密码连续错误，账号锁定，网络 %(network)s"),
    "orgs.unlock_user": _("解除锁定"),
    "orgs.end_session": _("结束另一处登录"),
    "orgs.add_second_factor": _("启用双因素：%(kind)s"),
    "orgs.remove_second_factor": _("停用双因素：%(kind)s"),
    "orgs.renew_recovery_codes": _("重新生成恢复码"),
    "orgs.second_factor_failed": _("第二步验证失败：%(kind)s"),
    "orgs.reset_second_factor": _("管理员取消双因素：%(kinds)s"),
    "orgs.connect_identity": _("绑定外部登录：%(provider)s"),
    "orgs.disconnect_identity": _("解除外部登录：%(provider)s"),
    "orgs.create_token": _("%(user)s 生成个人令牌“%(name)s”（%(scope)s），%(until)s 失效"),
    "orgs.revoke_token": _("停用 %(user)s 的个人令牌“%(name)s”"),
    "orgs.create_unit": _("设立单位 %(name)s（%(kind)s），上级 %(parent)s，自 %(since)s"),
    "orgs.rename_unit": _("单位更名：%(before)s → %(after)s，自 %(day)s，依据 %(document)s"),
    "orgs.move_unit": _("单位划转：%(before)s → %(after)s，自 %(day)s，依据 %(document)s"),
    "orgs.merge_units": _("单位合并：%(merged)s 并入，自 %(day)s，依据 %(document)s"),
    "orgs.split_unit": _("单位拆分为 %(into)s，自 %(day)s，依据 %(document)s"),
    "orgs.close_unit": _("撤销单位，自 %(day)s，依据 %(document)s"),
    "orgs.assign_track": _("调整赛道：%(before)s → %(after)s，自 %(day)s。%(reason)s"),
    "orgs.correct_track": _("更正赛道：%(before)s → %(after)s，%(since)s 至 %(until)s。%(reason)s"),
    "orgs.create_track": _("新设赛道 %(name)s"),
    "orgs.import_units": _("导入单位表"),
    "orgs.load_map": _("载入边界：%(areas)s 个"),
    "orgs.export_events": _("导出台账：%(rows)s 条"),
}
