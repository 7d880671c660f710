"""Findings and exceptions as pages show them 红线检查结果: texts in the reader's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kanjian.measures.exceptions import Judged
from kanjian.measures.models import RedLineException
from kanjian.measures.redlines import RED_LINES, Severity, Words


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One crossing: how bad, where, what, why, how to mend, from which rule; and the document that allows it."""

    code: str
    severity: str
    severity_label: str
    title: str
    item: str
    label: str
    detail: str
    why: str
    remedy: str
    source: str
    allowed_by: str
    may_be_excepted: bool


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One exception as it is printed."""

    code: str
    title: str
    item: str
    document: str
    signer: str
    reason: str
    expires_on: date
    asked_by: str
    granted_by: str


@dataclass(frozen=True, slots=True)
class LintPage:
    """What a page prints: findings without notices, how many notices, every valid exception."""

    findings: list[FindingRow]
    notices: int
    exceptions: list[ExceptionRow]
    refusing: int

    @property
    def is_clean(self) -> bool:
        """Nothing to see."""
        return not self.findings


def lint_page(judged: Sequence[Judged], exceptions: Iterable[RedLineException]) -> LintPage:
    """The rows of a linted scheme version or collection; errors first, the rest in their order."""
    shown = [each for each in judged if each.finding.severity is not Severity.NOTICE]
    shown.sort(key=lambda each: (not each.refuses, each.finding.severity is not Severity.ERROR))
    return LintPage(
        findings=[finding_row(each) for each in shown],
        notices=len(judged) - len(shown),
        exceptions=[exception_row(each) for each in exceptions],
        refusing=sum(each.refuses for each in judged),
    )


def finding_row(judged: Judged) -> FindingRow:
    """One finding in the reader's language."""
    finding, line = judged.finding, judged.finding.line
    return FindingRow(
        code=finding.code,
        severity="excepted" if judged.exception else finding.severity.value,
        severity_label=_severity_label(judged),
        title=say(line.title),
        item=finding.item,
        label=say(finding.label),
        detail=say(finding.detail),
        why=say(line.why),
        remedy=say(line.remedy),
        source=source_of(finding.code),
        allowed_by=judged.exception.document if judged.exception else "",
        may_be_excepted=line.may_be_excepted,
    )


def exception_row(row: RedLineException) -> ExceptionRow:
    """One exception, with both people by name."""
    return ExceptionRow(
        code=row.code,
        title=title_of(row.code),
        item=row.item,
        document=row.document,
        signer=row.signer,
        reason=row.reason,
        expires_on=row.expires_on,
        asked_by=str(row.asked_by),
        granted_by=str(row.decided_by or ""),
    )


def title_of(code: str) -> str:
    """What a red line is called."""
    line = RED_LINES.get(code)
    return say(line.title) if line else code


def source_of(code: str) -> str:
    """The rule behind it; sources of which only reposts were seen say so."""
    line = RED_LINES[code]
    said = say(line.source)
    return _("%(source)s（据转载，引用前请核对原文）") % {"source": said} if line.reposted else said


def say(words: Words) -> str:
    """A text of the catalogue in the reader's language."""
    return words.said(get_language() or "")


def _severity_label(judged: Judged) -> str:
    if judged.exception:
        return _("已批准例外")
    return {
        Severity.ERROR: _("不允许"),
        Severity.WARNING: _("需说明"),
        Severity.NOTICE: _("提示"),
    }[judged.finding.severity]
