"""Editions and objections: what waits for review, decision, publication."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from kanjian.boards import objection_policies
from kanjian.boards import policies as boards
from kanjian.boards.models import Edition
from kanjian.boards.selectors import editions
from kanjian.boards.selectors.shapes import EditionHead
from kanjian.orgs import policies as orgs
from kanjian.orgs.models import Post, User
from kanjian.portal.selectors.to_dos.item import ToDo


def editions_to_do(user: User) -> Iterator[ToDo]:
    """Editions that wait for the person."""
    for head, edition in _waiting(user):
        if boards.holds(user, boards.DRAFT_ROLES, edition.board.root):
            yield _edition(head, may_publish=boards.may_publish(user, edition.board))


def open_windows(user: User) -> Iterator[ToDo]:
    """Editions that the person may object to for one of the own units, for those who do not run the board."""
    held = orgs.posts_held(user, Post.Role.READER)
    if not any(post.role in objection_policies.FILING_ROLES for post in held):
        return
    scope = orgs.units_in_scope(user, Post.Role.READER).on(timezone.localdate())
    for head, edition in _waiting(user):
        if not objection_policies.is_window_open(edition) or boards.holds(user, boards.DRAFT_ROLES, edition.board.root):
            continue
        units = list(scope.filter(kind=edition.board.unit_kind)[:2])
        if not any(objection_policies.stands_for(user, unit, edition.board) for unit in units):
            continue
        address = (edition.board.code, edition.period)
        url = reverse("boards:board", args=address)
        if len(units) == 1:
            url = reverse("boards:report", args=[*address, units[0].code])
        title = gettext("公示中：%(board)s %(period)s") % {"board": head.board.label, "period": head.period}
        note = gettext("看看本单位的数；不对的，%(day)s 前可以提出异议") % {"day": edition.objection_until}
        yield ToDo("scale", title, note, url)


def _waiting(user: User) -> Iterator[tuple[EditionHead, Edition]]:
    """Unfinished editions as the reader sees them, each with its row; one query for all rows."""
    heads = editions.to_do(user)
    rows = Edition.objects.select_related("board__root").in_bulk([head.id for head in heads])
    for head in heads:
        yield head, rows[head.id]


def _edition(head: EditionHead, *, may_publish: bool) -> ToDo:
    url = reverse("boards:manage_edition", args=[head.board.code, head.id])
    names = {"board": head.board.label, "period": head.period}
    if head.state == Edition.State.DRAFT:
        return ToDo("eye", gettext("审核草稿：%(board)s %(period)s") % names, gettext("核对后进入公示"), url)
    if head.objection_until is None or head.objection_until < timezone.localdate():
        title = gettext("公示期满：%(board)s %(period)s") % names
        return ToDo("flag", title, gettext("现在可以发布"), url, is_urgent=may_publish)
    note = gettext("公示到 %(day)s，之后可以发布") % {"day": head.objection_until.isoformat()}
    return ToDo("flag", gettext("公示中：%(board)s %(period)s") % names, note, url)
