"""Register many indicators at once 批量登记指标: all of them or none."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from kanjian.measures.actions.define_indicator import define_indicator
from kanjian.measures.definitions import Definition
from kanjian.measures.models import Indicator
from kanjian.measures.policies import require_define_indicators
from kanjian.orgs.models import Unit, User

# What a definition may leave to what is registered.
SAID = ("reporter_kind", "derived_by", "release_note", "semantic_code", "nature")


@dataclass(frozen=True, slots=True)
class Registered:
    """Codes by what became of them."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


@transaction.atomic
def register_indicators(
    definitions: Iterable[Definition], *, by: User | None, only_missing: bool = False
) -> Registered:
    """Create indicators, and change those that are defined otherwise unless ``only_missing``.

    The department is found by its code, its name, or the one department whose name ends so (“组织部”); otherwise the
    words stay in the description. Raises ``ValidationError`` that names the indicator, ``PermissionDenied``.
    """
    require_define_indicators(by)
    departments = list(Unit.objects.filter(kind=Unit.Kind.DEPARTMENT, valid_to=None))
    known = Indicator.objects.in_bulk(field_name="code")
    found: dict[str, list[str]] = {"created": [], "changed": [], "unchanged": []}
    for place, definition in enumerate(definitions):
        code = definition.code
        if code in known and only_missing:
            found["unchanged"].append(code)
            continue
        columns = _columns(definition, departments)
        if code not in known:
            columns["order"] = len(known) + place
        before = known.get(code)
        _define(code, columns, by=by)
        fate = "created" if before is None else "changed" if _differs(before, columns) else "unchanged"
        found[fate].append(code)
    return Registered(*(tuple(found[fate]) for fate in ("created", "changed", "unchanged")))


def _define(code: str, columns: dict[str, Any], *, by: User | None) -> None:
    try:
        define_indicator(code, by=by, **columns)
    except ValidationError as error:
        raise ValidationError([f"{code}: {text}" for text in error.messages]) from error


def _differs(before: Indicator, columns: dict[str, Any]) -> bool:
    return any(getattr(before, name) != value for name, value in columns.items())


def _columns(definition: Definition, departments: list[Unit]) -> dict[str, Any]:
    department = _department(definition.source, departments)
    description = definition.description
    if definition.source and department is None:
        description = "；".join(part for part in (description, f"数据来源：{definition.source}") if part)
    said = {name: getattr(definition, name) for name in SAID if getattr(definition, name)}
    if definition.system:
        said["source"] = definition.system
    return {
        **said,
        "name": definition.name,
        "name_en": definition.name_en,
        "description": description,
        "unit_of_measure": definition.unit,
        "higher_is_better": definition.higher_is_better,
        "decimals": definition.decimals,
        "minimum": definition.minimum,
        "maximum": definition.maximum,
        "department": department,
    }


def _department(words: str, departments: list[Unit]) -> Unit | None:
    if not words:
        return None
    exact = [unit for unit in departments if words in {unit.code, unit.name}]
    ending = [unit for unit in departments if unit.name.endswith(words)]
    return next((found[0] for found in (exact, ending) if len(found) == 1), None)
