"""The editions of one board side by side 期次架: one question to the database, whatever a page then asks of them."""

from dataclasses import dataclass
from itertools import groupby

from django.http import Http404

from kanjian.boards import policies
from kanjian.boards.chains import HISTORY, before
from kanjian.boards.models import Edition
from kanjian.boards.selectors.editions import VALID_FIRST, head
from kanjian.boards.selectors.shapes import EditionHead


@dataclass(frozen=True, slots=True)
class Shelf:
    """The editions that a reader may see, newest period first, loaded for ``head``; none for an unknown board."""

    code: str
    editions: list[Edition]

    def edition(self, period: str = "") -> Edition:
        """What ``edition_for`` answers: the valid edition of the period, or the newest one; ``Http404``."""
        fitting = [each for each in self.editions if period in {"", each.period}]
        if not fitting:
            raise Http404(f"no edition of board {self.code!r}" + (f" for {period}" if period else ""))
        found = min(fitting, key=_validity)
        previous = next((each for each in self.editions if each.pk == found.previous_id), None)
        if previous is not None:
            found.previous = previous
        return found

    def before(self, edition: Edition, count: int = HISTORY - 1) -> list[Edition]:
        """What ``earlier`` answers: the last published editions before this one, oldest first."""
        return before(self.editions, edition.period, count)

    def periods(self) -> list[EditionHead]:
        """The edition in force of each period, newest first: what a switch between periods offers."""
        by_period = groupby(self.editions, key=lambda each: each.period)
        return [head(min(same, key=_validity)) for _, same in by_period]


def shelf_of(user: policies.Person, code: str) -> Shelf:
    """The editions of the board of that code."""
    # The text of a method is long, and no page of an edition shows it: it lies with the edition's files, too.
    visible = policies.visible_editions(user).filter(board__code=code)
    loaded = visible.select_related("board__root", "scheme", "release").defer("scheme__text").order_by()
    return Shelf(code, sorted(loaded, key=lambda each: (each.period, each.created_at, each.pk), reverse=True))


def _validity(edition: Edition) -> int:
    return VALID_FIRST.get(edition.state, len(VALID_FIRST))
