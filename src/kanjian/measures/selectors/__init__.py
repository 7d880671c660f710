"""Reads of values: frames for releases and boards, coverage, and the evidence of one cell."""

from kanjian.measures.selectors.coverage import (
    Counts,
    Coverage,
    coverage,
    coverage_by_indicator,
    known_periods,
    latest_period,
)
from kanjian.measures.selectors.evidence import (
    Evidence,
    Grounds,
    Origin,
    basis_of,
    computation_label,
    evidence_of,
    history,
    source_of,
)
from kanjian.measures.selectors.frames import not_applicable_wide, values_long, values_wide
from kanjian.measures.selectors.lines import OriginalLine, original_line

__all__ = [
    "Counts",
    "Coverage",
    "Evidence",
    "Grounds",
    "Origin",
    "OriginalLine",
    "basis_of",
    "computation_label",
    "coverage",
    "coverage_by_indicator",
    "evidence_of",
    "history",
    "known_periods",
    "latest_period",
    "not_applicable_wide",
    "original_line",
    "source_of",
    "values_long",
    "values_wide",
]
