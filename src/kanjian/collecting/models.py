"""Collections, windows, sheets, entries 采集项目、填报窗口、填报单、填报值.

A collection says who reports which indicators how often; a window is one period of it; a sheet is what one reporting
unit hands in, checked level by level. Accepted sheets become values of ``measures`` with the sheet as their source.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kanjian.calendars.periods import Period
from kanjian.measures.models import Batch, Indicator, Upload, Value
from kanjian.orgs.models import Unit


class Collection(models.Model):
    """Who reports what how often, on which legal ground 采集项目."""

    class Frequency(models.TextChoices):
        """How often it asks."""

        MONTH = "month", _("每月")
        QUARTER = "quarter", _("每季度")
        HALF = "half", _("每半年")
        YEAR = "year", _("每年")

    class State(models.TextChoices):
        """Draft → active → ended; only an active one may open windows."""

        DRAFT = "draft", _("草稿")
        ACTIVE = "active", _("执行中")
        ENDED = "ended", _("已结束")

    class Level(models.TextChoices):
        """Levels of approval, in this order; a chain is a part of it 审核层级."""

        TOWNSHIP = "township", _("乡镇街道")
        COUNTY = "county", _("区县")
        DEPARTMENT = "department", _("主管部门")
        OFFICE = "office", _("考评办")

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    description = models.TextField(blank=True, help_text="what the values are used for")
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text="whose units it covers")
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="collections", help_text="the department")
    subject_kind = models.CharField(max_length=12, choices=Unit.Kind, help_text="what kind of unit the values describe")
    reporter_kind = models.CharField(
        max_length=12, choices=Unit.Kind, help_text="which level fills it in; department: the owner, for all units"
    )
    frequency = models.CharField(max_length=8, choices=Frequency, default=Frequency.QUARTER)
    chain = models.JSONField(default=list, help_text="levels that approve, in order, ending with the office")
    # The ground on which it may ask at all; without these no window opens (burden meter 减负).
    document = models.CharField(max_length=120, blank=True, help_text="approval document number")
    plan_year = models.PositiveSmallIntegerField(null=True, blank=True, help_text="annual plan it stands in")
    ends_on = models.DateField(null=True, blank=True, help_text="last day on which a window may be open")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    synthetic = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Field(models.Model):
    """One indicator that a collection asks for 填报项."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="fields")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="fields")
    order = models.PositiveSmallIntegerField(default=0)
    is_required = models.BooleanField(default=True)
    needs_evidence = models.BooleanField(default=False, help_text="a file or note must stand beside the value")
    minutes = models.FloatField(default=2.0, help_text="to find and enter it once, measured or estimated")

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["collection", "indicator"], name="one_field_per_indicator")]

    def __str__(self) -> str:
        return f"{self.collection_id}: {self.indicator_id}"


class Window(models.Model):
    """One period of a collection 填报窗口: opens, is due (on-time until then), closes."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="windows")
    period = models.CharField(max_length=10)
    opens_on = models.DateField()
    due_on = models.DateField(help_text="handed in until this day counts as on time")
    closes_on = models.DateField(help_text="last day on which it takes anything without an extension")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-period", "collection"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "period"], name="one_window_per_period"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on")) & Q(due_on__lte=F("closes_on")), name="window_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection} {self.period}"

    @property
    def label(self) -> str:
        """The period in the reader's language."""
        return Period.parse(self.period).label(get_language() or "zh")


