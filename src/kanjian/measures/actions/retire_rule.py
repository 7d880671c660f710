"""Take a rule out of force 停用勾稽关系; what it found stays on record."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.measures.models import Rule
from kanjian.measures.policies import require_define_rules
from kanjian.orgs.models import User


@transaction.atomic
def retire_rule(rule: Rule, *, reason: str, by: User | None) -> Rule:
    """No longer checked at entry nor at night; its open flags are closed by the next run.

    Raises ``ValidationError`` (no reason, retired already), ``PermissionDenied``.
    """
    require_define_rules(by)
    rule = Rule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if rule.retired_at is not None:
        raise ValidationError(_("这条勾稽关系已停用"))
    if not reason.strip():
        raise ValidationError(_("请写明理由"))
    rule.retired_at = timezone.now()
    rule.save(update_fields=["retired_at"])
    append_event("measures.retire_rule", f"rule:{rule.code}", by=by, data={"reason": reason.strip()[:300]})
    return rule
