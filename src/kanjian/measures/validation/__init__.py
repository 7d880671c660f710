"""Cross-field rules 勾稽关系: expressions over indicators, pure; the rows of rules are in ``measures.models``."""

from kanjian.measures.validation.expressions import Cell, Expression, ExpressionError, cells_of, parse
from kanjian.measures.validation.judging import Judged, evaluate, frame_expression, judge

__all__ = [
    "Cell",
    "Expression",
    "ExpressionError",
    "Judged",
    "cells_of",
    "evaluate",
    "frame_expression",
    "judge",
    "parse",
]
