"""Define many rules from a file 导入勾稽关系: all of them or none."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from kanjian.measures.actions.define_rule import define_rule
from kanjian.measures.intake import Findings, IntakeError, Problem, Source
from kanjian.measures.models import Rule
from kanjian.measures.policies import require_define_rules
from kanjian.measures.rule_files import RuleRow, read_rules
from kanjian.orgs.models import User


@dataclass(frozen=True, slots=True)
class ImportedRules:
    """Codes by what became of them."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


@transaction.atomic
def import_rules(source: Source, *, by: User | None, only_missing: bool = False) -> ImportedRules:
    """Create rules, and change those that say something else unless ``only_missing``.

    Raises ``IntakeError`` with every problem by row and column (then nothing is written), ``PermissionDenied``.
    """
    require_define_rules(by)
    rows = read_rules(source)
    known = Rule.objects.in_bulk([row.code for row in rows], field_name="code")
    fates: dict[str, list[str]] = {"created": [], "changed": [], "unchanged": []}
    problems: list[Problem] = []
    for row in rows:
        before = known.get(row.code)
        if before is not None and (only_missing or not _differs(before, row)):
            fates["unchanged"].append(row.code)
            continue
        try:
            define_rule(row.code, by=by, **row.columns())
        except ValidationError as error:
            problems += _problems(row, error)
        fates["created" if before is None else "changed"].append(row.code)
    if problems:
        raise IntakeError(Findings.of(problems))
    return ImportedRules(*(tuple(fates[fate]) for fate in ("created", "changed", "unchanged")))


def _differs(rule: Rule, row: RuleRow) -> bool:
    return rule.retired_at is not None or any(getattr(rule, name) != value for name, value in row.columns().items())


def _problems(row: RuleRow, error: ValidationError) -> list[Problem]:
    return [Problem("bad_rule", row.row, column, value=" ".join(texts)) for column, texts in error.message_dict.items()]
