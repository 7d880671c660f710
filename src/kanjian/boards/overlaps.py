"""When two versions of a method must both have been computed 两版并行: for the first period of a new version."""

from django.utils.translation import gettext as _

from kanjian.boards.chains import earlier
from kanjian.boards.models import Edition, Overlap, SchemeVersion
from kanjian.boards.states import BoardError, State


def older_version(edition: Edition) -> SchemeVersion | None:
    """What version the edition's version takes over from; None for the first one, and once it has been published."""
    published = Edition.objects.filter(board=edition.board_id, state__in=(State.PUBLISHED, State.SUPERSEDED))
    if published.filter(scheme=edition.scheme_id).exclude(pk=edition.pk).exists():
        return None
    before = earlier(edition.board, edition.period, count=1)
    last = before[-1] if before else published.filter(period=edition.period).select_related("scheme").first()
    return None if last is None or last.scheme_id == edition.scheme_id else last.scheme


def overlap_of(edition: Edition) -> Overlap | None:
    """The record that both versions were computed for this edition."""
    return Overlap.objects.filter(edition=edition).select_related("replay__scheme").first()


def require_overlap(edition: Edition) -> None:
    """Raise ``BoardError`` (overlap_missing) for the first period of a version that was not computed under both."""
    older = older_version(edition)
    if older is None or Overlap.objects.filter(edition=edition).exists():
        return
    raise BoardError(
        "overlap_missing",
        _("方法由 %(older)s 改为 %(version)s 的第一期，须先按两个版本各算一遍并比较，才能发布")
        % {"older": older.version, "version": edition.scheme.version},
    )
