"""From rows to the facts that the red-line checks read 红线检查取数, and what every room above has to say."""

from collections.abc import Callable, Iterable, Iterator

from kanjian.measures.exceptions import Judged
from kanjian.measures.models import Indicator
from kanjian.measures.redlines import Datum

# Every subject of a room (what it is called, its findings with their exceptions).
LintAll = Callable[[], Iterable[tuple[str, list[Judged]]]]
_linters: list[LintAll] = []


def data_of(indicators: Iterable[Indicator]) -> dict[str, Datum]:
    """Indicators as the checks see them, by code."""
    return {
        row.code: Datum(row.code, row.name, row.name_en, row.description, row.nature, row.semantic_code, row.derived_by)
        for row in indicators
    }


def lints(linter: LintAll) -> LintAll:
    """Register a room's linter; in ``AppConfig.ready``; twice has no effect."""
    if linter not in _linters:
        _linters.append(linter)
    return linter


def lint_everything() -> Iterator[tuple[str, list[Judged]]]:
    """Everything that can be linted, room by room."""
    for linter in _linters:
        yield from linter()
