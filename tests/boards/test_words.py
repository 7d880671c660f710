"""Every rule, note and code has words in both languages, with the numbers of the scheme in them."""

import re

import pytest
from django.utils.translation import override

from kanjian.boards import words
from kanjian.boards.words.nodes import aggregation_formula
from kanjian.scoring import Note, Scheme
from kanjian.scoring.rules.base import RuleBase
from kanjian.scoring.rules.veto import Veto

CHINESE = re.compile(r"[\u4e00-\u9fff，。；：（）、]")
RULES = {
    "minmax": "{method: minmax, within: track, floor: 7}",
    "minmax60": "{method: minmax60}",
    "zscore": "{method: zscore, mean: 50, sd: 7}",
    "tscore": "{method: tscore, within: county}",
    "scaled": "{method: scaled, low: 3, high: 77}",
    "rank": "{method: rank}",
    "percentile": "{method: percentile}",
    "borda": "{method: borda}",
    "efficacy": "{method: efficacy, good: 77, bad: 7}",
    "banded_efficacy": "{method: banded_efficacy, standards: [{value: 7, share: 0.6}, {value: 77, share: 1}]}",
    "target_ratio": "{method: target_ratio, target: 77, cap: 1.2}",
    "deduct": "{method: deduct, per: 7, target: 77, whole: up, at_most: 50}",
    "step": "{method: step, steps: [{at_least: 77, points: 7}]}",
    "grade": "{method: grade, grades: [{label: 好, points: 77}, {label: 差, points: 7}]}",
    "growth": "{method: growth, clip: [-7, 77], then: {method: minmax}}",
    "goalposts": "{method: goalposts, low: 7, high: 77, log: true}",
    "distance_to_best": "{method: distance_to_best}",
    "distance_to_target": "{method: distance_to_target, target: 77, cap: true}",
    "distance_to_reference": "{method: distance_to_reference, reference: V077}",
    "share_of_max": "{method: share_of_max}",
    "direct": "{method: direct, of: 77}",
    "reverse": "{method: reverse, good: 7, bad: 77}",
    "bonus": "{method: bonus, per: 7, at_most: 77}",
    "veto": "{method: veto, effect: {cap: 77}}",
    "survey": "{method: survey, marks: [77, 7]}",
    "difficulty": "{method: difficulty, tasks: [{input: T7, k: 1.2}]}",
}
DOWN = {"reverse", "deduct"}
# These know no direction down, or their standards above are written for direction up.
ONLY_UP = {"direct", "survey", "bonus", "veto", "difficulty", "step", "grade", "efficacy", "banded_efficacy"}


def methods() -> set[str]:
    """Every method a rule may have, from the rules themselves."""
    found, todo = set(), [RuleBase]
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        field = kind.model_fields.get("method")
        if field is not None and getattr(field.annotation, "__args__", None):
            found.add(field.annotation.__args__[0])
    return found


def scheme_with(rule: str, *, down: bool = False) -> Scheme:
    direction = "direction: down, " if down else ""
    inputs = "inputs: [L, M], " if "survey" in rule else ""
    return Scheme.load(
        f"""
format: kanjian/scheme/1
code: s
version: "1"
groups: [track, county]
tracks: {{by: track}}
tree:
  code: root
  children:
    - {{code: L, {direction}{inputs}rule: {rule}}}
    - {{code: K, rule: {{method: direct}}}}
"""
    )


def test_no_rule_is_forgotten() -> None:
    assert set(RULES) == methods()


BOTH_WAYS = [
    *((method, False) for method in RULES if method not in DOWN),
    *((method, True) for method in RULES if method not in ONLY_UP),
]


@pytest.mark.parametrize(("method", "down"), BOTH_WAYS)
def test_every_rule_reads_in_both_languages(method: str, down: bool) -> None:
    rule = RULES[method]
    scheme = scheme_with(rule, down=down)
    chinese = words.rule_words(scheme, "L")
    assert CHINESE.search(chinese)
    with override("en"):
        english = words.rule_words(scheme, "L")
    assert not CHINESE.search(english.replace("好", "").replace("差", ""))
    for number in re.findall(r"(?<![\w.])(?:7|77)(?![\w.])", rule):
        assert number in chinese
        assert number in english
    assert words.formula(scheme, "L")
    assert "%(" not in chinese + english


def test_formulas_follow_the_direction() -> None:
    up, down = scheme_with(RULES["minmax"]), scheme_with(RULES["minmax"], down=True)
    assert words.formula(up, "L") == "S = F₀ + (F − F₀)·(x − min)/(max − min)"
    assert words.formula(down, "L") == "S = F₀ + (F − F₀)·(max − x)/(max − min)"
    assert words.formula(scheme_with(RULES["growth"]), "L").endswith("(g − min)/(max − min)")


