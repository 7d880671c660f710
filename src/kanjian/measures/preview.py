"""What an import would do 导入预览: counts, differences, problems. As data, so that it can be kept and shown later."""

from dataclasses import dataclass
from typing import Any, Self

import polars as pl

from kanjian.measures.intake.problems import Findings, Problem

# How many differences are listed; the rest is counted.
LISTED = 200
DIFFERENCES = pl.Schema(
    {
        "unit": pl.String,
        "unit_name": pl.String,
        "indicator": pl.String,
        "indicator_name": pl.String,
        "period": pl.String,
        "old": pl.Float64,
        "old_status": pl.String,
        "old_note": pl.String,
        "new": pl.Float64,
        "new_status": pl.String,
        "new_note": pl.String,
        "row": pl.UInt32,
    }
)


@dataclass(frozen=True)
class Preview:
    """Cells by what would happen to them, and everything that is wrong. Nothing was written.

    ``differences`` (columns of ``DIFFERENCES``) lists the first cells that would change, ``changed`` counts them all.
    ``fingerprint`` names the file, the options and the values it was compared with: an import that is given it refuses
    to write when any of them is no longer the same.
    """

    source: str
    sha256: str
    sheet: str
    rows: int
    new: int
    changed: int
    unchanged: int
    blank: int
    units: int
    indicators: int
    periods: tuple[str, ...]
    skipped_columns: tuple[str, ...]
    differences: pl.DataFrame
    findings: Findings
    fingerprint: str

    @property
    def may_apply(self) -> bool:
        """Nothing is wrong and there is something to write."""
        return not self.findings and self.new + self.changed > 0

    def to_json(self) -> dict[str, Any]:
        """As JSON can say it; the problems keep their codes, so that they can be told in another language later."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        return {
            **plain,
            "periods": list(self.periods),
            "skipped_columns": list(self.skipped_columns),
            "differences": self.differences.to_dicts(),
            "problems": [problem.to_json() for problem in self.findings.items],
            "problem_counts": dict(self.findings.counts),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The inverse of ``to_json``."""
        problems = tuple(Problem.from_json(problem) for problem in data["problems"])
        return cls(
            **{name: data[name] for name in _PLAIN},
            periods=tuple(data["periods"]),
            skipped_columns=tuple(data["skipped_columns"]),
            differences=pl.DataFrame(data["differences"], schema=DIFFERENCES),
            findings=Findings(problems, data["problem_counts"]),
        )


_PLAIN = (
    *("source", "sha256", "sheet", "rows", "new", "changed", "unchanged", "blank"),
    *("units", "indicators", "fingerprint"),
)
