"""Change the own password 修改密码."""

from django.db import transaction

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def change_password(user: User, password: str) -> None:
    """The person chose a new password (validated by the form); a one-time password has served its time."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    append_event("orgs.change_password", f"user:{user.username}", by=user)
