"""Where a sheet lies for approval 审核层级: which unit answers for which level of a sheet's chain."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from kanjian.collecting.models import Sheet
from kanjian.collecting.states import ORDER, Level
from kanjian.orgs.models import Unit

CHUNK = 10_000
# The level of a geographic unit above the reporter, by its kind.
_LEVEL_OF = {
    Unit.Kind.TOWNSHIP.value: Level.TOWNSHIP,
    Unit.Kind.COUNTY.value: Level.COUNTY,
    Unit.Kind.AREA.value: Level.COUNTY,
}
# Level → id of the unit whose reviewers approve there, in the order of approval.
Chain = dict[str, int]


def chains_of(sheets: Sequence[Sheet]) -> dict[int, Chain]:
    """Sheet id → its chain. A level without a unit above the reporter (a department has no township) is left out."""
    above = _above({sheet.reporter_id for sheet in sheets})
    found: dict[int, Chain] = {}
    for sheet in sheets:
        collection = sheet.window.collection
        units = {**above[sheet.reporter_id], Level.DEPARTMENT: collection.owner_id, Level.OFFICE: collection.root_id}
        found[sheet.pk] = {
            level: units[level] for level in ORDER if level in collection.chain and units.get(level) is not None
        }
    return found


def next_level(chain: Chain, level: str) -> str | None:
    """The level after this one; after the empty level (the reporter) the first; None after the office."""
    order = list(chain)
    if not level:
        return order[0]
    following = order[order.index(level) + 1 :]
    return following[0] if following else None


def _above(reporters: set[int]) -> dict[int, dict[str, int]]:
    """Reporter → level → the geographic unit at or above it; a few queries for any number of reporters."""
    known: dict[int, tuple[int | None, str]] = {}
    missing = set(reporters)
    while missing:
        known |= {pk: (parent, kind) for pk, parent, kind in _rows(missing)}
        missing = {parent for parent, _kind in known.values() if parent is not None} - known.keys()
    return {reporter: dict(_walk(reporter, known)) for reporter in reporters}


def _walk(unit: int | None, known: dict[int, tuple[int | None, str]]) -> Iterator[tuple[str, int]]:
    while unit is not None:
        parent, kind = known[unit]
        if kind in _LEVEL_OF:
            yield _LEVEL_OF[kind], unit
        unit = parent


def _rows(ids: Iterable[int]) -> Iterator[tuple[int, int | None, str]]:
    iterator = iter(ids)
    while chunk := list(islice(iterator, CHUNK)):
        yield from Unit.objects.filter(pk__in=chunk).values_list("pk", "parent_id", "kind")
