"""Objections and what happens to them 异议、处理记录、佐证材料."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kanjian.orgs.models import Unit


class Objection(models.Model):
    """What a unit holds against an edition 异议: what is wrong, what would be right, who looks at it, what came of it.

    ``changes`` is what the edition's values or tracks would be if it were upheld (see ``boards.changes``), ``decided``
    what was upheld of it. The table of its states is ``boards.objection_states``.
    """

    class Kind(models.TextChoices):
        """What it is held against."""

        VALUE = "value", _("数值有误")
        VETO = "veto", _("一票否决不当")
        EXCLUSION = "exclusion", _("不应排除在排名之外")
        TRACK = "track", _("赛道归类有误")
        METHOD = "method", _("方法不当")

    class State(models.TextChoices):
        """How far it came; see ``objection_states.MOVES``."""

        FILED = "filed", _("已提出")
        ACCEPTED = "accepted", _("已受理")
        INADMISSIBLE = "inadmissible", _("不予受理")
        ASKED = "asked", _("待补充材料")
        REVIEWED = "reviewed", _("已复核")
        UPHELD = "upheld", _("成立")
        PARTLY = "partly", _("部分成立")
        REJECTED = "rejected", _("不成立")
        APPLIED = "applied", _("已更正")
        CLOSED = "closed", _("已办结")

    class Reason(models.TextChoices):
        """Why it was decided as it was; public, so that like cases can be compared."""

        VALUE_WRONG = "value_wrong", _("数值确有错误")
        LATE_DATA = "late_data", _("数据当时未到，现已核实")
        VETO_UNFOUNDED = "veto_unfounded", _("一票否决事项不成立")
        EXEMPT = "exempt", _("指标对该单位不适用")
        TRACK_WRONG = "track_wrong", _("赛道归类确有错误")
        METHOD_FLAW = "method_flaw", _("方法确有缺陷")
        VALUE_RIGHT = "value_right", _("数值与原始记录一致")
        NO_PROOF = "no_proof", _("佐证不足")
        RULE_RIGHT = "rule_right", _("规则执行无误")
        METHOD_RIGHT = "method_right", _("方法已公布且适用正确")
        NOT_CONCERNED = "not_concerned", _("与本单位无关")
        DUPLICATE = "duplicate", _("重复提出")
        NO_GROUNDS = "no_grounds", _("没有写明理由")

    edition = models.ForeignKey("boards.Edition", on_delete=models.PROTECT, related_name="objections")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="objections")
    kind = models.CharField(max_length=10, choices=Kind)
    node = models.CharField(max_length=60, blank=True, help_text="the indicator or veto of the scheme it is about")
    grounds = models.TextField(help_text="why; read by those who handle it, not by the public")
    changes = models.JSONField(default=dict, help_text="what would hold if it were upheld")
    state = models.CharField(max_length=12, choices=State, default=State.FILED, db_index=True)
    round = models.PositiveSmallIntegerField(default=1, help_text="2: the second review, by another person")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="objections_to_review"
    )
    finding = models.TextField(blank=True, help_text="what the reviewer found")
    reason = models.CharField(max_length=14, choices=Reason, blank=True)
    answer = models.TextField(blank=True, help_text="the answer with its reasons; public")
    decided = models.JSONField(null=True, help_text="what of it was upheld")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    asked_on = models.DateField(null=True, help_text="information was asked for; the clock stands still until then")
    due_on = models.DateField(help_text="last day for the decision")
    due_provisional = models.CharField(max_length=40, blank=True, help_text="years whose holidays were not known")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_late = models.BooleanField(null=True, help_text="whether any decision came after its day; kept for ever")
    appeal_until = models.DateField(null=True, help_text="last day on which a second review may be asked for")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-filed_at", "-id"]
        indexes = [models.Index(fields=["edition", "unit"])]
        constraints = [
            models.CheckConstraint(condition=Q(round__in=(1, 2)), name="objection_has_at_most_two_rounds"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.unit} {self.edition}"


class ObjectionStep(models.Model):
    """One step of an objection 处理记录: appended, never changed."""

    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=Objection.State, help_text="the state it led to")
    round = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(max_length=14, choices=Objection.Reason, blank=True)
    comment = models.TextField(blank=True)
    is_late = models.BooleanField(null=True, help_text="of a decision: whether it came after its day")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.objection_id}: {self.verb}"


class ObjectionFile(models.Model):
    """A file handed in with an objection 佐证材料; kept under the hash of its content."""

    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    place = models.CharField(max_length=120, help_text="where it lies in the storage")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
