"""Data quality 数据质量: what a careful reader should look at. A finding is a question, never a verdict."""

from kanjian.scoring.quality.model import QualityError
from kanjian.scoring.quality.ranges import own_range

__all__ = ["QualityError", "own_range"]
