"""Append one event to the ledger 记台账."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.utils import timezone

from kanjian.ledger.chain import canonical_json, hash_of
from kanjian.ledger.models import Event, Head

SYSTEM = "system"
LENGTHS = {"actor": 150, "verb": 80, "subject": 200}


def append_event(
    verb: str, subject: str, *, by: AbstractBaseUser | None, data: Mapping[str, Any] | None = None
) -> Event:
    """Write what happened, in the caller's transaction, so that the change and its event stand or fall together.

    `verb` is ``room.verb`` (``boards.publish``), `subject` is ``kind:identifier`` (``edition:42``), `by` is the person
    or None for the system itself; `data` is anything JSON can say (dates and decimals become text).

    The head row is locked until the caller's transaction ends, so events are numbered without gaps and the chain cannot
    fork: on PostgreSQL by ``SELECT … FOR UPDATE``, on SQLite because transactions begin IMMEDIATE. Call it as
    the last step of an action, to hold that lock briefly.

    Raises ``RuntimeError`` outside a transaction or when the head row was removed, ``ValueError`` for texts too long.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("append_event must be called inside transaction.atomic()")
    actor = by.get_username() if by is not None else SYSTEM
    _check_lengths(actor=actor, verb=verb, subject=subject)
    body = canonical_json(data or {})
    head = _lock_head()
    event = Event(
        sequence=head.sequence + 1,
        at=timezone.now(),
        actor=actor,
        verb=verb,
        subject=subject,
        body=body,
        previous_hash=head.hash,
    )
    event.hash = hash_of(event)
    event.save(force_insert=True)
    head.sequence, head.hash = event.sequence, event.hash
    head.save(update_fields=["sequence", "hash"])
    return event


def _lock_head() -> Head:
    head, created = Head.objects.select_for_update().get_or_create(pk=1)
    if created and Event.objects.exists():
        raise RuntimeError("the ledger's head row is missing although events exist: restore it from a backup")
    return head


def _check_lengths(**texts: str) -> None:
    for name, text in texts.items():
        if not text or len(text) > LENGTHS[name]:
            raise ValueError(f"{name} must have 1 to {LENGTHS[name]} characters: {text!r}")
