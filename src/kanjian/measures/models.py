"""Indicators and their values 指标与数值."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kanjian.jobs.models import Job
from kanjian.orgs.models import Unit


class Indicator(models.Model):
    """What is measured, in which unit of measure, by whom 指标."""

    class Source(models.TextChoices):
        """The one system of record."""

        # The same word names a role elsewhere and is another one in English.
        ENTERED = "entered", pgettext_lazy("source of a value", "填报")
        IMPORTED = "imported", _("导入")
        COMPUTED = "computed", _("系统计算")
        REFERENCE = "reference", _("统计引用")

    class Nature(models.TextChoices):
        """What kind of thing it says 指标性质; the last four may never be scored (``redlines.NATURES``)."""

        RESULT = "result", _("实绩结果")
        TIMELINESS = "timeliness", _("时效")
        QUALITY = "quality", _("质量评价")
        SATISFACTION = "satisfaction", _("满意度")
        COVERAGE = "coverage", _("覆盖达标")
        INCIDENT = "incident", _("事故案件")
        AWARD = "award", _("表彰加分")
        BACKGROUND = "background", _("基础底数")
        COUNT = "count", _("业务件数")
        PROCESS = "process", _("过程达标")
        SYSTEM_USE = "system_use", _("系统使用")
        ACTIVITY_TRACE = "activity_trace", _("开会发文留痕")
        ATTENTION = "attention", _("批示报道")
        COMPLAINT_VOLUME = "complaint_volume", _("投诉信访数量")

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    nature = models.CharField(
        max_length=20, choices=Nature, blank=True, help_text="decides what may be scored; empty: not declared"
    )
    description = models.TextField(blank=True)
    unit_of_measure = models.CharField(max_length=40, blank=True)
    higher_is_better = models.BooleanField(default=True)
    decimals = models.PositiveSmallIntegerField(default=2)
    minimum = models.FloatField(null=True, blank=True, help_text="values below are refused")
    maximum = models.FloatField(null=True, blank=True, help_text="values above are refused")
    source = models.CharField(max_length=10, choices=Source, default=Source.IMPORTED)
    department = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="indicators", help_text="who answers for it"
    )
    reporter_kind = models.CharField(
        max_length=12, choices=Unit.Kind, blank=True, help_text="of an entered indicator: which level enters it"
    )
    derived_by = models.CharField(
        max_length=60, blank=True, help_text="of a computed indicator: the registered computation"
    )
    release_note = models.CharField(
        max_length=300, blank=True, help_text="of an official statistic: publication, date, revision"
    )
    semantic_code = models.CharField(max_length=80, blank=True, help_text="same code = same datum, asked once")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Batch(models.Model):
    """One accepted file or one entry by hand: where values came from 批次. The file is kept as it was handed in."""

    source = models.CharField(max_length=200, help_text="file name, form or system")
    sha256 = models.CharField(max_length=64, blank=True)
    file = models.CharField(max_length=120, blank=True, help_text="where the file lies in the storage")
    sheet = models.CharField(max_length=100, blank=True)
    rows = models.PositiveIntegerField(default=0, help_text="data rows of the file")
    new = models.PositiveIntegerField(default=0, help_text="cells written for the first time")
    changed = models.PositiveIntegerField(default=0, help_text="cells that said something else before")
    note = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"{self.source} ({self.rows})"


class Upload(models.Model):
    """A file that waits between preview and acceptance 待确认的导入文件."""

    class State(models.TextChoices):
        """How far it came."""

        STAGED = "staged", _("待确认")
        ACCEPTED = "accepted", _("已导入")
        CANCELLED = "cancelled", _("已取消")

    room = models.CharField(max_length=20, default="measures", help_text="which room takes it in")
    source = models.CharField(max_length=200, help_text="name of the file")
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=120, help_text="where it lies in the storage")
    options = models.JSONField(default=dict, help_text="how to read it")
    preview = models.JSONField(null=True, help_text="what the checks found; empty until they ran")
    state = models.CharField(max_length=10, choices=State, default=State.STAGED)
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+", help_text="works on it now")
    batch = models.OneToOneField(Batch, null=True, on_delete=models.PROTECT, related_name="upload")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.source} ({self.state})"


def says_one_thing(name: str) -> models.CheckConstraint:
    """A number exactly when the status is *present*: missing and not applicable are never a number."""
    number = Q(status="present", value__isnull=False)
    return models.CheckConstraint(condition=number | (~Q(status="present") & Q(value__isnull=True)), name=name)


class Value(models.Model):
    """One unit's value of one indicator in one period 数值; the working copy, frozen by a release.

    On PostgreSQL its three references are checked once a statement, not once a row (docs/adr/0007).
    """

    class Status(models.TextChoices):
        """What the cell says."""

        PRESENT = "present", _("有值")
        MISSING = "missing", _("未采集")
        NOT_APPLICABLE = "not_applicable", _("不适用")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="values", db_index=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="values", db_index=False)
    period = models.CharField(max_length=10, help_text="2026, 2026-H1, 2026-Q1 or 2026-03")
    value = models.FloatField(null=True)
    status = models.CharField(max_length=14, choices=Status, default=Status.PRESENT)
    note = models.CharField(max_length=300, blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="values", db_index=False)
    row = models.PositiveIntegerField(null=True, help_text="line in the batch's file, first data line = 2")

    class Meta:
        constraints = [
            # Unit first: one unit's report is the commonest read (1.6 ms against 1.7 s with period first).
            models.UniqueConstraint(fields=["unit", "indicator", "period"], name="one_value_per_cell"),
            says_one_thing("value_says_one_thing"),
        ]
        indexes = [models.Index(fields=["period", "indicator"]), models.Index(fields=["batch", "row"])]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.indicator_id}/{self.period}: {self.value}"


class Revision(models.Model):
    """What a cell said before it was replaced 修订: nothing is overwritten without a trace."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+", db_index=False)
    period = models.CharField(max_length=10)
    value = models.FloatField(null=True)
    status = models.CharField(max_length=14, choices=Value.Status)
    note = models.CharField(max_length=300, blank=True)
    row = models.PositiveIntegerField(null=True, help_text="line in the old value's batch")
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="+", help_text="where the old value came from"
    )
    replaced_by = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="replacements")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "indicator", "period"])]
        constraints = [says_one_thing("revision_says_one_thing")]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.indicator_id}/{self.period}: {self.value} (replaced)"


