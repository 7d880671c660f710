"""Sheets to fill in and to approve, extensions to decide."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from kanjian.boards.selectors.shapes import in_language
from kanjian.collecting.models import Sheet
from kanjian.collecting.policies import extensions_to_decide
from kanjian.collecting.selectors.approval import piles
from kanjian.collecting.selectors.sheets import Due, to_fill
from kanjian.orgs.models import User
from kanjian.portal.selectors.to_dos.item import ToDo

# A sheet that is due in so many days is urgent.
SOON = 2


def sheets(user: User) -> Iterator[ToDo]:
    """Sheets to fill in: one line per window, straight to the sheet where there is only one."""
    piles: dict[int, list[Due]] = {}
    for due in to_fill(user):
        piles.setdefault(due.sheet.window_id, []).append(due)
    for dues in piles.values():
        first = dues[0]
        window = first.sheet.window
        names = {
            "name": in_language(window.collection.name, window.collection.name_en),
            "period": window.label,
            "day": first.last_day.isoformat(),
        }
        single = len(dues) == 1
        title = gettext("填报：%(name)s %(period)s") % names
        note = gettext("%(day)s 到期") % names
        if first.is_late:
            note = gettext("%(day)s 已到期，请尽快提交") % names
        if not single:
            count = ngettext("%(count)s 份", "%(count)s 份", len(dues)) % {"count": len(dues)}
            note = f"{count} · {note}"
        elif first.sheet.state == Sheet.State.RETURNED:
            note = gettext("被退回，请按意见修改") + f" · {note}"
        url = reverse("collecting:sheet", args=[first.sheet.pk]) if single else reverse("collecting:index")
        yield ToDo("clipboard-list", title, note, url, is_urgent=first.days <= SOON)


def approvals(user: User) -> Iterator[ToDo]:
    """Sheets that lie at a level of the person."""
    for pile in piles(user):
        names = {
            "name": in_language(pile.window.collection.name, pile.window.collection.name_en),
            "period": pile.window.label,
        }
        count = ngettext("%(count)s 份", "%(count)s 份", pile.count) % {"count": pile.count}
        url = reverse("collecting:queue", args=[pile.window.pk, pile.level])
        title = gettext("审核填报单：%(name)s %(period)s") % names
        yield ToDo("circle-check-filled", title, f"{count} · {pile.level_label}", url)


def extensions(user: User) -> Iterator[ToDo]:
    """Extensions that the person may decide."""
    count = extensions_to_decide(user).count()
    if count:
        title = ngettext("%(count)s 份延期申请待审批", "%(count)s 份延期申请待审批", count) % {"count": count}
        yield ToDo("calendar", title, gettext("写明理由，批准或不批准"), reverse("collecting:index"))
