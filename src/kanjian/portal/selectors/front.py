"""What everybody sees first 首页: the boards with their newest edition, and what moved in it."""

from dataclasses import dataclass

from kanjian.boards.selectors import editions, overview
from kanjian.boards.selectors.shapes import BoardHead, EditionSummary, Movers
from kanjian.boards.store.folders import StoreError
from kanjian.orgs.policies import Person

MOST_BOARDS = 12
MOST_MOVERS = 3


@dataclass(frozen=True, slots=True)
class Front:
    """One board on the home page. ``problem``: why its numbers cannot be shown, in words of the store."""

    head: BoardHead
    summary: EditionSummary | None = None
    movers: Movers | None = None
    problem: str = ""

    @property
    def has_moves(self) -> bool:
        """Whether anybody went up since the edition before."""
        return self.movers is not None and bool(self.movers.up)


def front(user: Person) -> list[Front]:
    """All boards the reader may see, those with an edition first; a broken file is said, it does not hide the rest."""
    heads = editions.board_heads(user)[:MOST_BOARDS]
    return sorted((_front(user, head) for head in heads), key=lambda item: item.head.latest is None)


def _front(user: Person, head: BoardHead) -> Front:
    if head.latest is None:
        return Front(head)
    edition = editions.edition_by_id(user, head.latest.id)
    try:
        return Front(
            head, overview.summary(edition), overview.movers(edition, MOST_MOVERS, editions.sight_for(user, edition))
        )
    except StoreError as error:
        return Front(head, problem=str(error))
