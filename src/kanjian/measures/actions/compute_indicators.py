"""Compute indicators that rooms of Kanjian derive 计算指标: through the same way in as every other value."""

from collections.abc import Collection

import polars as pl
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.calendars.periods import Period, PeriodError
from kanjian.jobs.progress import SILENT, Reporter
from kanjian.measures import derived
from kanjian.measures.actions.import_values import Imported, bring_in
from kanjian.measures.intake import Options, Source
from kanjian.measures.intake.systems import Channel
from kanjian.measures.models import Indicator
from kanjian.measures.policies import require_compute
from kanjian.orgs.models import Unit, User


def compute_indicators(
    period: str, *, by: User | None, only: Collection[str] = (), reporter: Reporter = SILENT
) -> Imported:
    """Compute all computed indicators of the period, or those named in ``only``, and keep what changed as one batch.

    What a cell said before stays as its revision; a second run without news writes nothing. All of it or nothing:
    raises ``ValidationError`` for what is no period, an indicator that is not computed or whose computation is not
    registered or fails, ``IntakeError`` where a computed value breaks the indicator's limits, ``PermissionDenied``.
    """
    require_compute(by)
    when = _parse(period)
    indicators = _chosen(only)
    with transaction.atomic():
        reporter.start(len(indicators), _("正在计算"))
        frames = []
        for indicator in indicators:
            frames.append(_computed(indicator, when))
            reporter.advance(1, indicator.name)
        table = pl.concat(frames)
        if table.is_empty():
            raise ValidationError(_("%(period)s 没有可以计算的单位") % {"period": when.code})
        source = Source.of_frame(table, f"computed-{when.code}")
        return bring_in(source, Options(shape="long"), by=by, channel=Channel.COMPUTED)


def _parse(period: str) -> Period:
    try:
        return Period.parse(period)
    except PeriodError as error:
        raise ValidationError(_("“%(text)s”不是周期") % {"text": period}) from error


def _chosen(only: Collection[str]) -> list[Indicator]:
    computed = {each.code: each for each in Indicator.objects.filter(source=Indicator.Source.COMPUTED)}
    if other := sorted(set(only) - computed.keys()):
        raise ValidationError(_("不是系统计算的指标：%(codes)s") % {"codes": "、".join(other)})
    found = [computed[code] for code in (only or computed)]
    if not found:
        raise ValidationError(_("没有系统计算的指标"))
    return found


def _computed(indicator: Indicator, period: Period) -> pl.DataFrame:
    """One indicator as rows of the file that is kept with the batch."""
    try:
        computation = derived.computation(indicator.derived_by)
        units = Unit.objects.on(period.end)
        frame = computation.compute(units, period.code, derived.split(indicator.derived_by)[1])
    except derived.ComputationError as error:
        raise ValidationError(f"{indicator.code} {indicator.name}: {error}") from error
    return frame.select(
        "unit",
        pl.lit(period.code).alias("period"),
        pl.lit(indicator.code).alias("indicator"),
        *("value", "status", "note"),
        pl.lit(indicator.derived_by).alias("computed_by"),
        "basis",
    )
