"""Panels, experts and their answers 专家组、专家、答卷."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kanjian.boards.models import Board, SchemeVersion


class Panel(models.Model):
    """A group of experts who weigh the parts of one node of a board's method 专家组."""

    class Method(models.TextChoices):
        """How they are asked."""

        AHP = "ahp", _("两两比较（层次分析法）")
        BUDGET = "budget", _("分配 100 分（预算分配法）")

    class State(models.TextChoices):
        """Draft → open (answers are taken) → closed → proposed (a version of the method came of it)."""

        DRAFT = "draft", _("草稿")
        OPEN = "open", _("征询中")
        CLOSED = "closed", _("已截止")
        PROPOSED = "proposed", _("已形成建议")

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="panels")
    version = models.ForeignKey(
        SchemeVersion, on_delete=models.PROTECT, related_name="panels", help_text="the method as the experts see it"
    )
    node = models.CharField(max_length=60, help_text="whose children are weighed")
    method = models.CharField(max_length=8, choices=Method)
    title = models.CharField(max_length=120)
    purpose = models.TextField(blank=True, help_text="what the experts are told")
    closes_on = models.DateField(help_text="last day on which answers are taken")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    # The numbers of the group when the panel was closed: what was proposed can be looked up even if the code changes.
    result = models.JSONField(default=dict, blank=True)
    proposed = models.ForeignKey(
        SchemeVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the version that came of it",
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="proposed", proposed__isnull=False) | ~Q(state="proposed") & Q(proposed__isnull=True),
                name="proposed_panel_has_version",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Expert(models.Model):
    """A person on a panel, and the answer as it stands 专家与答卷. Nobody but the person sees the single judgements."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="experts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="expert_seats")
    influence = models.FloatField(default=1.0, help_text="weight of this expert in the group")
    answers = models.JSONField(default=dict, help_text='AHP: {"A|B": 3}; budget: {"A": 30}')
    note = models.CharField(max_length=300, blank=True)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "user"], name="one_seat_per_expert"),
            models.CheckConstraint(condition=Q(influence__gt=0), name="expert_influence_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.panel_id}: {self.user_id}"
