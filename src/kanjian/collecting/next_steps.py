"""What this person may do next with a sheet, and why not the rest 下一步: for buttons and for the API."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy

from kanjian.collecting.models import Sheet
from kanjian.collecting.rules import REASONS, Do, Facts, facts_of, refusal
from kanjian.orgs.models import User

LABELS = {
    Do.FILL: gettext_lazy("填写"),
    Do.SUBMIT: gettext_lazy("提交审核"),
    Do.WITHDRAW: gettext_lazy("撤回"),
    Do.APPROVE: gettext_lazy("通过"),
    Do.RETURN: gettext_lazy("退回"),
    Do.ACCEPT: gettext_lazy("采纳"),
    Do.REOPEN: gettext_lazy("退回更正"),
    Do.ASK_EXTENSION: gettext_lazy("申请延期"),
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """One verb: allowed, or the stable code and the words why not."""

    do: str
    label: str
    code: str = ""
    why_not: str = ""

    @property
    def is_allowed(self) -> bool:
        """Whether the person may do it now."""
        return not self.code


def next_steps(user: User | None, sheet: Sheet) -> tuple[NextStep, ...]:
    """Every verb with its answer for this person; a fixed number of queries."""
    return steps_from(sheet, facts_of(user, [sheet])[sheet.pk])


def next_steps_of(user: User | None, sheets: Sequence[Sheet]) -> dict[int, tuple[NextStep, ...]]:
    """The same for many sheets by id, in as many queries as for one."""
    facts = facts_of(user, sheets)
    return {sheet.pk: steps_from(sheet, facts[sheet.pk]) for sheet in sheets}


def steps_from(sheet: Sheet, facts: Facts) -> tuple[NextStep, ...]:
    """The answers from facts that are known already."""
    today = timezone.localdate()
    codes = {do: refusal(do, sheet, facts, today) for do in Do}
    return tuple(
        NextStep(do.value, str(LABELS[do]), code, str(REASONS[code]) if code else "") for do, code in codes.items()
    )


def allowed(steps: Sequence[NextStep]) -> set[str]:
    """The verbs that the person may do."""
    return {step.do for step in steps if step.is_allowed}
