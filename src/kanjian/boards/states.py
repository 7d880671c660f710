"""The life of an edition as a table 状态: draft → objection → published → superseded, one step at a time."""

from django.utils.translation import gettext as _

from kanjian.boards.models import Edition

State = Edition.State

NEXT: dict[str, str] = {
    State.DRAFT: State.OBJECTION,
    State.OBJECTION: State.PUBLISHED,
    State.PUBLISHED: State.SUPERSEDED,
}

# A corrected edition may take the place of these; nobody takes the step for its own sake while objections run.
REPLACEABLE = (State.OBJECTION, State.PUBLISHED)


class BoardError(ValueError):
    """An action that cannot be done; ``code`` is stable, the message is in the reader's language."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def require_step(edition: Edition, target: str) -> None:
    """Raise ``BoardError`` (illegal_transition) unless the table allows the step."""
    if NEXT.get(edition.state) == target:
        return
    raise BoardError(
        "illegal_transition",
        _("期次“%(edition)s”处于“%(state)s”，不能变为“%(target)s”")
        % {"edition": edition, "state": State(edition.state).label, "target": State(target).label},
    )


def locked(edition: Edition) -> Edition:
    """The edition as it is now, locked until the transaction ends, so that two people cannot take the same step."""
    return Edition.objects.select_for_update(of=("self",)).select_related("board__root").get(pk=edition.pk)
