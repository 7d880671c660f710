"""Answers that were given, so that a machine may safely ask again 幂等."""

from django.conf import settings
from django.db import models


class Answer(models.Model):
    """What a request with an ``Idempotency-Key`` was answered; the same request gets the same answer."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64, help_text="SHA-256 of method, address and body")
    claim = models.CharField(max_length=32, help_text="who does the work: the request that wrote this")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True, help_text="as it was sent, byte for byte")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return f"{self.user_id}/{self.key}: {self.status}"
