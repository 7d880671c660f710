"""What ``kanjian check`` asks of the calendar."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian import health
from kanjian.calendars.selectors import year_status
from kanjian.calendars.working_time import YearStatus

CODE = "calendars.provisional"


@health.check(CODE)
def years_are_official() -> Iterator[health.Problem]:
    """The current year and the next have their notices; a missing one makes deadlines uncertain."""
    this_year = timezone.localdate().year
    for year, severity in ((this_year, health.Severity.ERROR), (this_year + 1, health.Severity.WARNING)):
        status = year_status(year)
        remedy = _("国务院办公厅发布 %(year)s 年放假通知后，用 kanjian import notice 导入") % {"year": year}
        if status is None:
            message = _("工作日历没有 %(year)s 年，涉及该年的期限无法计算") % {"year": year}
            yield health.Problem(CODE, health.Severity.ERROR, message, remedy)
        elif status is YearStatus.PROVISIONAL:
            message = _("%(year)s 年工作日历为暂定，涉及该年的期限可能变动") % {"year": year}
            yield health.Problem(CODE, severity, message, remedy)
