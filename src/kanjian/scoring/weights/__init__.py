"""Methods of weighting 赋权方法. Advice only: shown beside the approved weights, never swapped in silently."""

from .ahp import ahp, judgement_matrix
from .budget import budget_allocation
from .critic import critic
from .effective import effective_weights
from .entropy import entropy
from .equal import equal
from .given import given
from .model import Notice, Weights, WeightsError
from .pca import pca

__all__ = [
    "Notice",
    "Weights",
    "WeightsError",
    "ahp",
    "budget_allocation",
    "critic",
    "effective_weights",
    "entropy",
    "equal",
    "given",
    "judgement_matrix",
    "pca",
]
