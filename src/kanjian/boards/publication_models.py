"""What stands between a draft and its publication 发布把关: sign-offs, proposals for two people, staged sets."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kanjian.measures.models import Batch


class SignOff(models.Model):
    """A person looked at what the draft changes and answers for it 审核意见; without one no window opens."""

    edition = models.ForeignKey("boards.Edition", on_delete=models.PROTECT, related_name="sign_offs")
    note = models.TextField(help_text="what was looked at and found")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.edition}: {self.by}"


class StagedSet(models.Model):
    """Corrections of one board and period that take effect together or not at all 更正集.

    ``base`` is the edition they are made to. Computing leaves the files of a candidate release and a candidate edition,
    named by their hashes, and changes nothing in force; applying puts them in the place of the base.
    """

    class State(models.TextChoices):
        """Open (being collected) → computed → applied; cancelled from either."""

        OPEN = "open", _("收集中")
        COMPUTED = "computed", _("已试算")
        APPLIED = "applied", _("已应用")
        CANCELLED = "cancelled", _("已取消")

    board = models.ForeignKey("boards.Board", on_delete=models.PROTECT, related_name="staged_sets")
    period = models.CharField(max_length=10)
    base = models.ForeignKey("boards.Edition", on_delete=models.PROTECT, related_name="staged_sets")
    scheme = models.ForeignKey(
        "boards.SchemeVersion", null=True, on_delete=models.PROTECT, related_name="+", help_text="empty: the base's own"
    )
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    release_hash = models.CharField(max_length=64, blank=True)
    edition_hash = models.CharField(max_length=64, blank=True, db_index=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="of all that the candidate was computed from")
    computed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    computed_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True, help_text="why it was cancelled")
    edition = models.OneToOneField(
        "boards.Edition", null=True, on_delete=models.PROTECT, related_name="made_by", help_text="what came of it"
    )
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "period"], condition=Q(state__in=("open", "computed")), name="one_open_staged_set"
            )
        ]

    def __str__(self) -> str:
        return f"{self.board} {self.period} · {self.title}"


class StagedItem(models.Model):
    """One correction of a staged set 更正项: an upheld objection, or what somebody found without one."""

    staged = models.ForeignKey(StagedSet, on_delete=models.PROTECT, related_name="items")
    objection = models.ForeignKey("boards.Objection", null=True, on_delete=models.PROTECT, related_name="staged_items")
    changes = models.JSONField(default=dict)
    reason = models.CharField(max_length=500)
    document = models.CharField(max_length=120, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["staged", "objection"], name="an_objection_once_in_a_staged_set"),
        ]

    def __str__(self) -> str:
        return f"{self.staged_id}: {self.reason}"


class Proposal(models.Model):
    """One person proposes a step, another confirms it 双人确认: publishing, withdrawing, applying a staged set."""

    class Verb(models.TextChoices):
        """The step that is proposed."""

        PUBLISH = "publish", _("发布")
        SUPERSEDE = "supersede", _("撤下")
        APPLY = "apply", _("应用更正集")

    class State(models.TextChoices):
        """Open → confirmed, withdrawn by either side, or overtaken by events."""

        OPEN = "open", _("待确认")
        CONFIRMED = "confirmed", _("已确认")
        WITHDRAWN = "withdrawn", _("已撤回")

    verb = models.CharField(max_length=10, choices=Verb)
    edition = models.ForeignKey("boards.Edition", on_delete=models.PROTECT, related_name="proposals")
    staged = models.ForeignKey(StagedSet, null=True, on_delete=models.PROTECT, related_name="proposals")
    reason = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=500, blank=True, help_text="why it was withdrawn")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "verb"], condition=Q(state="open"), name="one_open_proposal_per_step"
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.edition}"
