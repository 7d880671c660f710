"""Treatment of values before scoring 数据处理: outliers, long tails, gaps.

Every method is a pair: ``fit_*`` reduces a column to a few numbers, ``apply_*`` is row-wise given these numbers and
says which cells it changed. Nothing here is done unless a scheme asks for it, and nothing is done silently.
"""

from .automatic import apply_treatment, fit_automatic, fit_treatment
from .errors import TreatmentError
from .imputation import GroupFill, apply_group_fill, fit_group_fill
from .model import METHODS, Treated, Treatment
from .moments import KURTOSIS_LIMIT, SKEWNESS_LIMIT, Moments, moments, needs_treatment
from .panel import carry_forward, interpolate_linear
from .power import apply_boxcox, apply_log, fit_boxcox, fit_log
from .winsorise import apply_bounds, fit_bounds, fit_winsorise

__all__ = [
    "KURTOSIS_LIMIT",
    "METHODS",
    "SKEWNESS_LIMIT",
    "GroupFill",
    "Moments",
    "Treated",
    "Treatment",
    "TreatmentError",
    "apply_bounds",
    "apply_boxcox",
    "apply_group_fill",
    "apply_log",
    "apply_treatment",
    "carry_forward",
    "fit_automatic",
    "fit_bounds",
    "fit_boxcox",
    "fit_group_fill",
    "fit_log",
    "fit_treatment",
    "fit_winsorise",
    "interpolate_linear",
    "moments",
    "needs_treatment",
]
