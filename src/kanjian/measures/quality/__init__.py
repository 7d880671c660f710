"""The quality run 质量检查: the checks of ``scoring.quality`` and the rules over everything that is stored.

Nothing in here writes: ``actions.run_quality`` keeps what is found as flags.
"""

from kanjian.measures.quality.checking import Found, check_all
from kanjian.measures.quality.material import Material, gather
from kanjian.measures.quality.thresholds import Threshold, provides_thresholds, thresholds_of

__all__ = ["Found", "Material", "Threshold", "check_all", "gather", "provides_thresholds", "thresholds_of"]
