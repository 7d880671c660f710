"""Background work 后台任务."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One piece of work with its progress; the work itself runs in a task."""

    class State(models.TextChoices):
        """Where the work stands."""

        QUEUED = "queued", _("排队")
        RUNNING = "running", _("进行中")
        DONE = "done", _("完成")
        FAILED = "failed", _("失败")

    name = models.CharField(max_length=100, help_text="what is being done, in words")
    function = models.CharField(max_length=200, help_text="package.module.function that does it")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED, db_index=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0, help_text="0: unknown")
    message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    parameters = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True, help_text="last sign of life")
    finished_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True, help_text="when somebody took note of the failure")

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"

    @property
    def is_over(self) -> bool:
        """Nothing more will happen."""
        return self.state in {self.State.DONE, self.State.FAILED}
