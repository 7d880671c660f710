"""The scheme format: all problems at once with their paths, hash, YAML, schema, differences."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kanjian.scoring import Scheme, SchemeError

HEAD = {"format": "kanjian/scheme/1", "code": "test", "version": "1"}


def problems(raw: Any) -> dict[str, str]:
    with pytest.raises(SchemeError) as caught:
        Scheme.load(raw)
    return {problem.path: problem.message for problem in caught.value.problems}


def tree(*children: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return {**HEAD, "tree": {"code": "index", "children": list(children), **settings}}


def x(code: str = "x", **settings: Any) -> dict[str, Any]:
    return {"code": code, "rule": {"method": "minmax"}, **settings}


def test_every_problem_is_reported_at_once_with_its_path() -> None:
    text = """
format: kanjian/scheme/1
code: strong village
version: "1"
ties: {method: best}
bands: [{code: A, at_least: 90}, {code: A, at_least: 80}]
tree:
  code: index
  children:
    - code: economy
      weight: 60
      direction: down
      children:
        - {code: income, rule: {method: minmax, floor: 80, full: 60}}
        - {code: growth, wieght: 3, rule: {method: goalposts, low: 1, high: {by: track}}}
    - code: social
      weight: -4
      children:
        - {code: income, rule: {method: zcore}}
        - {code: empty}
    - {code: score, rule: {method: minmax}}
"""
    found = problems(text)
    assert found["tree.economy.income.rule.full"] == "must exceed floor (60 ≤ 80)"
    assert found["tree.economy.direction"].startswith("belongs to indicators, not to a branch")
    assert found["tree.economy.growth.wieght"] == "unknown key; did you mean weight?"
    assert found["tree.economy.growth.rule.high.values"] == "is required"
    assert found["tree.social.weight"] == "must not be negative (-4)"
    assert found["tree.social.income.rule.method"].startswith("unknown method 'zcore'; one of 'minmax'")
    assert found["tree.social.income"] == "code 'income' is used already at tree.economy.income"
    assert found["tree.social.empty"].startswith("needs children (a branch) or a rule")
    assert found["tree.score"] == "code 'score' is reserved for a column of the result"
    assert found["bands.A"] == "code occurs twice in the ladder"
    assert "ties.method" in found
    assert "code" in found
    assert len(found) == 12


@pytest.mark.parametrize(
    ("raw", "path", "message"),
    [
        ("", "", "not a scheme"),
        ("[1, 2]", "", "not a scheme"),
        ("a: [", "", "not readable as YAML"),
        ("code: a\ncode: b\n", "", "key 'code' occurs twice"),
        ({}, "tree", "is required"),
        ({"tree": 3}, "tree", "must be a node"),
        ({**HEAD, "tree": {"code": "i", "children": 5}}, "tree.children", "must be a list"),
        ({**HEAD, "tree": {"code": "i", "children": [7]}}, "tree.children[0]", "must be a node"),
        ({**HEAD, "version": 2026.1, "tree": x()}, "version", "write it in quotes"),
        ({**HEAD, "format": "kanjian/scheme/2", "tree": x()}, "format", "kanjian/scheme/1"),
        (tree(x(weight=0), x("y", weight=0)), "tree", "the weights of its children sum to 0"),
        (tree(x(weight=float("nan"))), "tree.x.weight", "finite"),
        (tree(x(weight=3), x("y", weight=3), total=100), "tree.total", "is 100 but the weights sum to 6"),
        (tree(x(children=[x("y")])), "tree.x", "has both children and a rule"),
        (tree(x(aggregate={"method": "min"})), "tree.x.aggregate", "belongs to branches"),
        (tree(x(missing={"rule": "strict"})), "tree.x.missing", "belongs to branches"),
        (tree(x(), direction="down"), "tree.direction", "turn the indicators below instead"),
        (tree(x(), treat={"method": "log"}), "tree.treat", "belongs to indicators"),
        (tree(x(), aggregate={"method": "power"}), "tree.aggregate.p", "is needed for a power mean"),
        (tree(x(), aggregate={"method": "power", "p": 0}), "tree.aggregate.p", "geometric mean"),
        (tree(x(), aggregate={"method": "min", "p": 2}), "tree.aggregate.p", "does not apply to min"),
        (tree(x(), missing={"rule": "fill"}), "tree.missing.fill", "is needed for rule: fill"),
        (tree(x(), missing={"min_share": 1.2}), "tree.missing.min_share", "less than or equal to 1"),
        (tree(x(), cap={"at_least": 5, "at_most": 1}), "tree.cap.at_most", "must exceed at_least"),
        (tree(x(), floors=[{"node": "z", "below": 6, "cap": 5}]), "tree.floors[0].node", "'z' is not below this node"),
        (tree(x(), kind="bonus"), "tree.kind", "always a score"),
        (tree(x(rule={"method": "minmax", "within": "track"})), "tree.x.rule.within", "the scheme has no tracks"),
        (tree(x(coefficient={"x": {"a": 2}})), "tree.x.coefficient.x", "is not a group column"),
        ({**tree(x()), "ties": {"precision": {}}}, "ties.precision", "exactly one"),
        ({**tree(x()), "ties": {"precision": {"decimals": 2, "tolerance": 1}}}, "ties.precision", "exactly one"),
        ({**tree(x()), "groups": ["a"], "tracks": {"by": "b"}}, "tracks.by", "not among groups"),
        ({**tree(x()), "bands": [{"code": "A", "at_least": 1}, {"code": "B", "at_least": 1}]}, "bands", "begin at 1"),
        (
            tree({"code": "z", "rule": {"method": "zscore"}}, aggregate={"method": "geometric"}),
            "tree.z.rule",
            "negative points",
        ),
        (
            tree(x(vetoes=[{"code": "v", "input": "v", "effect": {"zero": True, "cap": 5}}])),
            "tree.x.vetoes.v.effect",
            "exactly one of zero, cap and max_band",
        ),
        (
            tree(x(), vetoes=[{"code": "v", "input": "v", "effect": {"max_band": "C"}}]),
            "tree.vetoes.v.effect.max_band",
            "no band 'C'",
        ),
        (
            tree(x(vetoes=[{"code": "v", "input": "v", "effect": {"max_band": "C"}}])),
            "tree.x.vetoes.v.effect.max_band",
            "works on the root only",
        ),
        (
            tree(x(), {"code": "v", "rule": {"method": "veto", "on": "x", "effect": {"zero": True}}}),
            "tree.v.rule.on",
            "'x' is not above this indicator",
        ),
    ],
)
def test_one_problem(raw: Any, path: str, message: str) -> None:
    found = problems(raw)
    assert path in found, found
    assert message in found[path]


def test_a_tree_that_contains_itself_is_refused() -> None:
    text = """
