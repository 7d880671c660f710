"""What can go wrong with a sheet, and the lock on it 填报单状态."""

from collections.abc import Iterable, Sequence

from kanjian.collecting.findings import Finding
from kanjian.collecting.models import Collection, Sheet, Window
from kanjian.steps import StepError

State = Sheet.State
Level = Collection.Level
# Levels in their order; a collection's chain is a part of it and ends with the office.
ORDER = tuple(Level)


class CollectingError(StepError):
    """What this room refuses; ``findings`` are what is wrong with single cells."""

    def __init__(self, code: str, message: str, findings: Sequence[Finding] = ()) -> None:
        self.findings = tuple(findings)
        super().__init__(code, message)


def locked(sheet: Sheet) -> Sheet:
    """The sheet as it is now, locked until the transaction ends, so that two people cannot take the same step."""
    return locked_all([sheet.pk])[0]


def locked_all(sheets: Iterable[int]) -> list[Sheet]:
    """Many sheets by id, locked in one order, so that two people with overlapping choices cannot block each other."""
    found = Sheet.objects.select_for_update(of=("self",)).filter(pk__in=list(sheets)).order_by("pk")
    return list(found.select_related("reporter", "window__collection__owner", "window__collection__root"))


def locked_collection(collection: Collection) -> Collection:
    """The collection as it is now, locked until the transaction ends."""
    found = Collection.objects.select_for_update(of=("self",)).select_related("root", "owner")
    return found.get(pk=collection.pk)


def locked_window(window: Window) -> Window:
    """The window as it is now, locked until the transaction ends."""
    found = Window.objects.select_for_update(of=("self",)).select_related("collection__root", "collection__owner")
    return found.get(pk=window.pk)
