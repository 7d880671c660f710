"""Whether somebody had a part in what is objected to 回避: nobody reviews the own work.

Every rule is a reason with a code and words, so that a refusal says which one it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy

from kanjian.boards import policies
from kanjian.boards.changes import Changes
from kanjian.boards.models import Board, Edition, Objection, Proposal, SignOff, StagedSet
from kanjian.boards.objection_policies import chain
from kanjian.boards.objection_states import UNDECIDED
from kanjian.boards.store.folders import StoreError
from kanjian.boards.store.releases import read_cells
from kanjian.collecting.models import Entry, PastEntry, Step
from kanjian.measures.models import Batch, Revision, Value
from kanjian.orgs.models import Post, User, valid_on
from kanjian.orgs.selectors import today
from kanjian.orgs.tree import ids_above

# Publishing and withdrawing answer for an edition; applying a correction answers for the other objections in it.
ANSWERING = (Proposal.Verb.PUBLISH, Proposal.Verb.SUPERSEDE)
NOBODY_LEFT = gettext_lazy(
    "没有可以复核的人：在榜单范围有审核、系统管理岗位的人都经手过这件事。"
    "请系统管理员在“用户与岗位”中给另一位没有经手过的人加上审核岗位，再回到这件异议分配"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part that a person had: a stable code, and what it was."""

    code: str
    words: str


Involved = dict[str, set[int]]  # code of a part → ids of the people who had it, in the order in which parts are named


def involved(objection: Objection) -> Involved:
    """Who had which part, asked once for everybody."""
    found = {**_in_the_edition(objection), **_in_the_values(objection), **_in_the_objection(objection)}
    return {code: {pk for pk in people if pk is not None} for code, people in found.items()}


def parts(user: User, objection: Objection, people: Involved | None = None) -> list[Part]:
    """Every part the person had; empty when the person may review it. ``people``: ``involved``, where it is known."""
    people = involved(objection) if people is None else people
    return [Part(code, str(WORDS[code])) for code, ids in people.items() if user.pk in ids]


WORDS = {
    "computed": gettext_lazy("计算了这一期"),
    "froze": gettext_lazy("冻结了这一期的数据"),
    "signed": gettext_lazy("签署了这一期的审核意见"),
    "proposed": gettext_lazy("提议了这一期的发布或撤下"),
    "confirmed": gettext_lazy("确认了这一期的发布或撤下"),
    "wrote": gettext_lazy("提交了这一版方法"),
    "entered": gettext_lazy("填报过有关数值"),
    "checked": gettext_lazy("审核过有关填报单"),
    "imported": gettext_lazy("导入过有关数值"),
    "filed": gettext_lazy("提出了这件异议"),
    "belongs": gettext_lazy("在该单位或它的上级乡镇、区县任职"),
    "first_review": gettext_lazy("参与了第一次复核"),
}
People = set[int | None]


def _in_the_edition(objection: Objection) -> dict[str, People]:
    edition = objection.edition
    lineage = _corrected(edition)
    steps = Proposal.objects.filter(edition__in=lineage, verb__in=ANSWERING)
    rows = list(steps.values_list("proposed_by", "decided_by", "state"))
    publishers = Edition.objects.filter(pk__in=lineage).values_list("published_by", flat=True)
    return {
        "computed": {edition.created_by_id},
        "froze": {edition.release.created_by_id},
        "signed": set(SignOff.objects.filter(edition__in=lineage).values_list("by", flat=True)),
        "proposed": {proposed for proposed, _decided, _state in rows},
        "confirmed": {*publishers, *(decided for _by, decided, state in rows if state == Proposal.State.CONFIRMED)},
    }


def _corrected(edition: Edition) -> set[int]:
    """Ids of the edition, those it corrects and those that correct it: who answered for one answered for what stood."""
    found: set[int] = set()
    following = {edition.pk}
    while following:
        found |= following
        applied = StagedSet.objects.filter(Q(base__in=found) | Q(edition__in=found), edition__isnull=False)
        following = {pk for pair in applied.values_list("base", "edition") for pk in pair if pk is not None} - found
    return found


