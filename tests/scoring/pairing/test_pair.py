"""Pairs: the least total, against brute force and foreign solvers; rules that always hold."""

import itertools
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment, linprog

from kanjian.scoring.pairing import PairingError, Terms, pair
from kanjian.scoring.pairing import pair as pair_module
from kanjian.scoring.pairing.assign import NOBODY, assign_nearest, assign_table

from .conftest import ATTRIBUTES, DIMENSIONS, make_villages

CALIPER = 0.6


def total(costs: np.ndarray, taken, caliper: float) -> float:
    return sum(caliper if at == NOBODY else costs[row, at] for row, at in enumerate(taken))


def brute(costs: np.ndarray, capacity: np.ndarray, caliper: float) -> float:
    """Every way to give each row a column or nobody."""
    rows, columns = costs.shape
    best = np.inf
    for choice in itertools.product([NOBODY, *range(columns)], repeat=rows):
        used = np.bincount([at for at in choice if at != NOBODY], minlength=columns)
        if (used <= capacity).all():
            best = min(best, total(costs, choice, caliper))
    return best


def greedy(costs: np.ndarray, capacity: np.ndarray, caliper: float) -> float:
    left, found = capacity.copy(), 0.0
    for row in costs:
        open_costs = np.where(left > 0, row, np.inf)
        at = int(np.argmin(open_costs)) if len(row) else 0
        if len(row) and open_costs[at] < caliper:
            left[at] -= 1
            found += open_costs[at]
        else:
            found += caliper
    return found


def edges(costs: np.ndarray):
    rows, columns = np.indices(costs.shape)
    return rows.ravel(), columns.ravel(), costs.ravel()


@settings(max_examples=150)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 4))
def test_both_ways_find_what_brute_force_finds(seed: int, rows: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    costs = np.round(rng.random((rows, columns)), 2)
    costs[rng.random(costs.shape) < 0.2] = np.inf
    capacity = rng.integers(0, 3, columns)
    best = brute(costs, capacity, CALIPER)
    assert total(costs, assign_table(costs, capacity, CALIPER), CALIPER) == pytest.approx(best)
    assert total(costs, assign_nearest(edges(costs), rows, capacity, CALIPER), CALIPER) == pytest.approx(best)
    assert best <= greedy(costs, capacity, CALIPER) + 1e-12


def test_equal_to_foreign_solvers_on_a_medium_table() -> None:
    rng = np.random.default_rng(5)
    costs, capacity = rng.random((60, 25)), rng.integers(1, 4, 25)
    mine = total(costs, assign_table(costs, capacity, 0.2), 0.2)
    # scipy's own table with a private "nobody" column for each row.
    wide = np.hstack([np.repeat(costs, capacity, axis=1), np.where(np.eye(60, dtype=bool), 0.2, 1e9)])
    rows, columns = linear_sum_assignment(wide)
    assert mine == pytest.approx(wide[rows, columns].sum())
    # The same as a linear programme: minimise, each row at most once, each column up to its capacity.
    gain = (costs - 0.2).ravel()
    once = np.kron(np.eye(60), np.ones(25))
    room = np.kron(np.ones(60), np.eye(25))
    solved = linprog(gain, A_ub=np.vstack([once, room]), b_ub=np.concatenate([np.ones(60), capacity]), bounds=(0, 1))
    assert mine == pytest.approx(solved.fun + 0.2 * 60)
    assert mine == pytest.approx(total(costs, assign_nearest(edges(costs), 60, capacity, 0.2), 0.2))


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(0, 3), st.sampled_from([0.3, 0.5, 1.0]))
def test_what_always_holds(seed: int, blocks: int, capacity: int, caliper: float) -> None:
    frame = make_villages(45, seed, blocks=blocks, holes=0.1)
    terms = Terms(ATTRIBUTES, DIMENSIONS, capacity=capacity, caliper=caliper, most_km=80.0, margin=3)
    rng = np.random.default_rng(seed)
    mentees = frame.filter(role="mentee")["unit"].to_list()
    mentors = frame.filter(role="mentor")["unit"].to_list()
    fixed = [(mentees[0], mentors[-1])] if capacity else []
    barred = {(m, o) for m in mentees for o in mentors if rng.random() < 0.3} - set(fixed)
    found = pair(frame, terms, fixed=fixed, forbidden=barred)
    pairs = set(found.pairs.select("mentee", "mentor").iter_rows())
    assert set(fixed) <= pairs
    assert not pairs & barred
    assert (found.load["pairs"] <= found.load["capacity"]).all()
    assert found.load["pairs"].sum() == len(pairs)
    assert sorted(found.pairs["mentee"].to_list() + found.unmatched["mentee"].to_list()) == sorted(mentees)
    assert found.pairs["mentee"].n_unique() == found.pairs.height
    assert set(found.reasons) == set(found.pairs["mentee"])
    of = {row["unit"]: row for row in frame.iter_rows(named=True)}
    for row in found.pairs.iter_rows(named=True):
        assert row["cost"] == pytest.approx(row["distance"] + row["endowment"] + row["need"])
        if row["fixed"]:
            continue
        mentee, mentor = of[row["mentee"]], of[row["mentor"]]
        assert row["cost"] <= caliper
        assert row["km"] <= 80
        assert mentee["track"] == mentor["track"]
        assert mentor["place"] + 3 <= mentee["place"]


