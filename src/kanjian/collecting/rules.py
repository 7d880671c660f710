"""What a person may do next with a sheet, and why not 办理规则: one place for the actions, the pages and the API.

``facts_of`` asks the database once for many sheets; ``refusal`` is pure. Rules that never bend: nobody approves what
they entered or handed in themselves, nobody approves at two levels of one sheet, after closing only with an extension
or while a correction lasts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kanjian.collecting import policies
from kanjian.collecting.levels import Chain, chains_of, next_level
from kanjian.collecting.models import Entry, Extension, PastEntry, Sheet, Step
from kanjian.collecting.states import CollectingError, Level, State
from kanjian.orgs.models import User

MAKERS = (Step.Verb.SUBMIT,)
JUDGES = (Step.Verb.APPROVE, Step.Verb.ACCEPT)


class Do(StrEnum):
    """What can be done with a sheet."""

    FILL = "fill"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    RETURN = "return"
    ACCEPT = "accept"
    REOPEN = "reopen"
    ASK_EXTENSION = "ask_extension"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules need to know about one person and one sheet."""

    chain: Chain
    is_reporter: bool
    levels: frozenset[str] = frozenset()  # levels of the chain at which the person is a reviewer
    has_made: bool = False  # entered or handed in anything of it, ever
    judged_at: frozenset[str] = field(default_factory=frozenset)  # levels at which the person approved it, ever
    extended_until: date | None = None
    is_asking: bool = False  # an extension waits for its decision


def facts_of(user: User | None, sheets: Sequence[Sheet]) -> dict[int, Facts]:
    """Sheet id → facts, in a fixed number of queries. None is the system: it holds every post and made nothing."""
    chains = chains_of(sheets)
    ids = [sheet.pk for sheet in sheets]
    until, asking = _extensions(sheets)
    if user is None:
        return {pk: _of_the_system(chains[pk], until.get(pk), is_asking=pk in asking) for pk in ids}
    reports = set(policies.reports_for(user).filter(pk__in=ids).values_list("pk", flat=True))
    units, made, judged = policies.reviewer_units(user), _made(user, ids), _judged(user, ids)
    return {
        pk: Facts(
            chain=chains[pk],
            is_reporter=pk in reports,
            levels=frozenset(level for level, unit in chains[pk].items() if unit in units),
            has_made=pk in made,
            judged_at=frozenset(judged.get(pk, ())),
            extended_until=until.get(pk),
            is_asking=pk in asking,
        )
        for pk in ids
    }


def _of_the_system(chain: Chain, until: date | None, *, is_asking: bool) -> Facts:
    return Facts(chain, is_reporter=True, levels=frozenset(chain), extended_until=until, is_asking=is_asking)


def refusal(do: Do, sheet: Sheet, facts: Facts, today: date) -> str:
    """Why this cannot be done now, as a code of ``REASONS``; empty: it can."""
    match do:
        case Do.FILL | Do.SUBMIT:
            return _not_fillable(sheet, facts, today)
        case Do.WITHDRAW:
            return _not_withdrawable(sheet, facts, today)
        case Do.APPROVE | Do.ACCEPT | Do.RETURN:
            return _not_judgeable(do, sheet, facts)
        case Do.REOPEN:
            return _not_reopenable(sheet, facts)
        case Do.ASK_EXTENSION:
            return _not_askable(sheet, facts)


def _not_fillable(sheet: Sheet, facts: Facts, today: date) -> str:
    if not facts.is_reporter:
        return "not_reporter"
    if sheet.state == State.ACCEPTED:
        return "accepted"
    if sheet.state == State.SUBMITTED:
        return "submitted"
    return _outside(sheet, facts, today)


def _outside(sheet: Sheet, facts: Facts, today: date) -> str:
    if today < sheet.window.opens_on:
        return "not_open_yet"
    last = max(filter(None, (sheet.window.closes_on, facts.extended_until, sheet.correct_until)))
    return "" if today <= last else "closed"


def _not_withdrawable(sheet: Sheet, facts: Facts, today: date) -> str:
    if not facts.is_reporter:
        return "not_reporter"
    if sheet.state != State.SUBMITTED:
        return "not_submitted"
    if sheet.level != next_level(facts.chain, ""):
        return "already_approved"
    return _outside(sheet, facts, today)


def _not_judgeable(do: Do, sheet: Sheet, facts: Facts) -> str:
    if not facts.levels:
        return "not_reviewer"
    if sheet.state != State.SUBMITTED:
        return "not_submitted"
    if do == Do.APPROVE and sheet.level == Level.OFFICE:
        return "accept_instead"
    if do == Do.ACCEPT and sheet.level != Level.OFFICE:
        return "not_at_office"
    if sheet.level not in facts.levels:
        return "other_level"
    if do == Do.RETURN:
        return ""
    if facts.has_made:
        return "own_entries"
    return "two_levels" if facts.judged_at - {sheet.level} else ""


