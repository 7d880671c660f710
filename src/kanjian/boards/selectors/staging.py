"""A staged set as its page shows it 更正集: its items in words, the difference it would make, whether it is fresh."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404

from kanjian.boards import policies
from kanjian.boards.actions.proposing import open_proposal
from kanjian.boards.actions.staging.common import OPEN, fingerprint
from kanjian.boards.changes import Changes
from kanjian.boards.effects import Effect, compared
from kanjian.boards.models import Board, Proposal, StagedItem, StagedSet
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.selectors.reviewing import Difference, file_difference
from kanjian.boards.selectors.shapes import in_language
from kanjian.boards.states import REPLACEABLE, BoardError
from kanjian.boards.store.editions import EditionFiles, open_edition
from kanjian.orgs.models import User

COLUMNS = ("unit", "name", "name_en", "track", "track_rank", "track_size", "score", "band", "reason")


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change in words: unit, what, before, after."""

    unit: str
    what: str
    before: float | str | None
    after: float | str | None
    status: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item with its changes."""

    item: StagedItem
    changes: list[ChangeLine]


def staged_for(board: Board, number: int) -> StagedSet:
    """A staged set of the board; ``Http404`` when it is none of this board."""
    related = ("board__root", "base__scheme", "base__release", "base__previous", "scheme", "edition", "batch")
    people = ("created_by", "computed_by", "finished_by")
    found = board.staged_sets.select_related(*related, *people).filter(pk=number).first()
    if found is None:
        raise Http404(f"no staged set {number} of board {board.code!r}")
    return found


def sets_of(board: Board) -> QuerySet[StagedSet]:
    """All staged sets, newest first."""
    return board.staged_sets.select_related("base", "created_by", "finished_by")


def item_lines(staged: StagedSet) -> list[ItemLine]:
    """The items with what they change, as the base has it and as it would be."""
    files = files_of(staged.base)
    names = files.names
    items = staged.items.select_related("objection__unit", "added_by")
    return [ItemLine(item, change_lines(files, Changes.from_json(item.changes), names)) for item in items]


def change_lines(
    files: EditionFiles, changes: Changes, names: dict[tuple[str, str], tuple[str, str]] | None = None
) -> list[ChangeLine]:
    """Changes in words, beside what the edition has."""
    known = files.names if names is None else names
    found = []
    for cell in changes.cells:
        row = files.detail(cell.unit) or {}
        held = row.get(f"input.{cell.indicator}") if cell.period == files.summary["period"] else None
        what = f"{cell.indicator} {cell.period}"
        found.append(ChangeLine(_unit(row, cell.unit), what, held, cell.value, cell.status))
    for track in changes.tracks:
        row = files.detail(track.unit) or {}
        before = in_language(*known.get(("track", str(row.get("track"))), (str(row.get("track") or ""), "")))
        after = in_language(*known.get(("track", track.track), (track.track, "")))
        found.append(ChangeLine(_unit(row, track.unit), "track", before, after, "track"))
    return found


def _unit(row: dict[str, object], code: str) -> str:
    return in_language(str(row.get("name") or code), str(row.get("name_en") or ""))


def candidate_difference(staged: StagedSet) -> Difference | None:
    """What applying would change; None before it is computed. Raises ``StoreError`` when files are gone."""
    if not staged.edition_hash:
        return None
    return file_difference(open_edition(settings.HOME, staged.edition_hash), files_of(staged.base))


def candidate_effect(staged: StagedSet) -> Effect | None:
    """The units that the set is about, and all others that move with them."""
    if not staged.edition_hash:
        return None
    concerned = {unit for item in staged.items.all() for unit in Changes.from_json(item.changes).units()}
    after = open_edition(settings.HOME, staged.edition_hash).scores().select(COLUMNS).collect()
    return compared(files_of(staged.base).scores().select(COLUMNS).collect(), after, sorted(concerned))


def is_fresh(staged: StagedSet) -> bool:
    """Whether what was computed still stands on what is there."""
    if staged.state != StagedSet.State.COMPUTED or staged.base.state not in REPLACEABLE:
        return False
    try:
        return fingerprint(staged) == staged.fingerprint
    except BoardError:
        return False


def application(staged: StagedSet) -> Proposal | None:
    """The proposal to apply it, while it waits for a second person."""
    return open_proposal(Proposal.Verb.APPLY, staged.base) if staged.state in OPEN else None


def proposals_waiting(user: User) -> list[Proposal]:
    """Steps that others proposed and the person may confirm."""
    found = Proposal.objects.filter(state=Proposal.State.OPEN).exclude(proposed_by=user)
    rows = found.select_related("edition__board__root", "proposed_by", "staged")
    return [each for each in rows if policies.may_publish(user, each.edition.board)]
