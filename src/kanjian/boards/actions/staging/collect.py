"""What is upheld joins the open staged set of its period 归集."""

from kanjian.boards.actions.staging.common import OPEN, reopen
from kanjian.boards.models import Objection, StagedItem, StagedSet
from kanjian.boards.objection_states import TO_APPLY
from kanjian.orgs.models import User


def open_set(board_id: int, period: str) -> StagedSet | None:
    """The set of the period that is not finished, locked; None without one."""
    return StagedSet.objects.select_for_update().filter(board=board_id, period=period, state__in=OPEN).first()


def collect(objection: Objection, *, by: User | None) -> None:
    """Put an upheld objection into the set that is open, if there is one; inside the caller's transaction."""
    if objection.state not in TO_APPLY:
        return
    staged = open_set(objection.edition.board_id, objection.edition.period)
    if staged is not None:
        put(staged, objection, by=by)
        reopen(staged)


def put(staged: StagedSet, objection: Objection, *, by: User | None) -> StagedItem:
    """The objection as one item of the set."""
    return StagedItem.objects.create(
        staged=staged,
        objection=objection,
        changes=objection.decided or {},
        reason=str(objection.get_reason_display())[:500],
        added_by=by,
    )


def drop(objection: Objection) -> None:
    """Take the objection out of the open set again: it goes into its second review, or is closed."""
    items = StagedItem.objects.filter(objection=objection, staged__state__in=OPEN).select_related("staged")
    for item in items:
        staged = StagedSet.objects.select_for_update().get(pk=item.staged_id)
        item.delete()
        reopen(staged)
