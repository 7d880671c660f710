"""Who entered a value 填报人: nobody reviews what the own hand wrote. Rooms that take values in register theirs."""

from collections.abc import Callable, Iterable

from django.db.models import Q

from kanjian.measures.models import Flag, Value
from kanjian.orgs.models import Unit
from kanjian.orgs.tree import ids_below

# Ids of the people who entered values of these units (ids) in the period; indicator None: any indicator.
KnowsWho = Callable[[Iterable[int], int | None, str], Iterable[int]]
_sources: list[KnowsWho] = []


def knows_who_entered(source: KnowsWho) -> KnowsWho:
    """Register a function that names who entered values; twice has no effect."""
    if source not in _sources:
        _sources.append(source)
    return source


def people_behind(flag: Flag) -> set[int]:
    """Ids of everybody who entered a value that the flag is about: of the unit, of the pair, of the whole group."""
    units = set(Unit.objects.filter(id__in=ids_below([flag.unit_id])).values_list("pk", flat=True))
    units |= {flag.other_id} if flag.other_id else set()
    about = Q(unit__in=units, period=flag.period)
    if flag.indicator_id is not None and flag.rule_id is None:
        about &= Q(indicator=flag.indicator_id)
    found: set[int | None] = set()
    found |= set(Value.objects.filter(about).order_by().values_list("batch__created_by", flat=True).distinct())
    indicator = None if flag.rule_id is not None else flag.indicator_id
    for source in _sources:
        found |= set(source(units, indicator, flag.period))
    return {person for person in found if person is not None}
