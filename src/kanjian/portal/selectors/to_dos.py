"""What waits for the person who signed in 待办: sheets to fill in and to approve, files, editions, failed work."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from kanjian.boards import policies as boards
from kanjian.boards.models import Edition, SchemeVersion
from kanjian.boards.selectors import editions
from kanjian.boards.selectors.shapes import BoardHead, EditionHead, in_language
from kanjian.collecting.models import Collection, Field, Sheet
from kanjian.collecting.policies import extensions_to_decide
from kanjian.collecting.selectors.approval import piles
from kanjian.collecting.selectors.sheets import Due, to_fill
from kanjian.jobs.models import Job
from kanjian.measures.models import Upload, Value
from kanjian.measures.selectors import flags
from kanjian.orgs import policies as orgs
from kanjian.orgs.models import Post, User
from kanjian.scoring import Scheme

# A person who enters values for more units than this works with files, not with a list of gaps.
MOST_UNITS = 2000
# A sheet that is due in so many days is urgent.
SOON = 2


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to do: what, how much, until when, where."""

    icon: str
    title: str
    note: str
    url: str
    is_urgent: bool = False


def to_dos(user: User) -> list[ToDo]:
    """Everything that waits for the person, most urgent first."""
    found = [
        *_failed_jobs(user),
        *_sheets(user),
        *_approvals(user),
        *_extensions(user),
        *_missing_values(user),
        *_uploads(user),
        *_editions(user),
        *_flags(user),
    ]
    return sorted(found, key=lambda item: not item.is_urgent)


def roles(user: User) -> list[Post]:
    """Posts that the person holds today, with their units."""
    return list(orgs.posts_of(user, Post.Role.READER).select_related("unit").order_by("unit__code", "role"))


def _failed_jobs(user: User) -> Iterator[ToDo]:
    for job in Job.objects.filter(owner=user, state=Job.State.FAILED, acknowledged_at=None)[:5]:
        note = job.message or gettext("没有完成，数据未改动")
        yield ToDo("alert-triangle", job.name, note, reverse("jobs:detail", args=[job.pk]), is_urgent=True)


def _sheets(user: User) -> Iterator[ToDo]:
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


def _approvals(user: User) -> Iterator[ToDo]:
    for pile in piles(user):
        names = {
            "name": in_language(pile.window.collection.name, pile.window.collection.name_en),
            "period": pile.window.label,
        }
        count = ngettext("%(count)s 份", "%(count)s 份", pile.count) % {"count": pile.count}
        url = reverse("collecting:queue", args=[pile.window.pk, pile.level])
        title = gettext("审核填报单：%(name)s %(period)s") % names
        yield ToDo("circle-check-filled", title, f"{count} · {pile.level_label}", url)


def _extensions(user: User) -> Iterator[ToDo]:
    count = extensions_to_decide(user).count()
    if count:
        title = ngettext("%(count)s 份延期申请待审批", "%(count)s 份延期申请待审批", count) % {"count": count}
        yield ToDo("calendar", title, gettext("写明理由，批准或不批准"), reverse("collecting:index"))


def _uploads(user: User) -> Iterator[ToDo]:
    for upload in Upload.objects.filter(created_by=user, state=Upload.State.STAGED)[:5]:
        title = gettext("待确认的导入：%(file)s") % {"file": upload.source}
        yield ToDo("upload", title, gettext("核对预览后导入或取消"), reverse("measures:upload", args=[upload.pk]))


def _editions(user: User) -> Iterator[ToDo]:
    for head in editions.to_do(user):
        edition = Edition.objects.select_related("board__root").get(pk=head.id)
        if boards.holds(user, boards.DRAFT_ROLES, edition.board.root):
            yield _edition(head, may_publish=boards.may_publish(user, edition.board))


def _flags(user: User) -> Iterator[ToDo]:
    """Questions about values that the person may answer as a reviewer."""
    number, period = flags.open_flags(user)
    if number:
        title = ngettext("%(count)d 条数据质疑待核实", "%(count)d 条数据质疑待核实", number) % {"count": number}
        note = gettext("最近一期 %(period)s；质疑不是结论，看过再定") % {"period": period}
        yield ToDo("flag", title, note, reverse("measures:flags"))


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


def _missing_values(user: User) -> Iterator[ToDo]:
    """Cells that the newest scheme of a board asks for and nobody has entered, in the units the person reports for."""
    scope = orgs.units_in_scope(user, Post.Role.REPORTER).on(timezone.localdate())
    for head in editions.board_heads(user):
        if head.latest is None:
            continue
        units = list(scope.filter(kind=head.unit_kind).values_list("pk", "code")[: MOST_UNITS + 1])
        if not 0 < len(units) <= MOST_UNITS:
            continue
        ids = [pk for pk, _code in units]
        period = _working_period(ids, head.latest.period)
        missing = _missing(ids, period, head)
        if missing:
            yield _missing_to_do(head, period, missing, [code for _pk, code in units])


def _working_period(units: list[int], published: str) -> str:
    newest = Value.objects.filter(unit_id__in=units).aggregate(newest=Max("period"))["newest"]
    return max(published, newest or published)


def _missing(units: list[int], period: str, head: BoardHead) -> int:
    version = SchemeVersion.objects.filter(board__code=head.board.code).order_by("-created_at", "-pk").first()
    if version is None:
        return 0
    # What a collection asks for is a sheet to fill in, not a gap in a list.
    collected = set(
        Field.objects.filter(collection__state=Collection.State.ACTIVE).values_list("indicator__code", flat=True)
    )
    inputs = [code for code in _inputs(version.hash, version.text) if code not in collected]
    cells = Value.objects.filter(unit_id__in=units, period=period, indicator__code__in=inputs)
    return len(units) * len(inputs) - cells.exclude(status=Value.Status.MISSING).count()


@lru_cache(maxsize=64)
def _inputs(_hash: str, text: str) -> tuple[str, ...]:
    return tuple(Scheme.load(text).inputs())


def _missing_to_do(head: BoardHead, period: str, missing: int, codes: list[str]) -> ToDo:
    title = ngettext(
        "%(board)s %(period)s：还有 %(count)s 个数据未采集",
        "%(board)s %(period)s：还有 %(count)s 个数据未采集",
        missing,
    )
    names = {"board": head.board.label, "period": period, "count": missing}
    note = ngettext("你负责填报 %(count)s 个单位", "你负责填报 %(count)s 个单位", len(codes)) % {"count": len(codes)}
    shown = head.latest.period if head.latest else period
    if len(codes) == 1:
        url = reverse("boards:report", args=[head.board.code, shown, codes[0]])
    else:
        url = reverse("boards:board", args=[head.board.code, shown]) + "?sort=coverage"
    return ToDo("clipboard-list", title % names, note, url)
