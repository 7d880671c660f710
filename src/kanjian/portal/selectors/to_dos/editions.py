"""Editions and objections: what waits for review, decision, publication."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from kanjian.boards import policies as boards
from kanjian.boards.models import Edition
from kanjian.boards.selectors import editions
from kanjian.boards.selectors.shapes import EditionHead
from kanjian.orgs.models import User
from kanjian.portal.selectors.to_dos.item import ToDo


def editions_to_do(user: User) -> Iterator[ToDo]:
    """Editions that wait for the person."""
    for head in editions.to_do(user):
        edition = Edition.objects.select_related("board__root").get(pk=head.id)
        if boards.holds(user, boards.DRAFT_ROLES, edition.board.root):
            yield _edition(head, may_publish=boards.may_publish(user, edition.board))


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
