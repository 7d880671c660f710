"""What the questionnaire says about a comparison."""

import math
from collections.abc import Mapping

from django import template
from django.utils.translation import gettext as _

from kanjian.experts.results import Standing

register = template.Library()


@register.filter
def same(answer: float | None, ratio: float) -> bool:
    """Whether the answer is this step of the scale."""
    return answer is not None and math.isclose(answer, ratio)


@register.filter
def plain(number: float) -> str:
    """A number as an input field wants it: a point, no grouping."""
    return f"{number:g}"


@register.simple_tag
def comparison(ratio: float, left: str, right: str) -> str:
    """One step of the scale in words."""
    if math.isclose(ratio, 1):
        return _("同样重要")
    if ratio > 1:
        return _("%(name)s 重要 %(times)s 倍") % {"name": left, "times": f"{ratio:g}"}
    return _("%(name)s 重要 %(times)s 倍") % {"name": right, "times": f"{1 / ratio:g}"}


@register.simple_tag
def worst_pair(standing: Standing, labels: Mapping[str, str]) -> str:
    """The judgement that fits the others least, and what they imply."""
    if standing.worst is None:
        return ""
    left, right, judged, implied = standing.worst
    words = {"left": labels[left], "right": labels[right], "judged": _times(judged), "implied": _times(implied)}
    return _("最不合的一对：%(left)s 与 %(right)s，您判断为 %(judged)s，其他判断合起来是 %(implied)s。") % words


def _times(ratio: float) -> str:
    return f"{ratio:.2g}" if ratio >= 1 else f"1/{1 / ratio:.2g}"
