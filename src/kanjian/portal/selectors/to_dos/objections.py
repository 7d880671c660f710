"""Objections to review, to answer, to read the answer to; steps that wait for a second person."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from kanjian.boards.selectors.objections import waiting_for
from kanjian.boards.selectors.staging import proposals_waiting
from kanjian.orgs.models import User
from kanjian.portal.selectors.to_dos.item import ToDo

SOON = timedelta(days=2)


def confirmations(user: User) -> Iterator[ToDo]:
    """Steps that another person proposed and this one may confirm."""
    for proposal in proposals_waiting(user):
        names = {"verb": proposal.get_verb_display(), "edition": proposal.edition}
        board = proposal.edition.board.code
        url = reverse("boards:manage_edition", args=[board, proposal.edition_id])
        if proposal.staged_id is not None:
            url = reverse("boards:staged", args=[board, proposal.staged_id])
        note = gettext("%(person)s 提议，等您确认") % {"person": proposal.proposed_by or gettext("系统")}
        yield ToDo("flag", gettext("确认%(verb)s：%(edition)s") % names, note, url, is_urgent=True)


def objections(user: User) -> Iterator[ToDo]:
    """What waits about objections, those due within two days as urgent."""
    titles = {
        "review": gettext("复核异议 #%(number)s：%(unit)s"),
        "answer": gettext("补充异议 #%(number)s 的材料：%(unit)s"),
        "answered": gettext("异议 #%(number)s 已答复：%(unit)s"),
        "assign": gettext("异议 #%(number)s 没有复核人：%(unit)s"),
    }
    for waiting in waiting_for(user):
        title = titles[waiting.kind] % {"number": waiting.number, "unit": waiting.label}
        day = waiting.due.isoformat() if waiting.due else ""
        note = (
            gettext("不服的，可在 %(day)s 前申请再次复核") if waiting.kind == "answered" else gettext("%(day)s 前决定")
        )
        url = reverse("boards:objection", args=[waiting.board.code, waiting.number])
        is_urgent = waiting.due is not None and waiting.due <= timezone.localdate() + SOON
        yield ToDo("flag", title, note % {"day": day}, url, is_urgent=is_urgent)
