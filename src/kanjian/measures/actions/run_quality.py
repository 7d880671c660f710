"""Run the quality checks over the values of a period 质量检查: questions for people, no change of any value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kanjian.calendars.periods import Period, PeriodError
from kanjian.jobs.actions import run
from kanjian.jobs.models import Job
from kanjian.jobs.progress import SILENT, Reporter
from kanjian.ledger.actions import append_event
from kanjian.measures.models import Flag, Indicator, QualityRun, Rule
from kanjian.measures.policies import require_run_quality
from kanjian.measures.quality import Found, check_all, gather
from kanjian.orgs.models import Unit, User

State = Flag.State
STANDING = (State.OPEN, State.ERROR)  # closed when their cause is gone; an answer stays
_UPDATED = ("strength", "numbers", "state", "last_run", "verdict", "reason", "reviewed_by", "reviewed_at")
SILENT_NUMBERS = frozenset(
    ("median", "spread", "n", "z", "still", "expected", "elsewhere", "low", "high", "chi2", "share", "width")
)


@dataclass
class _Outcome:
    """What becomes of flags."""

    new: list[Flag] = field(default_factory=list)
    standing: list[Flag] = field(default_factory=list)
    moved: list[Flag] = field(default_factory=list)  # standing too, with other numbers behind
    reopened: list[Flag] = field(default_factory=list)
    closed: list[Flag] = field(default_factory=list)


def start_quality(root: Unit, period: str, *, by: User) -> Job:
    """The same in the background. Raises ``PermissionDenied``, ``ValidationError``."""
    require_run_quality(by, root)
    code = _period(period)
    name = _("质量检查 %(unit)s %(period)s") % {"unit": root.name, "period": code}
    return run(name, work, {"root": root.pk, "period": code, "by": by.pk}, owner=by)


def work(reporter: Reporter, root: int, period: str, by: int) -> dict[str, Any]:
    """The background work."""
    found = run_quality(Unit.objects.get(pk=root), period, by=User.objects.get(pk=by), reporter=reporter)
    return {"url": f"{reverse('measures:flags')}?period={found.period}", "found": found.found, "new": found.new}


def run_quality(root: Unit, period: str, *, by: User | None, reporter: Reporter = SILENT) -> QualityRun:
    """Check everything at and below the root, and keep what is strange as flags.

    The same question is one flag, however often the checks are run. Its cause gone: the system closes it (open ones,
    and those confirmed as errors: they were mended). It comes back, or its numbers changed after an answer: it opens.
    Values, scores and editions are only read. Raises ``ValidationError`` (no values, no period), ``PermissionDenied``.
    """
    require_run_quality(by, root)
    code = _period(period)
    reporter.start(2, _("正在读取数据"))
    material = gather(root, code)
    if material.now.is_empty():
        raise ValidationError(_("%(unit)s 在 %(period)s 没有数据") % {"unit": root.name, "period": code})
    reporter.advance(1, _("正在检查"))
    found = check_all(material)
    reporter.advance(1, _("正在写入质疑清单"))
    return _keep(root, code, found, cells=material.now.height, by=by)


@transaction.atomic
def _keep(root: Unit, period: str, found: list[Found], *, cells: int, by: User | None) -> QualityRun:
    # One run at a time over a root: two would make the same flag twice.
    Unit.objects.select_for_update().get(pk=root.pk)
    made = QualityRun.objects.create(root=root, period=period, cells=cells, found=len(found), created_by=by)
    outcome = _compare(made, {each.key(period): each for each in found})
    made.new, made.closed = len(outcome.new) + len(outcome.reopened), len(outcome.closed)
    made.save(update_fields=["new", "closed"])
    Flag.objects.bulk_create(outcome.new, batch_size=500)
    Flag.objects.bulk_update([*outcome.moved, *outcome.reopened, *outcome.closed], _UPDATED, batch_size=500)
    Flag.objects.filter(pk__in=[flag.pk for flag in outcome.standing]).update(last_run=made)
    append_event("measures.run_quality", f"quality_run:{made.pk}", by=by, data=_event(made, outcome))
    return made


def _compare(made: QualityRun, found: Mapping[str, Found]) -> _Outcome:
    """What is new, what stands, what opens again, what is closed."""
    known = {flag.key: flag for flag in Flag.objects.filter(root=made.root, period=made.period)}
    outcome = _Outcome(new=_new(made, [each for key, each in found.items() if key not in known]))
    for key, flag in known.items():
        if key not in found:
            if flag.state in STANDING:
                flag.state = State.CLOSED
                outcome.closed.append(flag)
            continue
        fresh = _numbers(found[key])
        is_other = _substance(fresh) != _substance(flag.numbers)
        again = flag.state == State.CLOSED or (flag.state != State.OPEN and is_other)
        has_moved = fresh != flag.numbers
        flag.strength, flag.numbers, flag.last_run = found[key].strength, fresh, made
        if again:
            flag.state, flag.verdict, flag.reason = State.OPEN, "", ""
            flag.reviewed_by = flag.reviewed_at = None
        (outcome.reopened if again else outcome.moved if has_moved else outcome.standing).append(flag)
    return outcome


def _new(made: QualityRun, found: Iterable[Found]) -> list[Flag]:
    fresh = list(found)
    codes = {code for each in fresh for code in (each.unit, each.other) if code}
    units = dict(Unit.objects.filter(code__in=codes).values_list("code", "pk"))
    indicators = dict(Indicator.objects.values_list("code", "pk"))
    rules = dict(Rule.objects.values_list("code", "pk"))
    return [
        Flag(
            root=made.root,
            key=each.key(made.period),
            kind=each.kind,
            unit_id=units[each.unit],
            other_id=units[each.other] if each.other else None,
            indicator_id=indicators[each.indicator] if each.indicator else None,
            rule_id=rules[each.rule] if each.rule else None,
            period=made.period,
            strength=each.strength,
            numbers=_numbers(each),
            first_run=made,
            last_run=made,
        )
        for each in fresh
    ]


def _numbers(found: Found) -> dict[str, Any]:
    """As the database keeps them: 12 digits are enough, and compare equal after a round trip."""
    return {name: float(f"{x:.12g}") if isinstance(x, float) else x for name, x in found.numbers.items()}


def _substance(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer was about: the unit's own numbers, not those of the others, which move with every correction."""
    return {name: value for name, value in numbers.items() if name not in SILENT_NUMBERS}


def _event(made: QualityRun, outcome: _Outcome) -> dict[str, Any]:
    return {
        "root": made.root.code,
        "period": made.period,
        "cells": made.cells,
        "found": made.found,
        "new": [flag.key for flag in outcome.new],
        "reopened": [flag.key for flag in outcome.reopened],
        "closed": [flag.key for flag in outcome.closed],
    }


def _period(text: str) -> str:
    try:
        return Period.parse(text).code
    except PeriodError as error:
        raise ValidationError(_("“%(text)s”不是周期") % {"text": text}) from error
