"""Advice on weights: shown beside the approved ones with its effect, and never swapped in."""

import polars as pl
import pytest
from django.urls import reverse

from kanjian.boards.selectors.advice import METHODS, _advice, advice
from kanjian.boards.selectors.editions import files_of
from kanjian.scoring.weights import critic, entropy

pytestmark = pytest.mark.django_db


def test_every_group_beside_its_approved_weights(computed) -> None:
    found = advice(computed())
    groups = {group.code: group for group in found.groups}
    assert set(groups) == {"index", "A", "B"}
    assert [row.approved for row in groups["index"].rows] == [0.4, 0.6]  # the bonus has no share
    assert [row.approved for row in groups["A"].rows] == pytest.approx([2 / 3, 1 / 3])
    for group in found.groups:
        for method in METHODS:
            shares = [row.advice[method] for row in group.rows]
            assert None in shares or sum(shares) == pytest.approx(1)


def test_it_is_what_the_library_says_of_the_editions_points(computed) -> None:
    edition = computed()
    rows = {row.code: row.advice for row in advice(edition).groups[2].rows}
    points = files_of(edition).details().select(pl.col("points.B1").alias("B1"), pl.col("points.B2").alias("B2"),
                                                pl.col("points.B3").alias("B3")).collect()  # fmt: skip
    assert {code: each["entropy"] for code, each in rows.items()} == pytest.approx(dict(entropy(points).values))
    assert {code: each["critic"] for code, each in rows.items()} == pytest.approx(dict(critic(points).values))


def test_a_sum_keeps_its_full_points(villages) -> None:
    """Advice below a sum shares out the same points: a unit at full marks everywhere keeps its score."""
    from kanjian.boards.selectors.advice import _reweighted
    from kanjian.scoring import Scheme

    text = villages.version.text.replace("  name_en: Index\n", "  name_en: Index\n  aggregate: {method: sum}\n")
    scheme = Scheme.load(text)
    again = _reweighted(scheme, {"index": {"A": 0.25, "B": 0.75}, "A": None})
    weights = {node.code: node.weight for node in again.tree.children}
    assert (weights["A"], weights["B"], weights["F"]) == (25, 75, 1)
    assert again.node("A1").weight == scheme.node("A1").weight
    assert scheme.node("A").weight == 40  # the approved scheme is not touched


def test_the_effect_is_counted_in_places(computed) -> None:
    edition = computed()
    before = files_of(edition).scores().collect()
    for effect in advice(edition).effects:
        assert effect.kendall is None or -1 <= effect.kendall <= 1
        assert effect.largest_move >= effect.median_move >= 0
        places = dict(before.select("unit", "track_rank").iter_rows())
        for mover in effect.movers:
            assert places[mover.unit] == mover.before
            assert mover.places == mover.before - mover.after != 0
        assert [abs(m.places) for m in effect.movers] == sorted((abs(m.places) for m in effect.movers), reverse=True)


def test_nothing_is_swapped_in_and_it_is_worked_out_once(computed, villages) -> None:
    edition = computed()
    text = villages.version.text
    _advice.cache_clear()
    advice(edition)
    advice(edition)
    assert _advice.cache_info().misses == 1
    villages.version.refresh_from_db()
    assert villages.version.text == text
    assert files_of(edition).scheme.hash == villages.version.hash


def test_the_page_is_for_who_works_on_the_board(computed, client_of, xiaowang, administrator, methodologist) -> None:
    address = reverse("boards:manage_advice", args=["villages", computed().pk])
    assert client_of(None).get(address).status_code == 302
    assert client_of(xiaowang).get(address).status_code == 403
    for person in (administrator, methodologist):
        page = client_of(person).get(address).content.decode()
        assert "仅供参考" in page
        assert "熵权法" in page
        assert "系统不会自动改用" in page
    assert client_of(administrator).get(address.replace("manage/", "manage/9")).status_code == 404
    assert client_of(administrator).post(address).status_code == 405
