import pytest

from kanjian.demo import places, schemes
from kanjian.demo.values import catalogue
from kanjian.scoring import Scheme

COUNTS = {"A": 9, "B": 10, "C": 9, "D": 8, "E": 5, "F": 5}
PUBLISHED = "c832fbfd5b43f7e70388fd981290d12830f20ce34785ad22335192ffa6dbbaaf"
WEIGHTS = {"A": 18, "B": 28, "C": 20, "D": 14, "E": 14}


@pytest.fixture(params=[schemes.FIRST, schemes.NEXT])
def scheme(request: pytest.FixtureRequest) -> Scheme:
    return schemes.strong_village(request.param)


def test_forty_six_indicators_in_six_dimensions(scheme: Scheme):
    assert len(scheme.leaves()) == 46
    assert {node.code: len(node.children) for node in scheme.tree.children} == COUNTS


def test_weights_of_the_proposal():
    first = schemes.strong_village()
    assert {node.code: node.weight for node in first.tree.children if node.code != "F"} == WEIGHTS
    leaves = {node.code: node.weight for node in first.leaves()}
    assert {code: weight for code, weight in leaves.items() if weight != 1} == {"B1": 2, "B3": 0, "E1": 2}
    bonus = first.node("F")
    assert (bonus.role, bonus.cap.at_most) == ("bonus", 6)
    assert first.node("B3").role == "context"


def test_it_says_that_it_is_a_proposal(scheme: Scheme):
    assert scheme.provenance == "proposal"
    assert "建议稿" in scheme.note
    assert "not the official list" in scheme.note


def test_scheme_and_catalogue_agree(scheme: Scheme):
    listed = {row["code"]: row for row in catalogue()}
    departments = {department.code: department.name for department in places.departments()}
    for leaf in scheme.leaves():
        row = listed[leaf.code]
        assert (leaf.name, leaf.name_en, leaf.unit) == (row["name"], row["name_en"], row["unit"])
        assert leaf.source == departments[row["department"]]
        assert (leaf.direction or "up") == row["better"]
        assert row["description"]
        assert row["description_en"]
    cases = {row["code"] for row in places.rows("samples.csv")}
    assert set(scheme.inputs()) == set(listed) - (cases if scheme.version == schemes.FIRST else set())


def test_the_version_in_force_is_the_published_one():
    """What editions stand on never changes, whatever the library learns."""
    assert schemes.strong_village().hash == PUBLISHED


def test_every_node_and_band_has_both_names(scheme: Scheme):
    for named in (*scheme.nodes(), *scheme.bands, *scheme.tree.vetoes):
        assert named.name, named.code
        assert named.name_en.isascii(), named.code


def test_the_next_version_differs_as_documented():
    first, following = schemes.strong_village(), schemes.strong_village(schemes.NEXT)
    assert first.differences(following)
    pairs = [(node, following.node(node.code)) for node in first.nodes()]
    assert {old.code for old, new in pairs if old.is_leaf and old != new} == {
        "B1",
        "E1",
        "D3",
        "D4",
        "D5",
        "D6",
        "E3",
        "E4",
        "E5",
    }
    weights = {old.code: (old.weight, new.weight) for old, new in pairs if old.weight != new.weight}
    assert weights == {"B": (28, 26), "E": (14, 16)}
    assert sum(node.weight for node in following.tree.children if node.code != "F") == 94


def test_the_text_loads_to_the_same_scheme(scheme: Scheme):
    assert Scheme.load(schemes.strong_village_text(scheme.version)).hash == scheme.hash
