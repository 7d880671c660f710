"""What happened to the calendar, in words 日历事件的文字."""

from django.utils.translation import gettext_lazy as _

PHRASES = {
    "calendars.load_notice": _("载入放假通知 %(source)s：%(days)s 天，变动 %(changed)s"),
    "calendars.seed_years": _("预置工作日历：正式 %(official)s，暂定 %(provisional)s"),
}
