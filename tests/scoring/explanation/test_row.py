"""A row tried again and again gives what the engine gives for all rows whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanjian.scoring.evaluate import evaluate
from kanjian.scoring.explanation.row import Row, Varied, plans_by_code
from kanjian.scoring.values import Values

UNITS = ["甲", "乙", "丙", "丁", "戊"]
ROWS = 6
number = st.integers(0, 100).map(float)


def _drawn(make: Any, data: st.DataObject) -> tuple[Any, Values]:
    scheme = make.scheme(data.draw(make.tree("r", 2)))
    result = make.result(scheme, data.draw(make.table(scheme, UNITS)))
    return result, result.values.slice(data.draw(st.integers(0, len(UNITS) - 1)), 1)


def _engine(result: Any, row: Values, columns: dict[str, list[float]], codes: list[str]) -> dict[str, Any]:
    """Points by the engine, of the row repeated with these columns."""
    at = np.zeros(ROWS, dtype=np.int64)
    frame = row.frame[at].with_columns(pl.Series(name, values, dtype=pl.Float64) for name, values in columns.items())
    na = None if row.na is None else row.na[at]
    return evaluate(result.scheme.plan, Values(frame, na), result.parameters, wanted=codes).points


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_trials_equal_the_engine(make: Any, data: st.DataObject) -> None:
    result, row = _drawn(make, data)
    names = result.scheme.inputs()
    tried = data.draw(st.lists(st.sampled_from(names), unique=True, max_size=4))
    based = data.draw(st.lists(st.sampled_from(names), unique=True, max_size=4))
    base = {name: data.draw(number) for name in based}
    columns: dict[str, list[float]] = {name: [value] * ROWS for name, value in base.items()}
    varied = {}
    for name in tried:
        at = data.draw(st.one_of(st.none(), st.lists(st.integers(0, ROWS - 1), unique=True, min_size=1)))
        places = list(range(ROWS)) if at is None else at
        values = [data.draw(number) for _ in places]
        now = row.frame[name][0]
        column = [base.get(name, float("nan") if now is None else now)] * ROWS
        for place, value in zip(places, values, strict=True):
            column[place] = value
        columns[name] = column
        varied[name] = Varied(np.array(values), None if at is None else np.array(at, dtype=np.intp))
    codes = list(plans_by_code(result.scheme.plan))
    kept = Row(result.scheme.plan, row, result.parameters)
    for _ in range(2):  # the second time from what was kept
        found = kept.points(base, varied, ROWS, codes)
        expected = _engine(result, row, columns, codes)
        for code in codes:
            np.testing.assert_allclose(found[code], expected[code], rtol=1e-13, atol=1e-12, err_msg=code)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_fixed_columns_are_not_written_into(make: Any, data: st.DataObject) -> None:
    """What is kept is given out again, so nobody may change it."""
    result, row = _drawn(make, data)
    kept, codes = Row(result.scheme.plan, row, result.parameters), list(plans_by_code(result.scheme.plan))
    before = {code: kept.fixed(code, {}).points.copy() for code in codes}
    for name in result.scheme.inputs():
        kept.points({}, {name: Varied(np.linspace(0, 100, ROWS))}, ROWS, codes)
    for code in codes:
        np.testing.assert_array_equal(kept.fixed(code, {}).points, before[code])