def _in_the_values(objection: Objection) -> dict[str, People]:
    """Parts in the cells objected to: entered, checked, imported; for a method, in writing it."""
    edition = objection.edition
    cells = Changes.from_json(objection.changes).cells
    wanted = Q(pk__in=[])
    for cell in cells:
        wanted |= Q(indicator__code=cell.indicator, unit__code=cell.unit)
    periods = {cell.period for cell in cells}
    entries = Entry.objects.filter(wanted, sheet__window__period__in=periods)
    typed_over = PastEntry.objects.filter(wanted, sheet__window__period__in=periods)
    steps = Step.objects.filter(sheet__in=entries.values("sheet"))
    batches = Batch.objects.filter(pk__in=_batches(edition, objection, wanted, periods))
    return {
        "wrote": {edition.scheme.created_by_id} if objection.kind == Objection.Kind.METHOD else set(),
        "entered": {each for rows in (entries, typed_over) for each in rows.values_list("entered_by", flat=True)},
        "checked": set(steps.values_list("by", flat=True)),
        "imported": set(batches.values_list("created_by", flat=True)),
    }


def _batches(edition: Edition, objection: Objection, wanted: Q, periods: set[str]) -> set[int]:
    """The batches that the cells came from: as frozen, as they stand now, and as they stood before."""
    now = Value.objects.filter(wanted, period__in=periods).values_list("batch", flat=True)
    then = Revision.objects.filter(wanted, period__in=periods).values_list("batch", flat=True)
    return {*now, *then, *_frozen(edition, objection)}


def _frozen(edition: Edition, objection: Objection) -> Iterator[int]:
    keys = {(cell.unit, cell.indicator, cell.period) for cell in Changes.from_json(objection.changes).cells}
    if not keys:
        return
    try:
        held = read_cells(settings.HOME, edition.release.hash, objection.unit.code)
    except (StoreError, OSError):  # a lost release is the health check's matter
        return
    for unit, indicator, period, batch in held.select("unit", "indicator", "period", "batch").iter_rows():
        if (unit, indicator, period) in keys and batch is not None:
            yield batch


def _in_the_objection(objection: Objection) -> dict[str, People]:
    posts = Post.objects.on(today()).filter(unit__in=chain(objection.unit, objection.edition.board).values("pk"))
    reviewed = objection.steps.filter(round__lt=objection.round).exclude(verb__in=("file", "answer", "appeal"))
    return {
        "filed": {objection.filed_by_id},
        "belongs": set(posts.values_list("user", flat=True)),
        "first_review": set(reviewed.values_list("by", flat=True)) if objection.round > 1 else set(),
    }


def candidates(board: Board) -> QuerySet[User]:
    """People who may be given objections to the board: whoever may publish it, least burdened first."""
    roots = Q(unit__in=ids_above([board.root_id])) if board.root_id else Q(unit__parent__isnull=True)
    held = Post.objects.filter(roots, valid_on(today()), role__in=policies.PUBLISH_ROLES)
    open_ones = Count("objections_to_review", filter=Q(objections_to_review__state__in=UNDECIDED))
    people = User.objects.filter(pk__in=held.values("user"), is_active=True)
    return people.annotate(burden=open_ones).order_by("burden", "pk")


def choices(objection: Objection) -> list[tuple[User, list[Part]]]:
    """Everybody who could review it, with the parts that speak against; least burdened first."""
    people = involved(objection)
    return [(person, parts(person, objection, people)) for person in candidates(objection.edition.board)]


def choose(objection: Objection) -> User | None:
    """The least burdened person who had no part; None when everybody had one."""
    return next((person for person, had in choices(objection) if not had), None)
