"""What the boards tell the room of measures below: which cells everybody may open, which methods read an indicator."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from kanjian.boards.inputs import indicator_of
from kanjian.boards.models import Edition
from kanjian.boards.policies import OPEN_STATES, visible_boards
from kanjian.boards.selectors.shapes import in_language
from kanjian.boards.store.folders import StoreError
from kanjian.boards.store.releases import read_cells
from kanjian.measures.models import Indicator
from kanjian.measures.usage import Usage
from kanjian.orgs.models import Unit
from kanjian.orgs.policies import Person
from kanjian.scoring import Scheme


def is_open_cell(unit: Unit, indicator: Indicator, period: str) -> bool:
    """Whether a public edition stands on a release that holds this cell: exactly what its data page gives away."""
    is_public = Q(board__is_public=True, state__in=OPEN_STATES, board__unit_kind=unit.kind)
    releases = Edition.objects.filter(is_public).order_by().values_list("release__hash", flat=True).distinct()
    return any(_holds(release, unit.code, indicator.code, period) for release in releases)


def _holds(release: str, unit: str, indicator: str, period: str) -> bool:
    try:
        cells = read_cells(settings.HOME, release, unit)
    except (StoreError, OSError):  # a lost release is the health check's matter and opens nothing
        return False
    return (indicator, period) in set(cells.select("indicator", "period").iter_rows())


def methods_that_read(indicator: Indicator, reader: Person) -> Iterator[Usage]:
    """The boards, among those the reader sees, whose newest method reads the indicator."""
    for board in visible_boards(reader):
        version = board.versions.first()
        if version is None:
            continue
        scheme = Scheme.load(version.text)
        if indicator.code in {indicator_of(column) for column in (*scheme.inputs(), *scheme.text_columns())}:
            label = f"{in_language(board.name, board.name_en)} {version.version}"
            yield Usage(label, reverse("boards:method", args=[board.code]))