RICH = """
format: kanjian/scheme/1
code: s
version: "1"
groups: [track, county, terrain]
tracks: {by: track}
ties: {method: average, precision: {decimals: 3}}
eligibility: {min_coverage: 0.65}
bands: [{code: A, at_least: 80}, {code: B, at_least: 0}]
tree:
  code: root
  aggregate: {method: power, p: 3}
  missing: {rule: fill, from: track, using: median, min_share: 0.5}
  floors: [{node: X, below: 60, cap: 59}]
  vetoes: [{code: v, input: V, effect: {zero: true}}, {code: w, input: W, effect: {max_band: B}}]
  cap: {at_least: 1, at_most: 99}
  children:
    - code: X
      coefficient: {track: {near: 1.05}}
      applies_to: {terrain: [hills]}
      inputs: [X1, X2]
      combine: mean
      denominator: {input: P, times: 1000}
      min_sample: {input: N, at_least: 30}
      impute: {using: median, from: county}
      treat: {method: winsorise}
      rule: {method: minmax}
    - {code: Y, kind: deduction, rule: {method: direct}}
    - {code: Z, kind: context, rule: {method: direct}}
    - code: B
      cap: {at_most: 5}
      aggregate: {method: geometric}
      missing: {rule: strict}
      children: [{code: B1, rule: {method: direct}}]
"""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_everything_else_at_a_node_is_said(language: str) -> None:
    scheme = Scheme.load(RICH)
    with override(language):
        said = {node.code: words.node_notes(scheme, node.code) for node in scheme.nodes()}
        general = words.general(scheme)
    assert {code: len(lines) for code, lines in said.items()} == {"root": 6, "X": 7, "Y": 1, "Z": 1, "B": 2, "B1": 0}
    assert len(general) == 4
    text = "\n".join([*general, *(line for lines in said.values() for line in lines)])
    for number in ("1.05", "1000", "30", "60", "59", "99", "50%", "65%", "3"):
        assert number in text
    assert bool(CHINESE.search(text)) == (language != "en")


@pytest.mark.parametrize(
    "method", ["arithmetic", "geometric", "harmonic", "power", "sum", "min", "copeland", "median_rank"]
)
def test_every_aggregation_has_words_and_a_formula(method: str) -> None:
    extra = ", p: 2" if method == "power" else ""
    text = RICH.replace("aggregate: {method: geometric}", f"aggregate: {{method: {method}{extra}}}")
    node = Scheme.load(text).node("B")
    assert CHINESE.search(words.node_words(node))
    assert aggregation_formula(node).startswith("S = ")
    with override("en"):
        assert not CHINESE.search(words.node_words(node))


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        (words.reason, ["coverage", "missing", "not_applicable"]),
        (words.movement_reason, ["first", "scheme", "membership", "unranked"]),
        (words.status, ["present", "imputed", "missing", "not_applicable"]),
        (words.cause, ["own", "others", "bounds", "method", "correction", "entering_leaving", "ties"]),
        (
            words.flag,
            [
                *("imputed", "filled", "winsorised", "bounded", "capped", "raised", "floor", "veto"),
                *("veto_without_document", "not_applicable", "not_comparable", "small_sample", "pooled", "undefined"),
            ],
        ),
    ],
)
def test_codes_have_words_in_both_languages(word, codes: list[str]) -> None:
    for code in codes:
        assert CHINESE.search(word(code)), code
        with override("en"):
            assert not CHINESE.search(word(code)), code
    assert word("something new") == "something new"


def test_the_codes_the_engine_gives_are_all_worded() -> None:
    """Flags and reasons are read out of the library's own text, so that a new one cannot be forgotten."""
    from pathlib import Path

    import kanjian.scoring as library

    text = "".join(path.read_text(encoding="utf-8") for path in Path(library.__file__).parent.glob("*.py"))
    text += (Path(library.__file__).parent / "rules" / "derived.py").read_text(encoding="utf-8")
    flags = set(re.findall(r'\.mark\([\w.]+, "(\w+)"', text)) | set(re.findall(r'\(\("(\w+)", \w+\),\)', text))
    assert {"imputed", "veto", "small_sample", "not_comparable"} <= flags
    for flag in flags:
        assert words.flag(flag) != flag, flag


def test_assumptions_keep_the_indicators_they_name() -> None:
    note = Note("left_alone", "without a value, or made of several inputs: A1, B2")
    assert words.assumption(note).endswith("：A1, B2")
    assert words.assumption(Note("new_code", "as the library says it")) == "as the library says it"


def test_a_veto_says_what_it_does() -> None:
    veto = Scheme.load(RICH).tree.vetoes[0]
    assert "不得分" in "".join(words.node_notes(Scheme.load(RICH), "root"))
    assert isinstance(veto.when.at_least, float)
    assert Veto.model_fields["method"].annotation is not None
