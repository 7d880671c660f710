"""People, units, tracks, posts 人、单位、赛道、岗位.

Every interval of days is half open: from a day until, not including, another; an empty end is open.
"""

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def valid_on(day: date, prefix: str = "") -> Q:
    """Rows whose interval ``valid_from ≤ day < valid_to`` holds the day; an empty end is open."""
    started = Q(**{f"{prefix}valid_from__isnull": True}) | Q(**{f"{prefix}valid_from__lte": day})
    not_over = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": day})
    return started & not_over


def ordered_interval(name: str) -> models.CheckConstraint:
    """The end lies after the start."""
    return models.CheckConstraint(
        condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name=name
    )


class User(AbstractUser):
    """A person with an account 用户."""

    display_name = models.CharField(_("姓名"), max_length=80, blank=True)
    must_change_password = models.BooleanField(default=False, help_text="signed in with a one-time password")

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def is_administrator(self) -> bool:
        """Whether the person holds an administrator's post today, anywhere; for rooms below this one."""
        from kanjian.orgs import policies

        return policies.has_role(self, Post.Role.ADMINISTRATOR)


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units, with the one filter that everybody needs."""

    def on(self, day: date) -> "UnitQuerySet":
        """Units that existed on the day."""
        return self.filter(valid_on(day))


class Unit(models.Model):
    """A unit that can be measured, responsible or hold people 单位; valid from a day until, not including, another.

    ``parent`` is where it belongs today; ``Placement`` says where it belonged before, if it was ever moved.
    """

    class Kind(models.TextChoices):
        """What kind of unit it is."""

        CITY = "city", _("市")
        COUNTY = "county", _("区县")
        AREA = "area", _("功能区")
        TOWNSHIP = "township", _("乡镇街道")
        VILLAGE = "village", _("村")
        COMMUNITY = "community", _("社区")
        DEPARTMENT = "department", _("部门")
        TASK_FORCE = "task_force", _("专班")
        COUNTRY = "country", _("国家")
        OTHER = "other", _("其他")

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    pinyin = models.CharField(
        max_length=200, blank=True, db_index=True, help_text="full spelling, no spaces, for search"
    )
    initials = models.CharField(max_length=60, blank=True, db_index=True, help_text="first letters, for search")
    kind = models.CharField(max_length=12, choices=Kind, db_index=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True, help_text="first day on which the unit no longer exists")
    longitude = models.FloatField(null=True, blank=True, help_text="WGS84 degrees")
    latitude = models.FloatField(null=True, blank=True, help_text="WGS84 degrees")
    attributes = models.JSONField(default=dict, blank=True, help_text="population, land, terrain, industry, …")
    synthetic = models.BooleanField(default=False, help_text="sample data, not a real unit")

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [ordered_interval("unit_ends_after_start")]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """Where a unit that was moved belonged, and when 隶属; a unit without rows has always been under its parent."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="placements")
    parent = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="placed")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [ordered_interval("placement_ends_after_start")]

    def __str__(self) -> str:
        return f"{self.unit} ⊂ {self.parent}"


class Lineage(models.Model):
    """How a unit came out of another: merge, split, rename, move 沿革. Renames and moves name the same unit twice."""

    class Kind(models.TextChoices):
        """What happened to the unit."""

        MERGED = "merged", _("合并")
        SPLIT = "split", _("拆分")
        RENAMED = "renamed", _("更名")
        MOVED = "moved", _("划转")

    predecessor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="successors_by")
    successor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="predecessors_by")
    kind = models.CharField(max_length=10, choices=Kind)
    day = models.DateField()
    document = models.CharField(max_length=200, help_text="number or title of the decision")
    former_name = models.CharField(max_length=100, blank=True, help_text="of a renamed unit")

    class Meta:
        ordering = ["day", "id"]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor} ({self.kind}, {self.day})"


class Track(models.Model):
    """A comparison group: units that may fairly be compared 赛道."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    description = models.TextField(blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A unit's track 赛道归属; no start = since ever. Intervals of one unit never overlap (``assign_track``)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="memberships")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [ordered_interval("membership_ends_after_start")]

    def __str__(self) -> str:
        return f"{self.unit} ∈ {self.track}"


class PostQuerySet(models.QuerySet["Post"]):
    """Posts, with the one filter that everybody needs."""

    def on(self, day: date) -> "PostQuerySet":
        """Posts held on the day."""
        return self.filter(valid_on(day))


class Post(models.Model):
    """A person's role at a unit and all below it 岗位."""

    class Role(models.TextChoices):
        """What the person may do there."""

        READER = "reader", _("查阅")
        REPORTER = "reporter", _("填报")
        REVIEWER = "reviewer", _("审核")
        METHODOLOGIST = "methodologist", _("方法管理")
        ADMINISTRATOR = "administrator", _("系统管理")
        AUDITOR = "auditor", _("审计")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=14, choices=Role)
    title = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "id"]
        indexes = [models.Index(fields=["user", "role"])]
        # A post ended on the day it was given was never held.
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="post_ends_not_before_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} @ {self.unit}"

    @property
    def is_current(self) -> bool:
        """Held today."""
        today = timezone.localdate()
        started = self.valid_from is None or self.valid_from <= today
        return started and (self.valid_to is None or self.valid_to > today)


class TokenQuerySet(models.QuerySet["Token"]):
    """Tokens, with the one filter that everybody needs."""

    def valid(self) -> "TokenQuerySet":
        """Neither revoked nor run out, of people whose account is open."""
        return self.filter(revoked_at=None, expires_on__gt=timezone.localdate(), user__is_active=True)


class Token(models.Model):
    """A personal token 个人令牌: a machine's key to the API, in the name of one person and never with more rights.

    The secret is shown once; kept is its SHA-256 alone. The last day of use is kept to find tokens nobody needs, and
    nothing else about their use.
    """

    class Scope(models.TextChoices):
        """What the token may be used for."""

        READ = "read", _("只读")
        WRITE = "write", _("读写")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(_("用途"), max_length=80, help_text="what it is for")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret")
    hint = models.CharField(max_length=12, help_text="how the secret begins, to tell tokens apart")
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.READ)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateField(help_text="first day on which it is refused")
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def is_valid(self) -> bool:
        """Still accepted today."""
        return self.revoked_at is None and self.expires_on > timezone.localdate()