class Sheet(models.Model):
    """What one reporting unit hands in for one window 填报单. ``level`` is where it lies for approval."""

    class State(models.TextChoices):
        """Open (being filled in) → submitted (at a level) → accepted; a returned one is open again with a reason."""

        OPEN = "open", _("填报中")
        SUBMITTED = "submitted", _("审核中")
        RETURNED = "returned", _("已退回")
        ACCEPTED = "accepted", _("已采纳")

    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="sheets")
    reporter = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="sheets", help_text="who fills it in")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    level = models.CharField(max_length=12, choices=Collection.Level, blank=True, help_text="where it lies now")
    arrived_at = models.DateTimeField(null=True, help_text="when it came to this level")
    first_submitted_at = models.DateTimeField(null=True)
    on_time = models.BooleanField(null=True, help_text="set at the first submission and kept for ever")
    version = models.PositiveIntegerField(default=0, help_text="grows with every change: two people cannot overwrite")
    batch = models.ForeignKey(
        Batch, null=True, on_delete=models.PROTECT, related_name="sheets", help_text="of its last acceptance"
    )
    correct_until = models.DateField(null=True, help_text="reopened after acceptance: last day for the correction")

    class Meta:
        ordering = ["window", "reporter__code"]
        indexes = [models.Index(fields=["state", "level"])]
        constraints = [
            models.UniqueConstraint(fields=["window", "reporter"], name="one_sheet_per_reporter"),
            models.CheckConstraint(
                condition=Q(state="submitted") & ~Q(level="") | ~Q(state="submitted") & Q(level=""),
                name="submitted_sheet_has_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.window}: {self.reporter}"


class Said(models.Model):
    """What one cell of a sheet says or said: a number or why there is none, what proves it, and who entered it."""

    class Origin(models.TextChoices):
        """How it came in."""

        WEB = "web", _("网页填写")
        EXCEL = "excel", _("表格上传")
        API = "api", _("接口")
        PREFILLED = "prefilled", _("系统预填")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text="whom the value describes")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    value = models.FloatField(null=True)
    status = models.CharField(max_length=14, choices=Value.Status, default=Value.Status.PRESENT)
    note = models.CharField(max_length=300, blank=True)
    evidence = models.CharField(max_length=120, blank=True, help_text="where the file lies in the storage")
    evidence_name = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.WEB)
    upload = models.ForeignKey(Upload, null=True, on_delete=models.PROTECT, related_name="+")
    row = models.PositiveIntegerField(null=True, help_text="line in the uploaded file")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0, help_text="version of the sheet that wrote this cell last")

    class Meta:
        abstract = True

    @property
    def is_blank(self) -> bool:
        """Cleared or never said: no number, no reason for there being none, nothing to prove it."""
        return self.status == Value.Status.MISSING and not self.note and not self.evidence


class Entry(Said):
    """One cell of a sheet as typed or uploaded 填报值; not a value of the platform until the sheet is accepted."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        ordering = ["unit__code", "indicator__order"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "unit", "indicator"], name="one_entry_per_cell"),
            models.CheckConstraint(
                condition=Q(status="present", value__isnull=False) | (~Q(status="present") & Q(value__isnull=True)),
                name="entry_says_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.indicator_id}: {self.value}"


class PastEntry(Said):
    """What a cell of a sheet said before it was typed over 填报留痕: appended, never changed; also who typed it."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="past_entries")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["sheet", "entered_by"])]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.indicator_id}: {self.value} (replaced)"


class Step(models.Model):
    """One step of a sheet through its levels 流转记录: appended, never changed; tells the time spent at each level."""

    class Verb(models.TextChoices):
        """What was done."""

        SUBMIT = "submit", _("提交")
        APPROVE = "approve", _("通过")
        RETURN = "return", _("退回")
        WITHDRAW = "withdraw", _("撤回")
        ACCEPT = "accept", _("采纳")
        REOPEN = "reopen", _("退回更正")

    class Reason(models.TextChoices):
        """Why a sheet is returned or reopened."""

        INCOMPLETE = "incomplete", _("缺项漏项")
        IMPLAUSIBLE = "implausible", _("数值异常")
        NO_EVIDENCE = "no_evidence", _("缺少佐证")
        WRONG_SCOPE = "wrong_scope", _("口径不符")
        INCONSISTENT = "inconsistent", _("前后矛盾")
        OTHER = "other", _("其他")

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=10, choices=Verb)
    level = models.CharField(
        max_length=12, choices=Collection.Level, blank=True, help_text="at which level; empty: reporter"
    )
    reason = models.CharField(max_length=14, choices=Reason, blank=True)
    comment = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, help_text="when the sheet had come to that level")
    version = models.PositiveIntegerField(default=0, help_text="of the sheet, before the step")
    batch = models.ForeignKey(
        Batch, null=True, on_delete=models.PROTECT, related_name="acceptances", help_text="what an acceptance wrote"
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.verb}"


class Extension(models.Model):
    """Leave to hand in after the window closed 例外: asked for with a reason, granted by another, on a public list."""

    class State(models.TextChoices):
        """Asked → granted or refused."""

        ASKED = "asked", _("待审批")
        GRANTED = "granted", _("已批准")
        REFUSED = "refused", _("未批准")

    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="extensions")
    reporter = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="extensions")
    reason = models.CharField(max_length=300)
    until = models.DateField(help_text="last day of the extension")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["window", "reporter"], condition=Q(state="asked"), name="one_open_extension"
            )
        ]

    def __str__(self) -> str:
        return f"{self.window} {self.reporter} → {self.until}"


class Ceiling(models.Model):
    """How many hours of form filling a year a unit of a kind may be asked for 减负上限."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit_kind = models.CharField(max_length=12, choices=Unit.Kind)
    year = models.PositiveSmallIntegerField()
    hours = models.FloatField()
    document = models.CharField(max_length=120)

    class Meta:
        ordering = ["-year", "unit_kind"]
        constraints = [
            models.UniqueConstraint(fields=["root", "unit_kind", "year"], name="one_ceiling_per_kind_and_year")
        ]

    def __str__(self) -> str:
        return f"{self.unit_kind} {self.year}: {self.hours} h"