format: kanjian/scheme/1
code: loop
version: "1"
tree: &root
  code: index
  children:
    - *root
"""
    assert problems(text)["tree.index"] == "is its own ancestor: the tree has a cycle"


def test_a_tree_deeper_than_anyone_needs_is_refused() -> None:
    node = x()
    for level in range(25):
        node = {"code": f"n{level}", "children": [node]}
    assert any("lies deeper than 20 levels" in message for message in problems({**HEAD, "tree": node}).values())


def test_examples_load_and_round_trip(schemes: Path) -> None:
    files = sorted(schemes.glob("*.yaml"))
    assert files
    for path in files:
        scheme = Scheme.load(path)
        again = Scheme.load(scheme.to_yaml())
        assert again == scheme
        assert again.hash == scheme.hash
        assert again.to_yaml() == scheme.to_yaml()
        assert Scheme.load(scheme.to_dict()).hash == scheme.hash
        assert Scheme.load(str(path)).hash == scheme.hash
        assert Scheme.load(path.read_text(encoding="utf-8")).hash == scheme.hash


def test_hash_sees_content_not_layout() -> None:
    one = Scheme.load("{format: kanjian/scheme/1, code: a, version: '1', tree: {code: x, rule: {method: minmax}}}")
    two = Scheme.load(
        "# a comment\nversion: '1'\ntree:\n  rule:\n    method: minmax\n    floor: 0\n    constant: 1.0\n"
        "  code: x\n  weight: 1\nscale: 100.0\nties: {method: min}\nformat: kanjian/scheme/1\ncode: a\n"
    )
    assert one.hash == two.hash
    assert len(one.hash) == 64
    changed = Scheme.load({**one.to_dict(), "tree": {"code": "x", "rule": {"method": "minmax", "floor": 1}}})
    assert changed.hash != one.hash


def test_hash_is_the_same_tomorrow() -> None:
    """Pinned: a change of this number would orphan every published edition."""
    scheme = Scheme.load(tree(x(), x("y", weight=2, direction="down")))
    assert scheme.hash == "faff97e7ca2334adf22489048f3ae238b1df2e39172b0001b66c41ff64892032"


def test_words_mean_what_people_expect() -> None:
    """YAML 1.1 would read `no` and `on` as booleans, 010 as eight, 12:30 as 750 and 1e-9 as a word."""
    scheme = Scheme.load(
        "format: kanjian/scheme/1\ncode: no\nversion: v010\nname: 2026-01-01\nnote: 12:30\n"
        "ties: {precision: {tolerance: 1e-9}}\ntree: {code: on, rule: {method: minmax, full: 010}}\n"
    )
    assert (scheme.code, scheme.tree.code, scheme.name, scheme.note) == ("no", "on", "2026-01-01", "12:30")
    assert scheme.tree.rule is not None
    assert scheme.tree.rule.full == 10  # type: ignore[union-attr]
    assert scheme.ties.precision.tolerance == 1e-9  # type: ignore[union-attr]


def test_json_schema_describes_the_format() -> None:
    schema = Scheme.json_schema()
    assert set(schema["required"]) == {"format", "code", "version", "tree"}
    assert {"Node", "MinMax", "Efficacy", "Veto"} <= set(schema["$defs"])
    assert schema["$defs"]["Node"]["properties"]["direction"]["description"].startswith("Leaves only")


def test_reading_the_tree() -> None:
    scheme = Scheme.load(
        tree(
            {"code": "a", "children": [x("a1"), x("a2", inputs=["p", "q"], combine="mean")]},
            x("b", denominator={"input": "people"}, min_sample={"input": "n", "at_least": 5}),
        )
    )
    assert [node.code for node in scheme.nodes()] == ["index", "a", "a1", "a2", "b"]
    assert [node.code for node in scheme.leaves()] == ["a1", "a2", "b"]
    assert scheme.inputs() == ["a1", "p", "q", "b", "people", "n"]
    assert scheme.node("a2").is_leaf
    parent = scheme.parent("a2")
    assert parent is not None
    assert parent.code == "a"
    assert scheme.parent("index") is None
    with pytest.raises(KeyError):
        scheme.node("zzz")


def test_differences_between_versions() -> None:
    before = Scheme.load(tree({"code": "a", "children": [x("a1"), x("a2")]}, x("b", weight=2), x("c")))
    after = Scheme.load(
        {
            **tree(
                {"code": "a", "children": [x("a1", direction="down")]},
                x("b", weight=3, rule={"method": "minmax", "full": 90}),
                x("a2"),
                x("d"),
            ),
            "version": "2",
            "bands": [{"code": "A", "at_least": 90}],
        }
    )
    found = {(d.path, d.kind): (d.before, d.after) for d in before.differences(after)}
    assert found["version", "changed"] == ("1", "2")
    assert found["bands", "added"][0] is None
    assert found["tree.a.a1.direction", "added"] == (None, "down")
    assert found["tree.b.weight", "changed"] == (2.0, 3.0)
    assert found["tree.b.rule.full", "added"] == (None, 90.0)
    assert found["tree.a2", "moved"] == ("tree.a.a2", "tree.a2")
    assert found["tree.c", "removed"][1] is None
    assert found["tree.d", "added"][0] is None
    assert len(found) == 8
    assert before.differences(before) == []


def aliases(head: str, first: str, make: str) -> str:
    """A dozen anchors, each of nine aliases of the one before: 9^11 things in a text of one kilobyte."""
    lines = [f"{head}\n", first]
    for before, letter in pairwise("abcdefghijkl"):
        lines.append(make.format(code=letter, aliases=",".join([f"*{before}"] * 9)))
    return "".join(lines)


def test_aliases_of_aliases_are_not_followed() -> None:
    head = 'format: kanjian/scheme/1\ncode: t\nversion: "1"\nn:'
    nodes = aliases(
        head, " - &a {code: a, rule: {method: minmax}}\n", " - &{code} {{code: {code}, children: [{aliases}]}}\n"
    )
    found = problems(f"{nodes}tree: *l\n")
    assert found["tree.k.j.i.h.g.f.e.d.c.b.a"] == "is the alias of a node that stands elsewhere; write it out"
    names = aliases(head, " - &a [x]\n", " - &{code} [{aliases}]\n")
    assert len(problems(f"{names}name: *l\ntree: {{code: x, rule: {{method: minmax}}}}\n")["name"]) < 1000


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 500 + "1" + "}" * 500])
def test_what_would_overflow_the_stack_is_refused(text: str) -> None:
    assert "nested deeper than 100" in problems(text)[""]


def test_a_slip_in_one_setting_does_not_hide_the_other_problems_of_the_node() -> None:
    rule = {"method": "minmax", "full": 50, "floor": 60}
    found = problems(tree(x(wieght=3, weight="heavy", rule=rule), x("y", weight=0), total=3))
    assert found.keys() == {"tree.x.wieght", "tree.x.weight", "tree.x.rule.full"}


def test_common_slips_come_with_their_remedy() -> None:
    assert problems({**HEAD, "version": 2026.1, "tree": x()})["version"] == 'must be text; write it in quotes: "2026.1"'
    assert problems({**HEAD, 1: 2, "tree": x()})["1"] == "keys must be text"