class Rule(models.Model):
    """A relation that values of one unit must keep 勾稽关系: left operator right, as people check tables by hand."""

    class Operator(models.TextChoices):
        """How left and right must stand to each other; the same words as ``validation.judging.Operator``."""

        EQUAL = "equal", _("等于")
        NOT_EQUAL = "not_equal", _("不等于")
        GREATER = "greater", _("大于")
        GREATER_EQUAL = "greater_equal", _("不小于")
        LESS = "less", _("小于")
        LESS_EQUAL = "less_equal", _("不大于")
        BOTH_OR_NEITHER = "both_or_neither", _("须同时有值")
        NOT_BOTH = "not_both", _("不能同时有值")

    class Importance(models.TextChoices):
        """What a broken rule means at entry."""

        HIGH = "high", _("高：不改不能提交")
        MEDIUM = "medium", _("中：须写说明")
        LOW = "low", _("低：仅提示")

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    left = models.CharField(max_length=400)
    operator = models.CharField(max_length=16, choices=Operator)
    right = models.CharField(max_length=400)
    importance = models.CharField(max_length=8, choices=Importance, default=Importance.MEDIUM)
    instruction = models.CharField(max_length=300, help_text="what to do when it is broken")
    instruction_en = models.CharField(max_length=400, blank=True)
    unit_kind = models.CharField(max_length=12, choices=Unit.Kind, blank=True, help_text="empty: units of every kind")
    retired_at = models.DateTimeField(null=True, help_text="since when it is no longer checked")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class RedLineException(models.Model):
    """Leave to cross one red line 红线例外: asked for by one person, granted by another, printed where it applies.

    ``subject`` is ``kind:identifier`` of a room above (``scheme:villages/2026.1``, ``collection:farm-income``).
    """

    class State(models.TextChoices):
        """Asked → granted or refused; a granted one can be revoked, and ends by itself."""

        ASKED = "asked", _("待审批")
        GRANTED = "granted", _("已批准")
        REFUSED = "refused", _("未批准")
        REVOKED = "revoked", _("已撤销")

    code = models.CharField(max_length=4, help_text="of the red line, such as R06")
    subject = models.CharField(max_length=120, db_index=True)
    item = models.CharField(max_length=60, blank=True, help_text="indicator, veto or field; empty: all of the subject")
    document = models.CharField(max_length=120, help_text="number of the document that allows it")
    signer = models.CharField(max_length=80, help_text="who signed the document")
    reason = models.CharField(max_length=300)
    expires_on = models.DateField(help_text="last day on which it counts")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "subject", "item"], condition=Q(state="asked"), name="one_open_exception"
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")),
                name="exception_needs_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject} ({self.document})"

    @property
    def is_valid(self) -> bool:
        """Granted and not over."""
        return self.state == self.State.GRANTED and timezone.localdate() <= self.expires_on


