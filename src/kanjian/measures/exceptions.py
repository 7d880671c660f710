"""Exceptions from red lines 红线例外 and what they cover: an expired one covers nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from kanjian.measures.models import RedLineException
from kanjian.measures.redlines import Finding

State = RedLineException.State


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding and the valid exception that covers it, if any."""

    finding: Finding
    exception: RedLineException | None = None

    @property
    def refuses(self) -> bool:
        """An error that no exception covers."""
        return self.finding.refuses and self.exception is None


def valid_exceptions(*subjects: str) -> list[RedLineException]:
    """Granted exceptions of the subjects that are not over, oldest first."""
    granted = RedLineException.objects.filter(
        subject__in=subjects, state=State.GRANTED, expires_on__gte=timezone.localdate()
    )
    return list(granted.select_related("asked_by", "decided_by").order_by("id"))


def printed(day: date, *subjects: str) -> list[dict[str, str]]:
    """Granted exceptions that counted on the day or later, as plain data for open files; persons are not named."""
    rows = RedLineException.objects.filter(subject__in=subjects, state=State.GRANTED, expires_on__gte=day)
    return [
        {
            "code": row.code,
            "item": row.item,
            "document": row.document,
            "signer": row.signer,
            "reason": row.reason,
            "expires_on": row.expires_on.isoformat(),
        }
        for row in rows.order_by("id")
    ]


def judge(findings: Iterable[Finding], exceptions: Sequence[RedLineException]) -> list[Judged]:
    """Every finding with the exception that covers it; a red line without exceptions is covered by none."""
    return [Judged(each, _covering(each, exceptions)) for each in findings]


def has_run_out(finding: Finding) -> bool:
    """Whether an exception for this once stood and is over: a reason to be loud."""
    over = RedLineException.objects.filter(
        code=finding.code, item__in=["", finding.item], state=State.GRANTED, expires_on__lt=timezone.localdate()
    )
    return over.exists()


def _covering(finding: Finding, exceptions: Sequence[RedLineException]) -> RedLineException | None:
    if not finding.line.may_be_excepted:
        return None
    fitting = (each for each in exceptions if each.code == finding.code and each.item in {"", finding.item})
    return next(fitting, None)
