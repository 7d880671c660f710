"""``kanjian explain`` and ``kanjian robust``."""

import polars as pl
import pytest


def test_a_gap_names_both_scores_and_the_indicators(call, scheme, values):
    answer = call("explain", scheme, values, "--unit", "B", "--versus", "E")
    assert answer.exit_code == 0, answer.output
    for word in ("B 89.9315", "E 41.0226", "+48.9089", "growth", "redone"):
        assert word in answer.output


def test_a_movement_since_a_period(call, scheme, values, tmp_path):
    now = pl.read_csv(values).with_columns(period=pl.lit("2026-Q2"))
    before = now.with_columns(pl.col("income") - 10, period=pl.lit("2026-Q1"))
    pl.concat([before, now]).write_csv(tmp_path / "both.csv")
    answer = call("explain", scheme, tmp_path / "both.csv", "--unit", "B", "--period", "2026-Q2", "--since", "2026-Q1")
    assert answer.exit_code == 0, answer.output
    assert "own" in answer.output
    assert "income" in answer.output


def test_a_path_to_a_band_says_its_assumptions(call, scheme, values):
    answer = call("explain", scheme, values, "--unit", "C", "--band", "B")
    assert answer.exit_code == 0, answer.output
    assert "assumed" in answer.output


def test_an_unknown_unit_is_a_wrong_call(call, scheme, values):
    assert call("explain", scheme, values, "--unit", "Z").exit_code == 2


def test_robust_is_reproducible_by_its_seed(call, scheme, values, tmp_path):
    frames = []
    for name in ("a.csv", "b.csv"):
        answer = call("robust", scheme, values, "--draws", 200, "--seed", 7, "--output", tmp_path / name)
        assert answer.exit_code == 0, answer.output
        frames.append(pl.read_csv(tmp_path / name))
    assert frames[0].equals(frames[1])
    assert (frames[0]["rank_low"] <= frames[0]["rank"]).all()
    assert (frames[0]["rank_high"] >= frames[0]["rank"]).all()


@pytest.mark.parametrize(
    "words",
    [
        ["score"], ["explain"], ["robust"], ["weights"], ["demo"], ["serve"], ["check"],
        ["scheme", "check"], ["scheme", "new"], ["scheme", "show"], ["scheme", "convert"], ["scheme", "diff"],
        ["scheme", "from-coinr"], ["scheme", "schema"], ["import", "units"], ["import", "values"], ["import", "map"],
    ],
)  # fmt: skip
def test_every_command_explains_itself_with_an_example(call, words):
    answer = call(*words, "--help")
    assert answer.exit_code == 0
    assert "Example" in answer.output
    assert f"kanjian {' '.join(words)}" in answer.output


def test_a_table_for_a_file_is_never_cut(call, scheme, values, monkeypatch):
    long = "很长的单位名称" * 20
    values.write_text(values.read_text().replace("\nA,", f"\n{long},"), encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "40")
    assert long in call("score", scheme, values).output
    assert "rank_high" in call("robust", scheme, values, "--draws", 50).output


def test_two_questions_at_once_are_refused(call, scheme, values):
    answer = call("explain", scheme, values, "--unit", "A", "--rank", 1, "--band", "A")
    assert answer.exit_code == 2
    assert "two questions" in answer.output