def test_the_order_of_the_rows_changes_nothing(terms) -> None:
    frame = make_villages(120, 8, blocks=3, holes=0.1)
    first, again = pair(frame, terms), pair(frame.sample(fraction=1.0, shuffle=True, seed=1), terms)
    assert first.pairs.equals(again.pairs)
    assert first.unmatched.equals(again.unmatched)
    assert first.balance.equals(again.balance)
    assert first.reasons == again.reasons


def test_a_large_block_on_its_nearest_mentors_comes_to_the_same(terms, monkeypatch) -> None:
    frame = make_villages(200, 4)
    whole = pair(frame, terms)
    module = pair_module.__globals__
    monkeypatch.setitem(module, "WHOLE", 100)
    monkeypatch.setitem(module, "PIECE", 500)
    pieces = pair(frame, replace(terms, neighbours=200))
    assert (pieces.truncated, pieces.total) == ((), pytest.approx(whole.total))
    few = pair(frame, replace(terms, neighbours=4))
    assert few.truncated == ("T0",)
    assert few.total >= whole.total - 1e-9


def test_why_somebody_has_no_mentor() -> None:
    frame = make_villages(30, 2)
    plain = Terms(ATTRIBUTES, DIMENSIONS, caliper=1.0)
    mentees, mentors = (frame.filter(role=role)["unit"].to_list() for role in ("mentee", "mentor"))

    def reasons(terms: Terms, table: pl.DataFrame = frame, **ruled) -> set[str]:
        return set(pair(table, terms, **ruled).unmatched["reason"])

    assert reasons(plain, frame.filter(pl.col("role") != "mentor")) == {"no_mentor"}
    assert reasons(replace(plain, margin=1000)) == {"none_above"}
    assert reasons(plain, forbidden=itertools.product(mentees, mentors)) == {"forbidden"}
    assert reasons(replace(plain, most_km=0.001)) == {"too_far"}
    assert reasons(replace(plain, caliper=0.0)) == {"too_different"}
    assert reasons(replace(plain, capacity=0)) == {"capacity"}


def test_rulings_that_contradict_one_another_are_refused(terms) -> None:
    frame = make_villages(30, 2)
    mentees, mentors = (frame.filter(role=role)["unit"].to_list() for role in ("mentee", "mentor"))
    one = (mentees[0], mentors[0])

    def code(**ruled) -> str:
        with pytest.raises(PairingError) as caught:
            pair(frame, replace(terms, capacity=1), **ruled)
        return caught.value.code

    assert code(fixed=[one], forbidden=[one]) == "both"
    assert code(fixed=[one, (mentees[0], mentors[1])]) == "fixed"
    assert code(fixed=[one, (mentees[1], mentors[0])]) == "capacity"
    assert code(fixed=[("nobody", mentors[0])]) == "unknown_unit"
    # A ruling about units that are gone, or about somebody who is not weak this time, is no obstacle.
    assert pair(frame, terms, forbidden=[("gone", mentors[0])]).pairs.height
    assert pair(frame, terms, fixed=[(mentors[1], mentors[0])]).pairs.filter("fixed").is_empty()


def test_an_empty_side_gives_an_empty_answer(terms) -> None:
    frame = make_villages(12, 1).with_columns(role=pl.lit(""))
    found = pair(frame, terms)
    assert (found.pairs.height, found.unmatched.height, found.load.height, found.total) == (0, 0, 0, 0.0)


def test_reasons_name_what_is_shared_what_is_not_and_what_is_covered(terms) -> None:
    found = pair(make_villages(60, 6), terms)
    for mentee, reason in found.reasons.items():
        weak = reason["weak"]
        assert 1 <= len(weak) <= 3
        assert sum(each["share"] for each in weak) == pytest.approx(1.0)
        assert all(each["mentee"] < each["median"] for each in weak)
        row = found.pairs.row(by_predicate=pl.col("mentee") == mentee, named=True)
        cover = sum(each["share"] * each["covered"] for each in weak)
        assert row["need"] == pytest.approx(terms.shares[2] * (1 - cover))
        if reason["different"]:
            assert reason["different"]["attribute"] not in reason["shared"] or reason["different"]["difference"] < 0.25


def test_pairs_are_more_alike_than_the_two_sides_were(terms) -> None:
    frame = make_villages(300, 9)
    rows = {(row["attribute"], row["value"]): row for row in pair(frame, terms).balance.iter_rows(named=True)}
    assert {name for name, _ in rows} == {"population", "land", "terrain"}
    land = rows["land", None]
    assert abs(land["smd_after"]) < 0.25
    terrain = [row for (name, _), row in rows.items() if name == "terrain"]
    assert all(abs(row["smd_after"]) < 0.15 for row in terrain)


def test_balance_by_hand() -> None:
    """Mentees 1 and 3, mentors 4 and 6: means 2 and 5, spread √((2 + 2)/2) = √2, SMD −3/√2; after: both with 4."""
    from kanjian.scoring.pairing import Attribute, balance

    frame = pl.DataFrame({"unit": list("abcd"), "role": ["mentee"] * 2 + ["mentor"] * 2, "land": [1.0, 3.0, 4.0, 6.0]})
    pairs = pl.DataFrame({"mentee": ["a", "b"], "mentor": ["c", "c"]})
    row = balance(frame, pairs, (Attribute("land"),)).row(0, named=True)
    assert row["smd_before"] == pytest.approx(-3 / 2**0.5)
    assert row["smd_after"] == pytest.approx(-2 / 2**0.5)
    assert (row["ratio_before"], row["ratio_after"]) == (1.0, None)
