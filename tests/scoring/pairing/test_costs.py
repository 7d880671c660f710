"""The parts of a pair's cost, with numbers worked by hand."""

import math

import numpy as np
import polars as pl
import pytest

from kanjian.scoring.pairing import Attribute, PairingError, Terms, haversine, pair
from kanjian.scoring.pairing.costs import covered, gower, parts
from kanjian.scoring.pairing.intake import read_units, scaled

from .conftest import ATTRIBUTES, DIMENSIONS, make_villages


def test_a_quarter_of_the_globe_and_two_known_cities() -> None:
    pole = haversine(np.array(0.0), np.array(0.0), np.array(0.0), np.array(90.0))
    assert pole == pytest.approx(6371.0088 * math.pi / 2)
    # Shanghai (121.4737, 31.2304) to Beijing (116.4074, 39.9042): about 1067 km.
    assert haversine(np.array(121.4737), np.array(31.2304), np.array(116.4074), np.array(39.9042)) == pytest.approx(
        1067, abs=2
    )
    assert haversine(np.array(5.0), np.array(5.0), np.array(5.0), np.array(5.0)) == 0


def test_gower_by_hand_with_a_missing_value_and_weights() -> None:
    """Sizes 2, 6, 10 over a range of 8; terrain counts three times; the third village's terrain is unknown."""
    attributes = (Attribute("size"), Attribute("terrain", 3, "category"))
    size, terrain = pl.Series([2.0, 6.0, 10.0]), pl.Series(["山", "水", None])
    values = np.column_stack([scaled(size, attributes[0]), scaled(terrain, attributes[1])])
    rows = np.arange(3)
    found = gower(values, attributes, rows[:, None], rows[None, :])
    assert found[0, 1] == pytest.approx((0.5 + 3 * 1) / 4)
    assert found[0, 2] == pytest.approx(1.0)  # by size alone: 8 / 8
    assert found[1, 2] == pytest.approx(0.5)
    assert np.array_equal(found, found.T)
    assert gower(np.full((2, 2), np.nan), attributes, np.array([0]), np.array([1])) == 1.0


def test_cover_by_hand() -> None:
    """Five villages, one dimension: median 50, upper quartile 60; a mentor at 55 covers half of the need."""
    frame = pl.DataFrame(
        {
            "unit": list("abcde"),
            "role": ["mentee", "", "", "mentor", "mentor"],
            "track": ["t"] * 5,
            "place": [5, 4, 3, 2, 1],
            "longitude": [None] * 5,
            "latitude": [None] * 5,
            "income": [20.0, 40.0, 50.0, 60.0, 80.0],
            "order": [30.0, 20.0, 10.0, 55.0, 80.0],
        }
    )
    terms = Terms((), ("income", "order"), weak=1, weight_distance=0, weight_endowment=0, weight_need=1, caliper=1)
    units = read_units(frame, terms)
    assert units.shortfall[0].tolist() == [1.0, 0.0]  # only what is below the median, the weakest one
    assert units.strength[:, 0].tolist() == [0, 0, 0, 1, 1]
    # order: median 30, quartile 55: the mentor at 55 is fully strong, at 42.5 it would be half.
    assert covered(units, np.array([0]), np.array([3])) == 1.0
    assert parts(units, terms, np.array([0]), np.array([2])).cost == pytest.approx(1.0)
    assert pair(frame, terms).pairs["cost"].to_list() == [0.0]


def test_unknown_places_and_endowments_count_against_a_pair(terms) -> None:
    frame = make_villages(12, 1).with_columns(
        longitude=pl.lit(None, pl.Float64), population=pl.lit(None, pl.Float64), land=pl.lit(None, pl.Float64),
        terrain=pl.lit(None, pl.String),
    )  # fmt: skip
    found = pair(frame, Terms(ATTRIBUTES, DIMENSIONS, caliper=1.0))
    assert found.pairs["km"].null_count() == found.pairs.height > 0
    assert found.pairs["distance"].to_list() == pytest.approx([0.2] * found.pairs.height)
    assert found.pairs["endowment"].to_list() == pytest.approx([0.4] * found.pairs.height)
    assert all(reason["unknown"] == ["population", "land", "terrain"] for reason in found.reasons.values())


def test_a_row_and_a_table_agree_to_the_last_bit(terms) -> None:
    units = read_units(make_villages(40, 3, holes=0.2), terms)
    rows = np.arange(40)
    table = parts(units, terms, rows[:, None], rows[None, :]).cost
    single = [[float(parts(units, terms, np.array([i]), np.array([j])).cost[0]) for j in rows] for i in rows]
    assert np.array_equal(table, np.array(single))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda f: f.drop("land"), "columns"),
        (lambda f: pl.concat([f, f.head(1)]), "twice"),
        (lambda f: f.with_columns(role=pl.lit("boss")), "role"),
        (lambda f: f.with_columns(land=pl.lit("big")), "not_numeric"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(terms, change, code: str) -> None:
    with pytest.raises(PairingError) as caught:
        pair(change(make_villages(10, 1)), terms)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"caliper": 1.5}, "caliper"),
        ({"far_km": 0.0}, "far_km"),
        ({"weight_need": -1.0}, "weights"),
        ({"weight_distance": 0.0, "weight_need": 0.0, "weight_endowment": 0.0}, "weights"),
        ({"capacity": -1}, "terms"),
        ({"weak": 0}, "terms"),
    ],
)
def test_terms_that_make_no_sense_are_refused(wrong: dict[str, float], code: str) -> None:
    with pytest.raises(PairingError) as caught:
        Terms(ATTRIBUTES, DIMENSIONS, **wrong)
    assert caught.value.code == code
