"""What is wrong, where, and how to mend it 问题清单: every check collects all its findings before it complains."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding that stops the work 问题.

    `path` says where (node codes for a scheme: `tree.economy.income.rule.full`; column and row for values),
    `message` says what and how to mend it in English, `code` is stable and may be translated by a page.
    """

    path: str
    message: str
    code: str = "invalid"

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


@dataclass(frozen=True, slots=True)
class Note:
    """One finding that does not stop the work but belongs to the result 提示.

    `node` is a node code or an input column, `unit` a unit code; either may be None when the note is wider.
    """

    code: str
    message: str
    node: str | None = None
    unit: str | None = None


class ProblemsError(ValueError):
    """Carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SchemeError(ProblemsError):
    """The scheme cannot be used 方法有误."""


class ValuesError(ProblemsError):
    """The values cannot be used with this scheme 数据有误."""
