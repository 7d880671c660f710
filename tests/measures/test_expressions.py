"""The little language of rules: what it says, what it refuses, and that both evaluators agree."""

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjian.measures.validation import (
    Cell,
    ExpressionError,
    Judged,
    cells_of,
    evaluate,
    frame_expression,
    judge,
    parse,
)
from kanjian.measures.validation.judging import Operator, frame_broken

VALUES = {"B1": 12.0, "B1@-4": 10.0, "B2": 20.0, "收入": 3.0, "farm-income": 4.0, "zero": 0.0}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) × 3", 9),
        ("10 − 4 − 3", 3),
        ("2 ÷ 4 ÷ 2", 0.25),
        ("-B1 + 2", -10),
        ("(B1 / B1@-4 - 1) * 100", 20),
        ("abs(B2 - (B1 / B1@-4 - 1) * 100)", 0),
        ("sum(B1, B2, 收入)", 35),
        ("max(B1，min(B2、5))", 12),
        ("[farm-income] * 1.5", 6),
        ("（B1 + B2） ÷ 2", 16),
        ("B1 / zero", None),
        ("B1 + absent", None),
        ("sum(B1, absent)", None),
        ("0.1 + 0.2", 0.1 + 0.2),
    ],
)
def test_what_an_expression_says(text: str, expected: float | None) -> None:
    found = evaluate(parse(text), VALUES)
    assert found == (pytest.approx(expected) if expected is not None else None)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "empty", "空的"),
        ("B1 +", "unfinished", "没有写完"),
        ("B1 B2", "unexpected", "第 4 个字符"),
        ("(B1", "unfinished", "没有写完"),
        ("B1 ** 2", "unexpected", "*"),
        ("B1 ; B2", "unknown_sign", "第 4 个字符"),
        ("open(B1)", "unknown_function", "open"),
        ("B1.__class__", "unknown_sign", "."),
        ("abs(1, 2)", "arguments", "abs"),
        ("B1@-99", "bad_offset", "-60"),
        ("B1@2", "unknown_sign", "@"),
        ("1e5", "unknown_sign", "1"),
        ("(" * 100 + "1" + ")" * 100, "too_deep", "40"),
        ("1+" * 300 + "1", "too_long", "400"),
        ("[ ]", "bad_offset", ""),
    ],
)
def test_what_is_refused_and_where(text: str, code: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.code == code
    assert words in str(caught.value)


def test_the_cells_an_expression_reads() -> None:
    assert cells_of(parse("sum(B1, B1@-4) / [a-b]")) == {Cell("B1"), Cell("B1", -4), Cell("a-b")}
    assert str(Cell("B1", -4)) == "B1@-4"


@pytest.mark.parametrize(
    ("left", "operator", "right", "expected"),
    [
        (0.1 + 0.2, "equal", 0.3, Judged.KEPT),
        (0.1 + 0.2, "greater", 0.3, Judged.BROKEN),
        (1e9, "equal", 1e9 + 0.5, Judged.KEPT),
        (3.0, "less_equal", 2.0, Judged.BROKEN),
        (None, "less_equal", 2.0, Judged.NOT_APPLICABLE),
        (None, "both_or_neither", 2.0, Judged.BROKEN),
        (None, "both_or_neither", None, Judged.KEPT),
        (1.0, "not_both", 2.0, Judged.BROKEN),
        (None, "not_both", 2.0, Judged.KEPT),
    ],
)
def test_judging(left: float | None, operator: str, right: float | None, expected: Judged) -> None:
    assert judge(left, operator, right) is expected


numbers = st.one_of(st.none(), st.integers(-5, 5).map(float), st.floats(-1e6, 1e6))
leaves = st.sampled_from(["a", "b", "a@-1", "0", "2.5"])
texts = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        st.tuples(st.sampled_from(["sum", "min", "max"]), inner, inner).map(lambda x: f"{x[0]}({x[1]}, {x[2]})"),
        inner.map(lambda x: f"abs({x})"),
        inner.map(lambda x: f"-{x}"),
    ),
    max_leaves=8,
)


@settings(max_examples=150)
@given(texts, texts, st.sampled_from(list(Operator)), st.lists(st.tuples(numbers, numbers, numbers), max_size=4))
def test_a_frame_says_what_single_units_say(left: str, right: str, operator: Operator, rows: list[tuple]) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.Float64, "b": pl.Float64, "a@-1": pl.Float64}, orient="row")
    one, other = parse(left), parse(right)
    sides = frame.select(*frame.columns, left=frame_expression(one), right=frame_expression(other))
    sides = sides.with_columns(broken=frame_broken(pl.col("left"), operator, pl.col("right")))
    for row in sides.iter_rows(named=True):
        values = {name: row[name] for name in frame.columns}
        single = evaluate(one, values), evaluate(other, values)
        for found, expected in zip((row["left"], row["right"]), single, strict=True):
            assert (found is None) == (expected is None)
            assert found is None or math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-300)
        expected = {Judged.BROKEN: True, Judged.KEPT: False, Judged.NOT_APPLICABLE: None}
        assert row["broken"] is expected[judge(row["left"], operator, row["right"])]
