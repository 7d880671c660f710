"""Data quality 数据质量: what a careful reader should look at again. A finding is a question, never a verdict.

Every check takes a long frame ``unit, indicator, period, value`` (``period`` a whole number that rises by 1 per period;
checks that compare units within a reporting group also want ``group``) and returns a frame of findings ``unit,
indicator, period, kind, strength`` with the numbers behind each. ``strength`` is |z| for outliers, −log₁₀ of the
probability under chance for the others. Limits of indicators (``indicator, decimals, minimum, maximum``) say which
values mean nothing: zeros and both ends.

| check | kind | question |
|---|---|---|
| ``outliers`` | ``outlier`` | did this unit move unlike all others? |
| ``digit_preference`` | ``digit_preference`` | were these numbers guessed? |
| ``copy_forward`` | ``copy_forward`` | was last period's number handed in again? |
| ``copied_neighbours`` | ``copied_neighbour`` | was the neighbour's sheet copied? |
| ``uniform_groups`` | ``uniform`` | did a whole township get one number? |
| ``bunching`` | ``bunching`` | were values lifted just over a pass mark? |
| ``own_range`` | – | does a new value fit the unit's own past? |
"""

from kanjian.scoring.quality.bunching import bunching
from kanjian.scoring.quality.copies import copy_forward
from kanjian.scoring.quality.digits import digit_preference, last_digits
from kanjian.scoring.quality.model import QualityError
from kanjian.scoring.quality.neighbours import copied_neighbours
from kanjian.scoring.quality.outliers import outliers, robust_z, seasonal_differences
from kanjian.scoring.quality.ranges import own_range
from kanjian.scoring.quality.uniform import uniform_groups

__all__ = [
    "QualityError",
    "bunching",
    "copied_neighbours",
    "copy_forward",
    "digit_preference",
    "last_digits",
    "outliers",
    "own_range",
    "robust_z",
    "seasonal_differences",
    "uniform_groups",
]
