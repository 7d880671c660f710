"""Robustness 稳健性: how far a rank depends on choices that could have been made otherwise.

``robust`` and its kin take a scored result; ``rank_intervals``, ``simulate``, ``leave_one_out`` and ``sobol_indices``
take a table of points and a tree of weights.
"""

from .bands import tie_bands
from .draws import draw_weights
from .errors import RobustnessError
from .evaluate import Evaluator
from .fixed import Fixed
from .intervals import interval_frame, rank_intervals
from .leave_out import LeaveOneOut, leave_one_out
from .noise import beyond_noise
from .of_result import leave_one_out_of, robust, simulate_result, sobol_indices_of
from .pairs import prob_above, prob_above_frame
from .plan import Alternative, Plan, Simulation
from .simulate import simulate
from .sobol import sobol_indices
from .tree import Floor, Node, Tree

__all__ = [
    "Alternative",
    "Evaluator",
    "Fixed",
    "Floor",
    "LeaveOneOut",
    "Node",
    "Plan",
    "RobustnessError",
    "Simulation",
    "Tree",
    "beyond_noise",
    "draw_weights",
    "interval_frame",
    "leave_one_out",
    "leave_one_out_of",
    "prob_above",
    "prob_above_frame",
    "rank_intervals",
    "robust",
    "simulate",
    "simulate_result",
    "sobol_indices",
    "sobol_indices_of",
    "tie_bands",
]
