"""The ledger's tables 台账."""

import json
from typing import Any, NoReturn

from django.db import models

GENESIS = "0" * 64  # what the first event names as its predecessor


class EventQuerySet(models.QuerySet["Event"]):
    """Events can be read and, by ``append_event`` alone, added."""

    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse every change."""
        raise TypeError("events of the ledger cannot be changed")

    def delete(self) -> NoReturn:
        """Refuse removal."""
        raise TypeError("events of the ledger cannot be removed")


class Event(models.Model):
    """One thing that happened 事件. Rows are added, never changed or removed; each carries its predecessor's hash."""

    sequence = models.PositiveBigIntegerField(primary_key=True, help_text="1, 2, 3 … without a gap")
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=150, help_text="user name, or 'system'")
    verb = models.CharField(max_length=80, db_index=True, help_text="room.verb, e.g. boards.publish")
    subject = models.CharField(max_length=200, db_index=True, help_text="kind:identifier, e.g. edition:42")
    # Text, not JSON: databases rewrite numbers and key order in JSON columns, and the hash is over what was written.
    body = models.TextField(default="{}", help_text="canonical JSON")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse every change of a stored row."""
        if not self._state.adding:
            raise TypeError("an event of the ledger cannot be changed")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse removal."""
        raise TypeError("an event of the ledger cannot be removed")

    @property
    def data(self) -> dict[str, Any]:
        """What happened, as written by the action."""
        content: dict[str, Any] = json.loads(self.body)
        return content


class Head(models.Model):
    """The chain's end 链头, in one row: whoever appends locks it, and a cut-off tail no longer matches it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_head")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"
