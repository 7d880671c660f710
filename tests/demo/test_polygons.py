import numpy as np
import pytest

from kanjian.demo import polygons

SQUARE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])


def test_area_is_signed():
    assert polygons.area(SQUARE) == 16
    assert polygons.area(SQUARE[::-1]) == -16


def test_inside_a_ring_with_a_bay():
    bay = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [2.0, 1.0], [0.0, 4.0]])
    points = np.array([[2.0, 0.5], [2.0, 2.0], [0.5, 2.0], [3.5, 2.0], [5.0, 1.0]])
    assert polygons.inside(bay, points).tolist() == [True, False, True, True, False]


def test_clip_keeps_the_half():
    half = polygons.clip(SQUARE, np.array([1.0, 0.0]), 1.0)
    assert polygons.area(half) == pytest.approx(4)


def test_cells_fill_the_outline_without_overlap():
    seeds = np.array([[1.0, 1.0], [3.0, 1.0], [1.0, 3.0], [3.2, 3.1], [2.0, 2.1]])
    rings = polygons.cells(SQUARE, seeds)
    assert sum(polygons.area(ring) for ring in rings) == pytest.approx(16, rel=1e-3)
    assert all(polygons.inside(ring, seed[None])[0] for ring, seed in zip(rings, seeds, strict=True))


def test_rough_borders_are_shared_so_that_the_union_is_the_outline_again():
    rings = polygons.cells(SQUARE, np.array([[1.0, 1.0], [3.0, 1.0], [1.5, 3.0]]))
    rough = polygons.rough_rings(rings, np.random.default_rng(1), step=0.2, amplitude=0.15, digits=3)
    assert sum(len(ring) for ring in rough) > 3 * sum(len(ring) for ring in rings)
    assert not any(polygons.crosses_itself(ring) for ring in rough)
    whole = polygons.union(rough)
    assert len(whole) == 1
    assert polygons.area(whole[0]) == pytest.approx(16, rel=1e-3)


def test_crosses_itself_finds_a_bow():
    assert polygons.crosses_itself(np.array([[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0]]))
    assert not polygons.crosses_itself(SQUARE)
