"""What ``data/panels.yaml`` says before anything is loaded; the loaded panels are looked at in ``test_load``."""

from fractions import Fraction

import pytest

from kanjian.demo import places, schemes
from kanjian.experts.asking import pairs_of, parts_of
from kanjian.experts.results import Standing, standing

PANELS = {each["method"]: each for each in places.document("panels.yaml")["panels"]}


def standings(method: str) -> dict[str, Standing]:
    parts = parts_of(schemes.strong_village(schemes.NEXT), PANELS[method]["node"])
    keys = [pair.key for pair in pairs_of(parts)] if method == "ahp" else [part.code for part in parts]
    found = {}
    for expert, answer in PANELS[method]["answers"].items():
        said = [float(Fraction(text)) for text in answer.get("said", [])]
        assert len(said) <= len(keys)
        found[expert] = standing(method, parts, dict(zip(keys, said, strict=False)))
    return found


def test_one_of_the_comparisons_contradicts_itself_and_says_why():
    found = standings("ahp")
    assert all(state.is_complete for state in found.values())
    assert [expert for expert, state in found.items() if not state.is_consistent] == ["demo-reader"]
    assert PANELS["ahp"]["answers"]["demo-reader"]["note"]
    assert max(state.ratio for state in found.values() if state.is_consistent) < 0.02


def test_the_budget_is_partly_answered():
    found = standings("budget")
    assert [state.given for state in found.values()] == [0, 100, 100, 75]
    assert [state.is_complete for state in found.values()] == [False, True, True, False]


@pytest.mark.parametrize("method", PANELS)
def test_both_say_that_they_are_invented(method: str):
    assert "虚构" in PANELS[method]["purpose"]
    assert "样例" in PANELS[method]["title"]
