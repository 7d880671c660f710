"""Who answers for an indicator 责任部门, in the reader's language: schemes name departments in Chinese."""

from django.utils.translation import get_language

from kanjian.orgs.models import Unit
from kanjian.scoring import Scheme


def answering(scheme: Scheme) -> dict[str, str]:
    """English names of the departments that the scheme names, by their Chinese names; empty for Chinese readers."""
    if not (get_language() or "").startswith("en"):
        return {}
    named = {leaf.source for leaf in scheme.leaves() if leaf.source}
    found = Unit.objects.filter(kind=Unit.Kind.DEPARTMENT, name__in=named).exclude(name_en="")
    return dict(found.values_list("name", "name_en"))
