"""Do values keep a rule 校验: for one unit, and for all units at once in a frame.

A rule is judged only where it can be: if a cell it reads has no value, or a division by zero comes up, the rule does
not apply to that unit (missing is never zero). Two numbers count as equal within one part in 10⁹, because decimal
fractions are not exact in a computer.
"""

import math
from collections.abc import Mapping
from enum import StrEnum

import polars as pl

from kanjian.measures.validation.expressions import Call, Cell, Expression, Number, Operation

CLOSE = 1e-9


class Operator(StrEnum):
    """How left and right must stand to each other; the last two ask only whether there are values."""

    EQUAL = "equal"
    NOT_EQUAL = "not_equal"
    GREATER = "greater"
    GREATER_EQUAL = "greater_equal"
    LESS = "less"
    LESS_EQUAL = "less_equal"
    BOTH_OR_NEITHER = "both_or_neither"
    NOT_BOTH = "not_both"


class Judged(StrEnum):
    """What became of a rule for one unit."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_APPLICABLE = "not_applicable"


def evaluate(expression: Expression, values: Mapping[str, float | None]) -> float | None:
    """The number that the expression has for one unit; None where it has none.

    `values`: by the names of the cells, ``B1`` and ``B1@-1``; absent is missing.
    """
    found = _evaluate(expression, values)
    return None if found is None or not math.isfinite(found) else found


def _evaluate(expression: Expression, values: Mapping[str, float | None]) -> float | None:
    match expression:
        case Number(value):
            return value
        case Cell():
            return values.get(str(expression))
        case Operation(sign, left, right):
            a, b = evaluate(left, values), evaluate(right, values)
            return None if a is None or b is None else _combine(sign, a, b)
        case Call(name, arguments):
            found = [evaluate(each, values) for each in arguments]
            numbers = [each for each in found if each is not None]
            return _call(name, numbers) if len(numbers) == len(found) else None


def _combine(sign: str, a: float, b: float) -> float | None:
    match sign:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case _:
            return a / b if b else None


def _call(name: str, numbers: list[float]) -> float:
    match name:
        case "sum":
            return sum(numbers)
        case "min":
            return min(numbers)
        case "max":
            return max(numbers)
        case _:
            return abs(numbers[0])


def judge(left: float | None, operator: str, right: float | None) -> Judged:
    """Whether two numbers stand to each other as they must."""
    if operator == Operator.BOTH_OR_NEITHER:
        return Judged.KEPT if (left is None) == (right is None) else Judged.BROKEN
    if operator == Operator.NOT_BOTH:
        return Judged.BROKEN if left is not None and right is not None else Judged.KEPT
    if left is None or right is None:
        return Judged.NOT_APPLICABLE
    gap, slack = left - right, CLOSE * max(1.0, abs(left), abs(right))
    holds = {
        Operator.EQUAL: abs(gap) <= slack,
        Operator.NOT_EQUAL: abs(gap) > slack,
        Operator.GREATER: gap > slack,
        Operator.GREATER_EQUAL: gap >= -slack,
        Operator.LESS: gap < -slack,
        Operator.LESS_EQUAL: gap <= slack,
    }[Operator(operator)]
    return Judged.KEPT if holds else Judged.BROKEN


def frame_expression(expression: Expression) -> pl.Expr:
    """The same as an expression over a frame with one row per unit and one column per cell (``B1``, ``B1@-1``)."""
    found = _frame_expression(expression)
    return pl.when(found.is_finite()).then(found)


def _frame_expression(expression: Expression) -> pl.Expr:
    match expression:
        case Number(value):
            return pl.lit(value, pl.Float64)
        case Cell():
            return pl.col(str(expression))
        case Operation(sign, left, right):
            a, b = frame_expression(left), frame_expression(right)
            return {"+": a + b, "-": a - b, "*": a * b, "/": pl.when(b != 0).then(a / b)}[sign]
        case Call(name, arguments):
            found = [frame_expression(each) for each in arguments]
            if name == "abs":
                return found[0].abs()
            whole = pl.all_horizontal(each.is_not_null() for each in found)
            together = {"sum": pl.sum_horizontal, "min": pl.min_horizontal, "max": pl.max_horizontal}[name](found)
            return pl.when(whole).then(together)


def frame_broken(left: pl.Expr, operator: str, right: pl.Expr) -> pl.Expr:
    """True where the rule is broken, null where it does not apply; the frame's side of ``judge``."""
    if operator == Operator.BOTH_OR_NEITHER:
        return left.is_null() != right.is_null()
    if operator == Operator.NOT_BOTH:
        return left.is_not_null() & right.is_not_null()
    gap = left - right
    slack = CLOSE * pl.max_horizontal(pl.lit(1.0), left.abs(), right.abs())
    holds = {
        Operator.EQUAL: gap.abs() <= slack,
        Operator.NOT_EQUAL: gap.abs() > slack,
        Operator.GREATER: gap > slack,
        Operator.GREATER_EQUAL: gap >= -slack,
        Operator.LESS: gap < -slack,
        Operator.LESS_EQUAL: gap <= slack,
    }[Operator(operator)]
    return holds.not_()
