"""Who uses an indicator 指标被谁使用: rooms above register how to find out; this room knows none of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kanjian.measures.models import Indicator
from kanjian.orgs.policies import Person


@dataclass(frozen=True, slots=True)
class Usage:
    """One user of an indicator, such as a board's method: what it is called and where it can be read."""

    label: str
    url: str = ""


FindUsages = Callable[[Indicator, Person], Iterable[Usage]]
_finders: list[FindUsages] = []


def finds_usages(finder: FindUsages) -> FindUsages:
    """Register a function that lists usages of an indicator which the person may see; twice has no effect."""
    if finder not in _finders:
        _finders.append(finder)
    return finder


def usages_of(indicator: Indicator, reader: Person) -> list[Usage]:
    """All usages that the reader may see, in the order of registration."""
    return [usage for finder in _finders for usage in finder(indicator, reader)]
