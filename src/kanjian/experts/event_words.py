"""What happened to panels, in words 专家定权事件的文字."""

from django.utils.translation import gettext_lazy as _

PHRASES = {
    "experts.create_panel": _("建立专家组“%(title)s”，以 %(version)s 为底本"),
    "experts.invite": _("确定专家名单"),
    "experts.open_panel": _("开始征询 %(experts)s 位专家"),
    "experts.submit_answer": _("专家交卷"),
    "experts.close_panel": _("截止并汇总，计入 %(counted)s 份答卷"),
    "experts.propose_version": _("形成建议版本 %(version)s"),
}
