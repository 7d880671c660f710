"""Small schemes and tables for the tests of scoring."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from kanjian.scoring import Result, Scheme, read_values, score

HEAD = {"format": "kanjian/scheme/1", "code": "test", "version": "1"}


def build_scheme(*children: dict[str, Any], root: dict[str, Any] | None = None, **head: Any) -> Scheme:
    """A scheme whose root has the given children."""
    return Scheme.load({**HEAD, **head, "tree": {"code": "index", **(root or {}), "children": list(children)}})


def build_leaf(rule: dict[str, Any] | str = "minmax", code: str = "x", **settings: Any) -> dict[str, Any]:
    """An indicator."""
    return {"code": code, "rule": {"method": rule} if isinstance(rule, str) else rule, **settings}


def build_frame(columns: dict[str, list[Any]]) -> pl.DataFrame:
    """A wide table with units u0, u1, …"""
    rows = len(next(iter(columns.values())))
    units = {} if "unit" in columns else {"unit": [f"u{row}" for row in range(rows)]}
    return pl.DataFrame({**units, **columns}, strict=False)


@pytest.fixture(name="scheme_of")
def scheme_of_fixture() -> Callable[..., Scheme]:
    return build_scheme


@pytest.fixture(name="leaf")
def leaf_fixture() -> Callable[..., dict[str, Any]]:
    return build_leaf


@pytest.fixture(name="run")
def run_fixture() -> Callable[..., Result]:
    """Score a table given by columns."""

    def run(scheme: Scheme, **columns: list[Any]) -> Result:
        return score(scheme, read_values(build_frame(columns), scheme))

    return run


@pytest.fixture(name="points")
def points_fixture() -> Callable[..., list[float | None]]:
    """Points of one indicator `x` under a rule; further columns may be given."""

    def points(rule: dict[str, Any], x: list[Any] | None = None, **settings: Any) -> list[float | None]:
        columns = settings.pop("columns", {})
        head = settings.pop("head", {})
        scheme = build_scheme(build_leaf(rule, **settings), **head)
        table = build_frame({"x": x, **columns} if x is not None else columns)
        found = score(scheme, read_values(table, scheme)).scores["x"].to_numpy()
        return [None if np.isnan(value) else round(float(value), 9) for value in found]

    return points


@pytest.fixture(name="schemes", scope="session")
def schemes_fixture() -> Path:
    """Folder of the example schemes."""
    return Path(__file__).parent / "schemes"
