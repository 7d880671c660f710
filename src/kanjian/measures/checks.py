"""What ``kanjian check`` asks of the values."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian import health
from kanjian.calendars.periods import Kind, Period
from kanjian.measures import derived
from kanjian.measures.exceptions import has_run_out
from kanjian.measures.linting import lint_everything
from kanjian.measures.models import Batch, Indicator, QualityRun, Value
from kanjian.measures.selectors import known_periods, latest_period
from kanjian.measures.selectors.redlines import finding_row as row_of
from kanjian.measures.store.guards import missing_guards

DUPLICATES, COMPUTATIONS = "measures.duplicates", "measures.computations"
RED_LINES = "measures.red_lines"
STALE, UNCOVERED, ORIGINALS = "measures.stale", "measures.uncovered", "measures.originals"
QUALITY, GUARDS = "measures.quality", "measures.guards"
NAMED = 5
QUALITY_DAYS = 7  # without a quality run for longer, nobody looks


@health.check(STALE)
def sources_are_fresh() -> Iterator[health.Problem]:
    """No indicator lags behind the latest period of its own kind that is over (quarters are compared with quarters).

    A period that still runs is being reported: the first value of a quarter does not make all others late.
    """
    late: dict[str, list[Indicator]] = defaultdict(list)
    latest_by_kind: dict[Kind, Period] = {}
    periods = [Period.parse(code) for code in known_periods()]
    for period in periods:
        if period.end < timezone.localdate():
            latest_by_kind.setdefault(period.kind, period)
    for indicator in Indicator.objects.select_related("department"):
        own = next((period for period in periods if _has_cells(indicator, period.code)), None)
        latest = None if own is None else latest_by_kind.get(own.kind)
        if own is not None and latest is not None and own < latest:
            late[latest.code].append(indicator)
    for code, indicators in late.items():
        message = _("%(number)d 项指标没有 %(period)s 的数据：%(names)s") % {
            "number": len(indicators),
            "period": code,
            "names": _names(indicators),
        }
        remedy = _("请责任部门报送：%(departments)s") % {"departments": _departments(indicators)}
        yield health.Problem(STALE, health.Severity.WARNING, message, remedy)


@health.check(QUALITY)
def quality_is_looked_at() -> Iterator[health.Problem]:
    """Where there are values, the quality checks ran over the latest period within the last days."""
    period = latest_period()
    if period is None:
        return
    remedy = _("每天运行 kanjian quality run %(period)s（计划任务），或在质疑清单页运行") % {"period": period}
    last = QualityRun.objects.first()
    if last is None:
        yield health.Problem(QUALITY, health.Severity.WARNING, _("还没有运行过质量检查"), remedy)
        return
    days = (timezone.now() - last.created_at).days
    if days > QUALITY_DAYS:
        message = _("质量检查已有 %(days)d 天没有运行") % {"days": days}
        yield health.Problem(QUALITY, health.Severity.WARNING, message, remedy)


@health.check(UNCOVERED)
def indicators_have_values() -> Iterator[health.Problem]:
    """Every registered indicator has a value somewhere."""
    empty = [indicator for indicator in Indicator.objects.select_related("department") if not _has_any(indicator)]
    if empty:
        message = _("%(number)d 项指标从未有过数据：%(names)s") % {"number": len(empty), "names": _names(empty)}
        yield health.Problem(UNCOVERED, health.Severity.WARNING, message, _("导入数据，或删除不用的指标"))


@health.check(ORIGINALS)
def originals_are_kept() -> Iterator[health.Problem]:
    """The file of every batch is still there: without it the last click from a rank leads nowhere."""
    batches = Batch.objects.exclude(file="").order_by("pk").values_list("pk", "file")
    gone = [pk for pk, place in batches.iterator() if not default_storage.exists(place)]
    if gone:
        numbers = "、".join(str(pk) for pk in gone[:NAMED])
        message = _("%(number)d 个批次的原始文件丢失：%(batches)s") % {"number": len(gone), "batches": numbers}
        yield health.Problem(ORIGINALS, health.Severity.ERROR, message, _("从备份恢复文件夹 files/measures"))


@health.check(GUARDS)
def references_are_guarded() -> Iterator[health.Problem]:
    """The database refuses values of units, indicators and batches that it does not have."""
    if gone := missing_guards():
        message = _("数据库不再核对数值所属的单位、指标和批次：缺少触发器 %(names)s") % {"names": "、".join(gone)}
        remedy = _("请数据库管理员执行 ALTER TABLE … ENABLE TRIGGER USER；触发器已不存在的，从备份恢复数据库")
        yield health.Problem(GUARDS, health.Severity.ERROR, message, remedy)


@health.check(DUPLICATES)
def one_datum_has_one_indicator() -> Iterator[health.Problem]:
    """No two indicators carry the same semantic code: then the same datum would be asked for twice."""
    by_code: dict[str, list[Indicator]] = defaultdict(list)
    for indicator in Indicator.objects.exclude(semantic_code=""):
        by_code[indicator.semantic_code].append(indicator)
    for code, indicators in by_code.items():
        if len(indicators) > 1:
            message = _("同一数据“%(code)s”有 %(number)d 项指标：%(names)s") % {
                "code": code,
                "number": len(indicators),
                "names": _names(indicators),
            }
            yield health.Problem(
                DUPLICATES, health.Severity.WARNING, message, _("保留一项，其余改为引用它或改正语义编码")
            )


@health.check(COMPUTATIONS)
def computations_are_registered() -> Iterator[health.Problem]:
    """Every computed indicator names a computation that a room has registered."""
    computed = Indicator.objects.filter(source=Indicator.Source.COMPUTED)
    lost = [indicator for indicator in computed if not derived.is_known(indicator.derived_by)]
    if lost:
        message = _("%(number)d 项系统计算的指标没有登记计算方式：%(names)s") % {
            "number": len(lost),
            "names": _names(lost),
        }
        yield health.Problem(COMPUTATIONS, health.Severity.WARNING, message, _("在指标的“数据来源方式”中选定计算"))


def _has_cells(indicator: Indicator, period: str) -> bool:
    return Value.objects.filter(period=period, indicator=indicator).exists()


def _has_any(indicator: Indicator) -> bool:
    return any(_has_cells(indicator, code) for code in known_periods())


def _names(indicators: list[Indicator]) -> str:
    shown = "、".join(f"{indicator.code} {indicator.name}" for indicator in indicators[:NAMED])
    return shown if len(indicators) <= NAMED else _("%(names)s 等") % {"names": shown}


def _departments(indicators: Iterable[Indicator]) -> str:
    names = {indicator.department.name if indicator.department else _("未指定部门") for indicator in indicators}
    return "、".join(sorted(names))


@health.check(RED_LINES)
def no_red_line_is_crossed() -> Iterator[health.Problem]:
    """Every method and collection in use is clean or covered by an exception that has not run out."""
    for subject, judged in lint_everything():
        for each in judged:
            if each.refuses:
                finding = row_of(each)
                values = {"subject": subject, "code": finding.code, "title": finding.title, "item": finding.item}
                message = _("%(subject)s：%(code)s %(title)s（%(item)s）") % values
                remedy = finding.remedy
                if has_run_out(each.finding):
                    remedy = _("例外已到期：重新申请，或%(remedy)s") % {"remedy": finding.remedy}
                yield health.Problem(RED_LINES, health.Severity.ERROR, message, remedy)
