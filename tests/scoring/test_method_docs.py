"""The pages of docs/methods: every method has one, and the worked examples on them are true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import polars as pl
import pytest
import yaml

from kanjian.scoring import Result, Scheme, read_values, score
from kanjian.scoring.explanation import gap
from kanjian.scoring.rules import Rule
from kanjian.scoring.scheme.parts import Method

PAGES = Path(__file__).parents[2] / "docs" / "methods"
FENCE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
SECTIONS = ("**Formula", "**Source.**", "**Worked example.**", "**When not to use it.**")
OTHERS = ("ranking", "missing", "small-sample", "tracks", "bands", "explanation")


def rule_methods() -> list[str]:
    """Every value of `rule.method` the format knows."""
    union = get_args(Rule)[0]
    return [get_args(rule.model_fields["method"].annotation)[0] for rule in get_args(union)]


def page_names() -> list[str]:
    rules = [f"rule-{method.replace('_', '-')}" for method in rule_methods()]
    return [*rules, *(f"aggregate-{method.replace('_', '-')}" for method in get_args(Method)), *OTHERS]


def examples() -> list[Any]:
    found = []
    for name in page_names():
        text = (PAGES / f"{name}.md").read_text(encoding="utf-8") if (PAGES / f"{name}.md").exists() else ""
        blocks = FENCE.findall(text)
        found += [pytest.param(yaml.safe_load(block), id=f"{name}-{n}") for n, block in enumerate(blocks, start=1)]
    return found


@pytest.mark.parametrize("name", page_names())
def test_every_method_has_a_page_with_all_sections(name: str) -> None:
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert [section for section in SECTIONS if section not in text] == []
    assert FENCE.search(text), "no worked example"
    assert f"({name}.md)" in (PAGES / "README.md").read_text(encoding="utf-8"), "not in the index"


def test_every_page_is_in_the_index() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES.glob("*-*.md") if f"({page.name})" not in index] == []


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES.glob("*.md"):
        for target in re.findall(r"\]\(([\w.-]+\.md)\)", page.read_text(encoding="utf-8")):
            assert (PAGES / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("example", examples())
def test_worked_example(example: dict[str, Any]) -> None:
    result = _score(example)
    rows = {row["unit"]: row for row in result.scores.iter_rows(named=True)}
    expected = example.get("expected") or {unit: {"x": points} for unit, points in example["points"].items()}
    assert set(expected) <= set(rows)
    for unit, columns in expected.items():
        for column, value in columns.items():
            assert rows[unit][column] == _near(value), f"{unit} {column}"
    if "gap" in example:
        asked = example["gap"]
        assert gap(result, asked["of"], asked["versus"]).by_node() == pytest.approx(asked["nodes"])


def _near(value: Any) -> Any:
    return pytest.approx(value, rel=1e-12) if isinstance(value, float | int) else value


def _score(example: dict[str, Any]) -> Result:
    """Complete the example to a scheme and a table, and score it."""
    rest = example.get("scheme") or {"tree": {"code": "index", "children": [{"code": "x", **example["leaf"]}]}}
    scheme = Scheme.load({"format": "kanjian/scheme/1", "code": "example", "version": "1", "name": "example", **rest})
    cells = {unit: cell if isinstance(cell, dict) else {"x": cell} for unit, cell in example["values"].items()}
    columns = dict.fromkeys(key for cell in cells.values() for key in cell)
    rows = [{"unit": unit, **{column: cell.get(column) for column in columns}} for unit, cell in cells.items()]
    return score(scheme, read_values(pl.DataFrame(rows, infer_schema_length=None), scheme))
