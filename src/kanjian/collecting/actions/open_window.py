"""Ask for one period 开放填报窗口."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.calendars.periods import Kind, Period, PeriodError
from kanjian.collecting.actions.common import require_state
from kanjian.collecting.gates import require_clear
from kanjian.collecting.models import Collection, Sheet, Window
from kanjian.collecting.policies import require_manage
from kanjian.collecting.prefilling import prefill
from kanjian.collecting.states import CollectingError, locked_collection
from kanjian.collecting.subjects import reporters_of
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User

CHUNK = 2_000
KIND_OF = {
    Collection.Frequency.MONTH.value: Kind.MONTH,
    Collection.Frequency.QUARTER.value: Kind.QUARTER,
    Collection.Frequency.HALF.value: Kind.HALF,
    Collection.Frequency.YEAR.value: Kind.YEAR,
}


@transaction.atomic
def open_window(
    collection: Collection, period: str, *, opens_on: date, due_on: date, closes_on: date, by: User | None
) -> Window:
    """Make the window and a sheet for every reporting unit that exists in the period; held values are pre-filled.

    Raises ``CollectingError`` (not_active, blocked, bad_period, wrong_kind, bad_dates, after_end, exists,
    no_reporters), ``PermissionDenied``.
    """
    collection = locked_collection(collection)
    require_manage(by, collection.root)
    require_state(collection, Collection.State.ACTIVE, "not_active")
    require_clear(collection)
    code = _period(collection, period)
    _check_dates(collection, opens_on, due_on, closes_on)
    if collection.windows.filter(period=code).exists():
        raise CollectingError("exists", _("%(period)s 的窗口已经开过") % {"period": code})
    reporters = list(reporters_of(collection, code).values_list("pk", flat=True))
    if not reporters:
        raise CollectingError("no_reporters", _("这一期没有需要填报的单位"))
    window = Window.objects.create(
        collection=collection, period=code, opens_on=opens_on, due_on=due_on, closes_on=closes_on, created_by=by
    )
    Sheet.objects.bulk_create((Sheet(window=window, reporter_id=pk) for pk in reporters), batch_size=CHUNK)
    prefilled = prefill(window, timezone.now())
    data = {
        "period": code,
        "opens_on": opens_on,
        "due_on": due_on,
        "closes_on": closes_on,
        "sheets": len(reporters),
        "prefilled": prefilled,
    }
    append_event("collecting.open_window", f"window:{window.pk}", by=by, data={"collection": collection.code, **data})
    return window


def _period(collection: Collection, text: str) -> str:
    try:
        period = Period.parse(text)
    except PeriodError as error:
        raise CollectingError("bad_period", _("“%(text)s”不是周期") % {"text": text}) from error
    if period.kind != KIND_OF[collection.frequency]:
        names = {"text": period.code, "frequency": collection.get_frequency_display()}
        raise CollectingError("wrong_kind", _("“%(text)s”与填报频率“%(frequency)s”不符") % names)
    return period.code


def _check_dates(collection: Collection, opens_on: date, due_on: date, closes_on: date) -> None:
    if not opens_on <= due_on <= closes_on:
        raise CollectingError("bad_dates", _("日期须按开放、到期、关闭的先后排列"))
    if closes_on < timezone.localdate():
        raise CollectingError("bad_dates", _("关闭日期已过"))
    if collection.ends_on is not None and closes_on > collection.ends_on:
        raise CollectingError("after_end", _("窗口不能开到采集项目截止日期 %(day)s 之后") % {"day": collection.ends_on})