class QualityRun(models.Model):
    """One run of the quality checks over the units of a root in a period 质量检查."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text="whose units were compared")
    period = models.CharField(max_length=10)
    cells = models.PositiveIntegerField(default=0, help_text="values looked at")
    found = models.PositiveIntegerField(default=0, help_text="flags found, new or standing")
    new = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0, help_text="flags whose cause was gone")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.root} {self.period} ({self.found})"


class Flag(models.Model):
    """A question about values 质疑: what a check found strange. It changes no value and no score; a person looks."""

    class Kind(models.TextChoices):
        """Which check asks."""

        RULE = "rule", _("违反勾稽关系")
        OUTLIER = "outlier", _("异常变动")
        UNIFORM = "uniform", _("整片同值")
        COPIED_NEIGHBOUR = "copied_neighbour", _("邻村雷同")
        COPY_FORWARD = "copy_forward", _("沿用上期")
        DIGIT_PREFERENCE = "digit_preference", _("尾数偏好")
        BUNCHING = "bunching", _("踩线聚集")

    class State(models.TextChoices):
        """Open until a reviewer answers or the cause is gone."""

        OPEN = "open", _("待核实")
        ERROR = "error", _("确认有误")
        EXPLAINED = "explained", _("已说明")
        ACCEPTED = "accepted", _("接受")
        CLOSED = "closed", _("系统关闭")

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text="of the run that found it")
    key = models.CharField(max_length=200, help_text="what is strange; the same in every run that finds it")
    kind = models.CharField(max_length=16, choices=Kind)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="flags", help_text="or the group of units")
    other = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", help_text="of a pair")
    indicator = models.ForeignKey(Indicator, null=True, on_delete=models.PROTECT, related_name="flags")
    rule = models.ForeignKey(Rule, null=True, on_delete=models.PROTECT, related_name="flags")
    period = models.CharField(max_length=10)
    strength = models.FloatField(help_text="|z| of an outlier, −log10 of chance of the others, weight of a rule")
    numbers = models.JSONField(default=dict, help_text="what the check computed it from")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    first_run = models.ForeignKey(QualityRun, on_delete=models.PROTECT, related_name="+")
    last_run = models.ForeignKey(QualityRun, on_delete=models.PROTECT, related_name="flags")
    verdict = models.CharField(max_length=10, choices=State, blank=True, help_text="of the reviewer, kept when closed")
    reason = models.CharField(max_length=300, blank=True, help_text="of the reviewer")
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-strength", "id"]
        constraints = [models.UniqueConstraint(fields=["root", "key"], name="one_flag_per_question")]
        indexes = [models.Index(fields=["state", "period", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.unit_id} {self.period} ({self.state})"
