"""Values at which points or grades begin in the methods in force 方法中的门槛值, for the check on crowding."""

from collections.abc import Iterator

from kanjian.boards.models import SchemeVersion
from kanjian.calendars.periods import Period, PeriodError
from kanjian.measures.quality import Threshold
from kanjian.scoring import Node, Scheme
from kanjian.scoring.rules.standards import BandedEfficacy, TargetRatio
from kanjian.scoring.rules.tables import Deduct, Step


def thresholds_in_force(period: str) -> Iterator[Threshold]:
    """Targets, steps and standards of every board's method for the period; bounds found from the data are none."""
    now = Period.parse(period)
    versions: dict[int, SchemeVersion] = {}
    for version in SchemeVersion.objects.order_by("created_at", "pk"):
        if _has_begun(version, now):
            versions[version.board_id] = version
    for version in versions.values():
        for leaf in Scheme.load(version.text).leaves():
            yield from thresholds_of_leaf(leaf)


def thresholds_of_leaf(leaf: Node) -> Iterator[Threshold]:
    """Those of one leaf that reads one indicator as it is."""
    columns = leaf.columns()
    if len(columns) == 1 and "@" not in columns[0] and leaf.denominator is None:
        yield from (Threshold(columns[0], value, upward=leaf.up) for value in _marks(leaf))


def _marks(leaf: Node) -> Iterator[float]:
    match leaf.rule:
        case TargetRatio(target=float() | int() as target) | Deduct(target=float() | int() as target):
            yield float(target)
        case Step(steps=steps):
            yield from (mark for row in steps for mark in (row.at_least, row.at_most) if mark is not None)
        case BandedEfficacy(standards=standards):
            yield from (standard.value for standard in standards)


def _has_begun(version: SchemeVersion, now: Period) -> bool:
    try:
        return Period.parse(version.valid_from) <= now
    except PeriodError:
        return False
