"""Systems of record 数据来源方式: every indicator has one, and what an indicator must say about it.

| system | what it says | how values come in |
|---|---|---|
| entered 填报 | ``reporter_kind``: which level | a collection; a file by administrators of the whole, with reason |
| imported 导入 | nothing | a department's file or the API |
| computed 系统计算 | ``derived_by``: a registered computation | only ``compute_indicators`` |
| reference 统计引用 | ``release_note``: publication, date, revision | a file with its release note |
"""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kanjian.measures import derived
from kanjian.measures.models import Indicator

# What an indicator says of its system of record, and of which system.
BELONGS = {
    "reporter_kind": Indicator.Source.ENTERED,
    "derived_by": Indicator.Source.COMPUTED,
    "release_note": Indicator.Source.REFERENCE,
}


def settle(indicator: Indicator, given: Collection[str]) -> None:
    """Make what the indicator says fit its system: what belongs to another one goes, unless it was just given.

    Raises ``ValidationError`` for something of another system among ``given``, an entered indicator without a level,
    a computed one without a registered computation.
    """
    for name, system in BELONGS.items():
        if system == indicator.source or not getattr(indicator, name):
            continue
        if name in given:
            word = Indicator.Source(indicator.source).label
            raise ValidationError({name: _("来源方式为“%(source)s”的指标没有这一项") % {"source": word}})
        setattr(indicator, name, "")
    if indicator.source == Indicator.Source.ENTERED and not indicator.reporter_kind:
        raise ValidationError({"reporter_kind": _("填报的指标要说明由哪一级填报")})
    if indicator.source == Indicator.Source.COMPUTED and not derived.is_known(indicator.derived_by):
        known = "、".join(derived.names()) or "—"
        raise ValidationError({"derived_by": _("系统计算的指标要选定一种计算：%(known)s") % {"known": known}})


def same_datum(indicator: Indicator) -> list[Indicator]:
    """Other indicators with the same semantic code: the same datum twice, which should have one source."""
    if not indicator.semantic_code:
        return []
    return list(Indicator.objects.filter(semantic_code=indicator.semantic_code).exclude(pk=indicator.pk))
