"""How far a window is 填报进度: handed in, on time, late, at which level, township by township; whom to remind."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from kanjian.collecting.models import Collection, Extension, Sheet, Window
from kanjian.collecting.policies import visible_sheets
from kanjian.collecting.selectors.sheets import get_sheets
from kanjian.collecting.states import State
from kanjian.orgs.models import Unit, User


@dataclass(frozen=True, slots=True)
class Counts:
    """Sheets of one group."""

    total: int
    open: int
    returned: int
    levels: tuple[tuple[str, int], ...]  # level → sheets that lie there
    accepted: int
    on_time: int
    late: int

    @property
    def handed_in(self) -> int:
        """Submitted or accepted."""
        return self.total - self.open - self.returned

    @property
    def share(self) -> float:
        """Handed in of all."""
        return self.handed_in / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """The sheets below one township."""

    unit: Unit | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Progress:
    """A window as a whole, its townships, and the sheets that are not handed in."""

    window: Window
    counts: Counts
    groups: tuple[Group, ...]
    missing: tuple[Sheet, ...]
    levels: tuple[str, ...]
    is_due: bool
    days_left: int


def progress(user: User, window: Window) -> Progress:
    """What the person may see of a window's progress. Three queries."""
    sheets = list(
        get_sheets()
        .filter(pk__in=visible_sheets(user).order_by().values("pk"), window=window)
        .select_related("reporter__parent", "window__collection__owner", "window__collection__root")
    )
    chain = tuple(window.collection.chain)
    parents: dict[int | None, list[Sheet]] = {}
    for sheet in sheets:
        parents.setdefault(sheet.reporter.parent_id, []).append(sheet)
    groups = [Group(rows[0].reporter.parent, counts_of(rows, chain)) for rows in parents.values()]
    today = timezone.localdate()
    return Progress(
        window=window,
        counts=counts_of(sheets, chain),
        groups=tuple(sorted(groups, key=lambda group: (group.counts.share, group.unit.code if group.unit else ""))),
        missing=tuple(sheet for sheet in sheets if sheet.state in {State.OPEN, State.RETURNED}),
        levels=tuple(str(Collection.Level(level).label) for level in chain),
        is_due=today > window.due_on,
        days_left=(window.due_on - today).days,
    )


def counts_of(sheets: Iterable[Sheet], chain: Iterable[str]) -> Counts:
    """Count sheets by where they are."""
    rows = list(sheets)
    states, levels = Counter(sheet.state for sheet in rows), Counter(sheet.level for sheet in rows)
    return Counts(
        total=len(rows),
        open=states[State.OPEN],
        returned=states[State.RETURNED],
        levels=tuple((level, levels[level]) for level in chain),
        accepted=states[State.ACCEPTED],
        on_time=sum(sheet.on_time is True for sheet in rows),
        late=sum(sheet.on_time is False for sheet in rows),
    )


def decided_extensions() -> QuerySet[Extension]:
    """The public list: every exception that was decided, newest first."""
    decided = Extension.objects.exclude(state=Extension.State.ASKED)
    return decided.select_related("window__collection", "reporter").order_by("-decided_at")
