"""Plane polygons of the sample map 多边形: clipping, rough edges, point tests. Rings are (n, 2) arrays, not closed.

A ring's first vertex is not repeated at its end; outer rings run counter-clockwise.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Ring = NDArray[np.float64]
Vertex = tuple[float, float]


def area(ring: Ring) -> float:
    """Signed area in squared units of the ring, positive when it runs counter-clockwise (shoelace formula)."""
    x, y = ring[:, 0], ring[:, 1]
    return float(0.5 * np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))


def inside(ring: Ring, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the ``(m, 2)`` points lie inside the ring, by counting how often a ray to the right crosses it."""
    a, b = ring, np.roll(ring, -1, axis=0)
    x, y = points[:, :1], points[:, 1:]
    spans = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(b[:, 1] == a[:, 1], 1.0, b[:, 1] - a[:, 1])
    crossing = (b[:, 0] - a[:, 0]) * (y - a[:, 1]) / rise + a[:, 0]
    return np.asarray((spans & (x < crossing)).sum(axis=1) % 2 == 1)


def clip(ring: Ring, normal: NDArray[np.float64], offset: float) -> Ring:
    """The part of the ring where ``normal · point ≤ offset`` (one step of Sutherland and Hodgman's clipping)."""
    distance = ring @ normal - offset
    following, after = np.roll(ring, -1, axis=0), np.roll(distance, -1)
    kept: list[Ring] = []
    for here, there, d, e in zip(ring, following, distance, after, strict=True):
        if d <= 0:
            kept.append(here)
        if (d < 0 < e) or (e < 0 < d):
            kept.append(here + (there - here) * (d / (d - e)))
    return np.array(kept).reshape(-1, 2)


def cells(outline: Ring, seeds: NDArray[np.float64], *, digits: int = 3) -> list[Ring]:
    """Voronoi cells of the ``(k, 2)`` seeds inside the outline; neighbours share their rounded vertices exactly."""
    found = []
    for index, seed in enumerate(seeds):
        ring = outline
        for other in np.delete(seeds, index, axis=0):
            normal = other - seed
            ring = clip(ring, normal, float(normal @ (other + seed)) / 2)
        found.append(without_repeats(np.round(ring, digits)))
    return found


def without_repeats(ring: Ring) -> Ring:
    """The ring without a vertex that equals the one before it."""
    return ring[np.any(ring != np.roll(ring, 1, axis=0), axis=1)]


def roughen(start: Ring, end: Ring, rng: np.random.Generator, *, step: float, amplitude: float) -> Ring:
    """A line from ``start`` to ``end``, ends included, by midpoint displacement down to pieces of about ``step``."""
    line = np.array([start, end])
    while np.linalg.norm(end - start) / (len(line) - 1) > step:
        difference = np.diff(line, axis=0)
        across = np.column_stack([-difference[:, 1], difference[:, 0]])
        middle = line[:-1] + difference / 2 + across * rng.uniform(-amplitude, amplitude, (len(across), 1))
        line = np.insert(line, np.arange(1, len(line)), middle, axis=0)
    return line


def vertices(ring: Ring) -> list[Vertex]:
    """The ring as hashable vertices."""
    return [(float(x), float(y)) for x, y in ring]


def edges(ring: Ring) -> list[tuple[Vertex, Vertex]]:
    """Directed edges of the ring."""
    points = vertices(ring)
    return list(zip(points, [*points[1:], points[0]], strict=True))


def rough_rings(
    rings: Sequence[Ring], rng: np.random.Generator, *, step: float, amplitude: float, digits: int
) -> list[Ring]:
    """The same rings with every edge between two of them made rough, once, so that both neighbours share it."""
    owned = [edges(ring) for ring in rings]
    directed = {edge for ring in owned for edge in ring}
    lines: dict[tuple[Vertex, Vertex], Ring] = {}
    for a, b in sorted({(min(edge), max(edge)) for edge in directed}):
        shared = (a, b) in directed and (b, a) in directed
        start, end = np.array(a), np.array(b)
        line = roughen(start, end, rng, step=step, amplitude=amplitude) if shared else np.array([start, end])
        lines[a, b] = np.round(line, digits)
    return [_joined(ring, lines) for ring in owned]


def _joined(ring: Iterable[tuple[Vertex, Vertex]], lines: dict[tuple[Vertex, Vertex], Ring]) -> Ring:
    parts = [lines[a, b] if (a, b) in lines else lines[b, a][::-1] for a, b in ring]
    return without_repeats(np.concatenate([part[:-1] for part in parts]))


def union(rings: Iterable[Ring]) -> list[Ring]:
    """The outlines of rings that share edges exactly: edges walked both ways fall away, the rest is chained."""
    directed = [edge for ring in rings for edge in edges(ring)]
    present = set(directed)
    following = {a: b for a, b in directed if (b, a) not in present}
    found = []
    while following:
        start = min(following)
        chain, current = [start], following.pop(start)
        while current != start:
            chain.append(current)
            current = following.pop(current)
        found.append(np.array(chain))
    return sorted(found, key=area, reverse=True)


def crosses_itself(ring: Ring) -> bool:
    """Whether two edges of the ring that are not neighbours cut each other."""
    a, b = ring, np.roll(ring, -1, axis=0)

    def side(p: Ring, q: Ring, r: Ring) -> Ring:
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])

    a1, b1, a2, b2 = a[:, None], b[:, None], a[None], b[None]
    cut = (side(a1, b1, a2) * side(a1, b1, b2) < 0) & (side(a2, b2, a1) * side(a2, b2, b1) < 0)
    return bool(cut.any())
