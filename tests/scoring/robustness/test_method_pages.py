"""The pages on weights, treatment, robustness, data quality: complete, listed, their worked examples are true."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from kanjian.scoring import robustness, treatment, weights

PAGES = Path(__file__).parents[3] / "docs" / "methods"
KINDS = ("weights", "treatment", "robustness", "quality")
FOUND = sorted(page for kind in KINDS for page in PAGES.glob(f"{kind}-*.md"))
SECTIONS = ("> 摘要：", "**Formula.**", "**Source.**", "**Worked example.**", "**When not to use it.**", "```python")


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_the_worked_example_gives_these_numbers(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [section for section in SECTIONS if section not in text] == []
    example = doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)
    assert len(example.examples) > 1
    report: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=report.append)
    assert not report, "".join(report)


def test_every_method_has_a_page_in_the_index() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    names = {page.stem for page in FOUND}
    assert {f"weights-{name.replace('_', '-')}" for name in methods()} <= names
    assert {f"treatment-{name}" for name in treatment.METHODS if name not in ("none", "bounds")} <= names
    assert [page.name for page in FOUND if f"({page.name})" not in index] == []


def methods() -> set[str]:
    public = {name for name in weights.__all__ if name.islower()} - {"judgement_matrix"}
    return {name.removesuffix("_weights") for name in public}


def test_public_functions_are_mentioned() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in FOUND)
    functions = ["robust", "rank_intervals", "prob_above", "tie_bands", "leave_one_out", "sobol_indices"]
    assert [name for name in functions if name not in text or not hasattr(robustness, name)] == []
