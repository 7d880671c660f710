"""Health 健康检查: a registry. Each room registers its checks; ``kanjian check`` and a page print what they find.

This module imports no room, so every room may import it. A room writes its checks in ``<room>/checks.py`` and imports
that file in ``AppConfig.ready``::

    @health.check("jobs.failed")
    def failed_jobs() -> Iterator[health.Problem]:
        yield health.Problem("jobs.failed", health.Severity.ERROR, _("任务失败：导入"), _("打开任务页查看原因"))
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)


class Severity(StrEnum):
    """How bad a problem is."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong and how to mend it; texts are already in the reader's language."""

    code: str
    severity: Severity
    message: str
    remedy: str = ""


Check = Callable[[], Iterable[Problem]]
_checks: dict[str, Check] = {}


def check(code: str) -> Callable[[Check], Check]:
    """Register a function without arguments that yields problems; `code` is ``room.what`` and must be new."""

    def register(function: Check) -> Check:
        if code in _checks:
            raise ValueError(f"a health check named {code!r} exists already")
        _checks[code] = function
        return function

    return register


def codes() -> list[str]:
    """Every registered check, in the order of its name."""
    return sorted(_checks)


def run(only: Iterable[str] | None = None) -> list[Problem]:
    """Run all checks, or the named ones; errors first. A check that fails is itself a problem, never silence."""
    chosen = codes() if only is None else list(only)
    found = [problem for code in chosen for problem in _run_one(code)]
    return sorted(found, key=lambda problem: problem.severity is not Severity.ERROR)


def _run_one(code: str) -> list[Problem]:
    try:
        return list(_checks[code]())
    except Exception as error:  # one broken check must not hide what the others find
        logger.exception("health check %s failed", code)
        message = _("检查“%(code)s”未能完成：%(error)s") % {"code": code, "error": error}
        return [Problem(code, Severity.ERROR, message, _("查看日志中的详细信息"))]
