"""Record what happened at the door 登录留痕: log-ins, wrong passwords, lock-outs, second factors, other log-ins.

No address is recorded: ``network`` is a keyed hash that changes every month, enough to see that two tries came from one
network, not from which.
"""

from typing import Any

from django.db import transaction

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def note_access(what: str, user: User, *, by: User | None, **data: Any) -> None:
    """One event ``orgs.<what>`` about the person's account; the change itself was made by the library before."""
    append_event(f"orgs.{what}", f"user:{user.username}", by=by, data=data)
