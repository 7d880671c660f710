"""Reads of flags 质疑: the list with the course of each series, and the evidence of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from kanjian.calendars.periods import Period, PeriodError
from kanjian.measures import policies
from kanjian.measures.models import Flag, Indicator, QualityRun, Value
from kanjian.orgs import policies as org_policies
from kanjian.orgs import selectors as orgs
from kanjian.orgs.models import Unit, User
from kanjian.orgs.tree import ids_below

COURSE = 8  # periods in a small picture
MOST_MATCHES = 50


@dataclass(frozen=True, slots=True)
class FlagQuery:
    """What the list is filtered by; empty texts: all. ``unit`` is a code, a name or a spelling: it and all below."""

    state: str = Flag.State.OPEN
    kind: str = ""
    unit: str = ""
    indicator: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a series, as text of its period."""

    period: str
    value: float | None
    status: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the evidence of a pair, a group or a rule: a cell (unit × indicator) and its values."""

    unit: Unit
    indicator: Indicator
    value: float | None
    other: float | None = None

    @property
    def is_equal(self) -> bool:
        """Whether both have the same value."""
        return self.value is not None and self.value == self.other


def flags(user: User, query: FlagQuery) -> QuerySet[Flag]:
    """Flags that the person may see, strongest first."""
    found = policies.visible_flags(user).select_related("unit", "other", "indicator", "rule", "reviewed_by")
    for name in ("state", "kind", "period"):
        if getattr(query, name):
            found = found.filter(**{name: getattr(query, name)})
    if query.indicator:
        found = found.filter(indicator__code=query.indicator)
    if query.unit:
        matches = list(orgs.search(query.unit).values_list("pk", flat=True)[:MOST_MATCHES])
        found = found.filter(unit__in=ids_below(matches)) if matches else found.none()
    return found


def open_flags(user: User) -> tuple[int, str]:
    """How many open flags the person can answer by post, and the latest period that has any."""
    scope = org_policies.units_in_scope(user, policies.Role.REVIEWER)
    found = Flag.objects.filter(state=Flag.State.OPEN, unit__in=scope)
    periods = sorted(set(found.order_by().values_list("period", flat=True)), key=Period.parse)
    return (found.count(), periods[-1]) if periods else (0, "")


def counts_by_kind(user: User, query: FlagQuery) -> Mapping[str, int]:
    """Kind → flags, under the other filters."""
    others = FlagQuery(query.state, "", query.unit, query.indicator, query.period)
    rows = flags(user, others).order_by().values_list("kind").annotate(number=Count("pk"))
    return dict(rows)


def courses(page: Iterable[Flag]) -> dict[int, list[float | None]]:
    """Flag → its series up to its period, oldest first; one query. Flags of pairs and groups have none."""
    single = [flag for flag in page if flag.indicator_id is not None and not flag.other_id and flag.kind in _OF_ONE]
    wanted = {flag.pk: _before(flag.period) for flag in single}
    cells = Value.objects.filter(
        unit__in={flag.unit_id for flag in single},
        indicator__in={flag.indicator_id for flag in single},
        period__in={code for codes in wanted.values() for code in codes},
    )
    known = {
        (unit, indicator, period): value
        for unit, indicator, period, value in cells.values_list("unit_id", "indicator_id", "period", "value")
    }
    return {
        flag.pk: [known.get((flag.unit_id, flag.indicator_id or 0, code)) for code in wanted[flag.pk]]
        for flag in single
    }


_OF_ONE = frozenset((Flag.Kind.RULE, Flag.Kind.OUTLIER, Flag.Kind.COPY_FORWARD))


def readings(flag: Flag) -> list[Reading]:
    """The unit's values of the indicator over the periods up to the flag's, oldest first."""
    if flag.indicator_id is None or flag.kind not in _OF_ONE:
        return []
    codes = _before(flag.period)
    cells = {
        period: (value, status)
        for period, value, status in Value.objects.filter(
            unit=flag.unit_id, indicator=flag.indicator_id, period__in=codes
        ).values_list("period", "value", "status")
    }
    return [Reading(code, *cells.get(code, (None, ""))) for code in codes]


def comparisons(flag: Flag) -> list[Comparison]:
    """The cells behind a flag about more than one: both units of a pair, the group's units, the cells of a rule."""
    if flag.other_id is not None:
        return _pair(flag)
    if flag.kind == Flag.Kind.UNIFORM:
        about = Q(unit__parent=flag.unit_id, indicator=flag.indicator_id, period=flag.period)
        cells = Value.objects.filter(about).select_related("unit", "indicator").order_by("unit__code")
        return [Comparison(cell.unit, cell.indicator, cell.value) for cell in cells]
    return []


def _pair(flag: Flag) -> list[Comparison]:
    cells = Value.objects.filter(unit__in=[flag.unit_id, flag.other_id], period=flag.period, value__isnull=False)
    found: dict[int, dict[int, Value]] = {}
    for cell in cells.select_related("unit", "indicator").order_by("indicator__order", "indicator__code"):
        found.setdefault(cell.indicator_id, {})[cell.unit_id] = cell
    both = [pair for pair in found.values() if len(pair) == 2]
    own, other = flag.unit_id, flag.other_id or 0
    return [Comparison(flag.unit, pair[own].indicator, pair[own].value, pair[other].value) for pair in both]


def latest_run(root: Unit | None = None) -> QualityRun | None:
    """The newest run, of the root if given."""
    found = QualityRun.objects.select_related("root", "created_by")
    return (found if root is None else found.filter(root=root)).first()


def flag_periods(user: User) -> list[str]:
    """Periods that have flags which the person may see, latest first."""
    codes: Sequence[str] = list(policies.visible_flags(user).order_by().values_list("period", flat=True).distinct())
    return sorted(codes, key=Period.parse, reverse=True)


def _before(period: str) -> list[str]:
    try:
        now = Period.parse(period)
    except PeriodError:
        return [period]
    return [now.shift(-step).code for step in range(COURSE - 1, -1, -1)]
