"""Values to enter, files to accept, doubtful values to look at."""

from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from kanjian.boards.models import SchemeVersion
from kanjian.boards.selectors import editions
from kanjian.boards.selectors.shapes import BoardHead
from kanjian.collecting.models import Collection, Field
from kanjian.measures.models import Indicator, Upload, Value
from kanjian.measures.selectors import flags
from kanjian.orgs import policies as orgs
from kanjian.orgs.models import Post, User
from kanjian.portal.selectors.to_dos.item import ToDo
from kanjian.scoring import Scheme

Source = Indicator.Source
# A person who enters values for more units than this works with files, not with a list of gaps.
MOST_UNITS = 2000


def uploads(user: User) -> Iterator[ToDo]:
    """Files that wait between preview and acceptance."""
    for upload in Upload.objects.filter(created_by=user, state=Upload.State.STAGED)[:5]:
        title = gettext("待确认的导入：%(file)s") % {"file": upload.source}
        yield ToDo("upload", title, gettext("核对预览后导入或取消"), reverse("measures:upload", args=[upload.pk]))


def open_flags(user: User) -> Iterator[ToDo]:
    """Questions about values that the person may answer as a reviewer."""
    number, period = flags.open_flags(user)
    if number:
        title = ngettext("%(count)d 条数据质疑待核实", "%(count)d 条数据质疑待核实", number) % {"count": number}
        note = gettext("最近一期 %(period)s；质疑不是结论，看过再定") % {"period": period}
        yield ToDo("flag", title, note, reverse("measures:flags"))


def missing_values(user: User) -> Iterator[ToDo]:
    """Cells of the newest scheme of a board that the person's units would have to enter and nobody has."""
    scope = orgs.units_in_scope(user, Post.Role.REPORTER).on(timezone.localdate())
    asked_elsewhere = cache(_asked_elsewhere)  # the same for every board, and for most people not needed
    for head in editions.board_heads(user):
        if head.latest is None:
            continue
        units = list(scope.filter(kind=head.unit_kind).values_list("pk", "code")[: MOST_UNITS + 1])
        if not 0 < len(units) <= MOST_UNITS:
            continue
        ids = [pk for pk, _code in units]
        period = _working_period(ids, head.latest.period)
        missing = _missing(ids, period, head, asked_elsewhere)
        if missing:
            yield _missing_to_do(head, period, missing, [code for _pk, code in units])


def _working_period(units: list[int], published: str) -> str:
    newest = Value.objects.filter(unit_id__in=units).aggregate(newest=Max("period"))["newest"]
    return max(published, newest or published)


def _missing(units: list[int], period: str, head: BoardHead, asked_elsewhere: Callable[[], set[str]]) -> int:
    version = SchemeVersion.objects.filter(board__code=head.board.code).order_by("-created_at", "-pk").first()
    if version is None:
        return 0
    inputs = set(_inputs(version.hash, version.text)) - asked_elsewhere()
    cells = Value.objects.filter(unit_id__in=units, period=period, indicator__code__in=inputs)
    return len(units) * len(inputs) - cells.exclude(status=Value.Status.MISSING).count()


def _asked_elsewhere() -> set[str]:
    """What no unit enters from a list of gaps: the sheets of collections, departments' files, computed and official."""
    collected = Field.objects.filter(collection__state=Collection.State.ACTIVE).order_by()
    of_others = Q(source__in=(Source.COMPUTED, Source.REFERENCE)) | Q(source=Source.IMPORTED, department__isnull=False)
    others = Indicator.objects.filter(of_others).order_by().values_list("code", flat=True)
    return set(collected.values_list("indicator__code", flat=True).union(others))


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
