"""Why a file is no table 读表问题: codes and particulars, without a language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

# What may be wrong, and the particulars that the code comes with beside ``value``.
CODES: Mapping[str, tuple[str, ...]] = {
    "unknown_type": (),  # value: the ending
    "unreadable": ("reason",),  # reason: what the library that reads this format said, in English
    "too_large": ("limit",),  # limit: how much it may be, unpacked
    "encoding": (),
    "empty_file": (),
    "unknown_sheet": ("known",),  # value: the sheet asked for; known: those that there are
    "duplicate_column": (),  # value: the heading
    "too_many_cells": ("cells", "columns"),
    "cell_error": (),  # value: the failed formula's #N/A; only among ``Table.errors``
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: rows count from 1 as in the sheet, row 0 is the file as a whole; ``column`` is the heading."""

    code: str
    row: int = 0
    column: str = ""
    sheet: str = ""
    value: str = ""
    particulars: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Sheet, row and heading as far as they are known, such as ``数据/5/A1``."""
        return "/".join(part for part in (self.sheet, str(self.row) if self.row else "", self.column) if part)

    def __str__(self) -> str:
        said = " ".join(part for part in (self.code, self.value, *self.particulars.values()) if part)
        return f"{self.place}: {said}" if self.place else said


class TableError(ValueError):
    """The file cannot be read as a table; ``problems`` says why, all at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems[:3]))

    @classmethod
    def one(cls, code: str, **place: Any) -> Self:
        """An error with a single problem."""
        return cls([Problem(code, **place)])

    @classmethod
    def unreadable(cls, error: Exception | str) -> Self:
        """What a library says of a file that it does not understand, shortened."""
        return cls.one("unreadable", particulars={"reason": str(error)[:200]})