def _not_reopenable(sheet: Sheet, facts: Facts) -> str:
    if Level.OFFICE not in facts.levels:
        return "not_office"
    return "" if sheet.state == State.ACCEPTED else "not_accepted"


def _not_askable(sheet: Sheet, facts: Facts) -> str:
    if not facts.is_reporter:
        return "not_reporter"
    if sheet.state not in {State.OPEN, State.RETURNED}:
        return "accepted" if sheet.state == State.ACCEPTED else "submitted"
    return "asked_already" if facts.is_asking else ""


# Whoever is stopped by one of these lacks the right; the others are matters of time and state.
LACKS_RIGHT = {"not_reporter", "not_reviewer", "not_office", "other_level", "own_entries", "two_levels"}
REASONS = {
    "not_reporter": gettext_lazy("只有该单位的填报员可以办理"),
    "not_reviewer": gettext_lazy("只有本级审核员可以办理"),
    "not_office": gettext_lazy("只有考评办的审核员可以退回更正"),
    "other_level": gettext_lazy("这份填报单在别的层级审核"),
    "own_entries": gettext_lazy("自己填报或提交的，不能由自己审核"),
    "two_levels": gettext_lazy("已在另一层级审核过这份填报单，不能再审一级"),
    "accepted": gettext_lazy("已采纳，不能再改；有误请考评办退回更正"),
    "submitted": gettext_lazy("已提交审核，先撤回才能改"),
    "not_open_yet": gettext_lazy("填报窗口还没有开放"),
    "closed": gettext_lazy("填报窗口已关闭，可以申请延期"),
    "not_submitted": gettext_lazy("还没有提交"),
    "already_approved": gettext_lazy("已有层级通过，不能撤回；可请审核员退回"),
    "accept_instead": gettext_lazy("已到考评办，由考评办采纳"),
    "not_accepted": gettext_lazy("还没有采纳"),
    "not_at_office": gettext_lazy("还没有逐级审核到考评办"),
    "asked_already": gettext_lazy("已有一份延期申请待审批"),
}


def require(do: Do, sheets: Iterable[Sheet], by: User | None) -> dict[int, Facts]:
    """For actions: raise unless it can be done with every sheet; all or nothing. Returns the facts by sheet id.

    Raises ``PermissionDenied`` where a right is lacking, else ``CollectingError`` with the code of the reason.
    """
    rows = list(sheets)
    facts, today = facts_of(by, rows), timezone.localdate()
    for sheet in rows:
        code = refusal(do, sheet, facts[sheet.pk], today)
        if code:
            text = _("%(unit)s：%(why)s") % {"unit": sheet.reporter, "why": REASONS[code]}
            raise PermissionDenied(text) if code in LACKS_RIGHT else CollectingError(code, text)
    return facts


def _made(user: User, ids: list[int]) -> set[int]:
    """Sheets of which the person ever entered a cell, also one that was typed over since, or which they handed in."""
    found = set(Entry.objects.filter(sheet__in=ids, entered_by=user).order_by().values_list("sheet", flat=True))
    found |= set(PastEntry.objects.filter(sheet__in=ids, entered_by=user).order_by().values_list("sheet", flat=True))
    return found | set(Step.objects.filter(sheet__in=ids, by=user, verb__in=MAKERS).values_list("sheet", flat=True))


def _judged(user: User, ids: list[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    steps = Step.objects.filter(sheet__in=ids, by=user, verb__in=JUDGES)
    for sheet, level in steps.values_list("sheet", "level"):
        found.setdefault(sheet, set()).add(level)
    return found


def _extensions(sheets: Sequence[Sheet]) -> tuple[dict[int, date], set[int]]:
    """Last day of the granted extension by sheet id, and the sheets for which one waits."""
    cells = {(sheet.window_id, sheet.reporter_id): sheet.pk for sheet in sheets}
    rows = Extension.objects.filter(window__in={window for window, _unit in cells})
    granted = rows.filter(state=Extension.State.GRANTED).order_by().values_list("window", "reporter")
    until = {
        cells[window, unit]: last
        for window, unit, last in granted.annotate(last=Max("until"))
        if (window, unit) in cells
    }
    asked = rows.filter(state=Extension.State.ASKED).values_list("window", "reporter")
    return until, {cells[key] for key in asked if key in cells}
