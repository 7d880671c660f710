"""Drawing what is uncertain 随机抽样: weights, measurement error, choice of method; by seed, each draw by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .errors import RobustnessError
from .tree import Floats, Tree

# Streams of one seed; a new kind of draw gets a new number so that the others stay what they were.
WEIGHTS, CHOICES, ERRORS = 0, 1, 2


def draw_weights(
    tree: Tree, draws: int, seed: int, *, spread: float = 0.25, concentration: float | None = None
) -> Floats:
    """Weights of every draw, shape (draws × nodes), sum 1 among siblings.

    Without ``concentration`` each weight is multiplied by 1 + u, u uniform in ±``spread``, on every level, and
    siblings are brought back to a sum of 1. With it siblings follow a Dirichlet distribution with parameters
    ``concentration`` × nominal weight (the mean is the nominal weight; the larger, the closer to it). Row i does
    not depend on the number of draws: the parameters of any run can be had again from the seed.
    """
    if draws < 1:
        raise RobustnessError("bad_option", f"at least one draw is needed ({draws})")
    if not 0 <= spread <= 1:
        raise RobustnessError("bad_option", f"spread is a part of the weight, from 0 to 1 ({spread})")
    if concentration is not None and not concentration > 0:
        raise RobustnessError("bad_option", f"concentration must be above zero ({concentration})")
    rng = np.random.default_rng([seed, WEIGHTS])
    shape = (draws, len(tree.nodes))
    if concentration is None:
        drawn = tree.weights * (1.0 + spread * (2.0 * rng.random(shape) - 1.0))
    else:
        gammas = rng.standard_gamma(np.broadcast_to(concentration * tree.weights, shape))
        # A tiny shape can underflow to zero for all siblings at once; the nominal weight is the mean to fall back on.
        drawn = gammas + tree.weights * 1e-290
    extras = [i for i, node in enumerate(tree.nodes) if node.role != "score"]
    drawn[:, extras] = tree.weights[extras]
    return tree.normalise(drawn)


def draw_choices(draws: int, seed: int, probabilities: list[float]) -> NDArray[np.int64]:
    """Which alternative each draw uses: a uniform number cut at the cumulated probabilities over the whole 0..1.

    (A peer cuts over the range the sample happens to have, which shifts the shares.)
    """
    if min(probabilities) < 0 or not sum(probabilities) > 0:
        raise RobustnessError("bad_option", "probabilities must not be negative and not all zero")
    edges = np.cumsum(probabilities)[:-1] / sum(probabilities)
    return np.searchsorted(edges, np.random.default_rng([seed, CHOICES]).random(draws), side="right")


def draw_errors(shape: tuple[int, int], seed: int, draw: int) -> Floats:
    """Standard normal errors of one draw, shape (leaves × units)."""
    return np.random.default_rng([seed, ERRORS, draw]).standard_normal(shape)
