"""``kanjian scheme …``."""

import json

import polars as pl
import pytest

from kanjian.scoring import Scheme


def test_a_new_scheme_is_valid_and_never_overwrites(call, scheme):
    before = scheme.read_text(encoding="utf-8")
    assert call("scheme", "check", scheme).exit_code == 0
    assert call("scheme", "new", scheme).exit_code == 2
    assert scheme.read_text(encoding="utf-8") == before


def test_conversion_keeps_the_hash(call, scheme, tmp_path):
    assert call("scheme", "convert", scheme, "--output", tmp_path / "s.json").exit_code == 0
    assert Scheme.load(tmp_path / "s.json").hash == Scheme.load(scheme).hash


def test_check_says_every_problem_with_its_path(call, scheme):
    text = scheme.read_text(encoding="utf-8").replace("good: 100, bad: 30", "good: 60, bad: 60")
    scheme.write_text(text.replace("method: target_ratio", "method: target_ration"), encoding="utf-8")
    answer = call("scheme", "check", scheme)
    assert answer.exit_code == 1
    assert "tree.economy.income.rule" in answer.output
    assert "tree.service.solved.rule" in answer.output


def test_show_prints_the_tree(call, scheme):
    answer = call("scheme", "show", scheme)
    assert answer.exit_code == 0
    for word in ("income", "efficacy", "×60", "redone", "↓"):
        assert word in answer.output


def test_diff_names_what_changed(call, scheme, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(scheme.read_text(encoding="utf-8").replace("weight: 60", "weight: 50"), encoding="utf-8")
    answer = call("scheme", "diff", scheme, other)
    assert answer.exit_code == 1
    assert "tree.economy.weight" in answer.output
    assert call("scheme", "diff", scheme, scheme).exit_code == 0


def test_the_json_schema_accepts_the_new_scheme_s_keys(call):
    schema = json.loads(call("scheme", "schema").output)
    assert {"format", "tree", "ties", "bands"} <= set(schema["properties"])


IMETA = """Level,iCode,iName,Direction,Weight,Unit,Target,Denominator,Parent,Type
1,x,First,1,1,t,10,pop,P,Indicator
1,y,Second,-1,2,t,NA,NA,P,Indicator
2,P,Pillar,1,1,NA,NA,NA,Index,Aggregate
3,Index,The index,1,1,NA,NA,NA,NA,Aggregate
NA,pop,Population,NA,NA,p,NA,NA,NA,Denominator
"""
IDATA = "uCode,pop,x,y\nA,10,10,1\nB,20,30,2\nC,10,40,5\n"


@pytest.mark.parametrize(("denominate", "middle"), [(False, (2 / 3 + 2 * 0.75) / 3), (True, (0.5 / 3 + 2 * 0.75) / 3)])
def test_a_coinr_index_runs_unchanged(call, tmp_path, denominate, middle):
    """B: x 30 of 10..40 is 2/3, per head 1.5 of 1..4 is 1/6; y 2 of 1..5, less is better, is 3/4, and counts twice."""
    (tmp_path / "iMeta.csv").write_text(IMETA, encoding="utf-8")
    (tmp_path / "iData.csv").write_text(IDATA, encoding="utf-8")
    more = ["--denominate"] if denominate else []
    made = call("scheme", "from-coinr", tmp_path / "iMeta.csv", "--range", 0, 100, "-o", tmp_path / "s.yaml", *more)
    assert made.exit_code == 0, made.output
    out = tmp_path / "out.csv"
    done = call("score", tmp_path / "s.yaml", tmp_path / "iData.csv", "--unit-column", "uCode", "--output", out)
    assert done.exit_code == 0, done.output
    scores = dict(pl.read_csv(out).select("unit", "score").iter_rows())
    assert scores["B"] == pytest.approx(100 * middle, rel=1e-12)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("folder", "options"),
    [
        ("a_minmax_amean", ["--rule", "minmax", "--aggregate", "arithmetic"]),
        ("b_zscore_amean", ["--rule", "zscore", "--aggregate", "arithmetic"]),
        ("c_minmax1_gmean", ["--rule", "minmax", "--range", "1", "100", "--aggregate", "geometric"]),
    ],
)
def test_asem_agrees_with_coinr_from_the_command_line(call, reference, tmp_path, folder, options):
    asem = reference / "asem"
    made = call("scheme", "from-coinr", asem / "iMeta.csv", *options, "--output", tmp_path / "s.yaml")
    assert made.exit_code == 0, made.output
    out = tmp_path / "out.csv"
    done = call("score", tmp_path / "s.yaml", asem / "iData.csv", "--unit-column", "uCode", "--output", out)
    assert done.exit_code == 0, done.output
    ours = pl.read_csv(out).sort("unit")
    theirs = pl.read_csv(asem / folder / "aggregated.csv").sort("uCode")
    for name in theirs.columns[1:]:
        assert ours[name].is_null().equals(theirs[name].is_null()), name
        expected = theirs[name].drop_nulls().to_list()
        assert ours[name].drop_nulls().to_list() == pytest.approx(expected, rel=1e-9, abs=1e-12), name
    assert ours["rank"].to_list() == pl.read_csv(asem / folder / "ranks.csv").sort("uCode")["Index"].to_list()


def test_check_refuses_what_may_not_be_scored(call, tmp_path):
    scheme = tmp_path / "s.yaml"
    text = 'format: kanjian/scheme/1\ncode: s\nversion: "1"\ntree:\n  code: i\n  children:\n'
    scheme.write_text(text + "    - {code: A, name: APP登录次数, rule: {method: direct}}\n", encoding="utf-8")
    result = call("scheme", "check", scheme)
    assert result.exit_code == 1
    assert "R01 A APP登录次数" in result.output
