"""Boards, scheme versions, releases, editions 榜单、方法版本、数据发布、榜单期次."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kanjian.boards.objection_models import Objection, ObjectionFile, ObjectionStep
from kanjian.boards.publication_models import Proposal, SignOff, StagedItem, StagedSet
from kanjian.orgs.models import Unit

__all__ = [
    "Board",
    "Edition",
    "Objection",
    "ObjectionFile",
    "ObjectionStep",
    "Proposal",
    "Release",
    "SchemeVersion",
    "SignOff",
    "StagedItem",
    "StagedSet",
]


class Board(models.Model):
    """What is ranked 榜单: the units of one kind below a root unit, by the schemes written for it."""

    class BottomList(models.TextChoices):
        """Whether the last places of each track are shown to everybody 末段名次; as a help list they always exist."""

        PRIVATE = "private", _("不公开，只作帮扶名单")
        PUBLIC = "public", _("按决定公开")

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    description = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    root = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="units below it; empty: all"
    )
    unit_kind = models.CharField(max_length=12, choices=Unit.Kind)
    is_public = models.BooleanField(default=False, help_text="readable without logging in")
    bottom_list = models.CharField(
        max_length=8, choices=BottomList, default=BottomList.PRIVATE, help_text="who reads the last places of a track"
    )
    bottom_percent = models.PositiveSmallIntegerField(
        default=10, validators=[MaxValueValidator(50)], help_text="how much of each track counts as its last places"
    )
    bottom_document = models.CharField(max_length=200, blank=True, help_text="decision by which they are public")
    synthetic = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class SchemeVersion(models.Model):
    """One version of a method 方法版本: the scheme's text, immutable once an edition stands on it."""

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=40)
    text = models.TextField(help_text="the scheme as YAML, as written")
    hash = models.CharField(max_length=64, help_text="of the scheme's meaning: layout and comments do not count")
    valid_from = models.CharField(max_length=10, help_text="first period it is meant for")
    note = models.TextField(blank=True, help_text="what changed and why")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["board", "-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["board", "version"], name="one_text_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.board} {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse every change once an edition stands on the version."""
        if not self._state.adding and self.editions.exists():
            raise TypeError("a scheme version with an edition cannot be changed; add a new version")
        super().save(*args, **kwargs)


class Release(models.Model):
    """The values of one board and period, frozen as a folder of Parquet files named by its hash 数据发布."""

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="releases")
    period = models.CharField(max_length=10)
    hash = models.CharField(max_length=64, db_index=True)
    rows = models.PositiveBigIntegerField(help_text="cells of the period, earlier periods not counted")
    units = models.PositiveIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["board", "hash"], name="one_release_per_content"),
        ]

    def __str__(self) -> str:
        return f"{self.board} {self.period} {self.hash[:8]}"


class Edition(models.Model):
    """One issue of a board 期次: scheme version × release → scores and ranks, as Parquet named by its hash."""

    class State(models.TextChoices):
        """Life of an edition: draft → objection → published → superseded, in this order only."""

        DRAFT = "draft", _("草稿")
        OBJECTION = "objection", _("公示")
        PUBLISHED = "published", _("已发布")
        SUPERSEDED = "superseded", _("已替代")

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="editions")
    period = models.CharField(max_length=10)
    scheme = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="editions")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="editions")
    previous = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", help_text="movement is counted from here"
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    hash = models.CharField(max_length=64, db_index=True)
    units = models.PositiveIntegerField()
    ranked = models.PositiveIntegerField()
    as_of = models.DateTimeField(help_text="when the values were frozen")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    objection_opened_at = models.DateTimeField(null=True)
    objection_until = models.DateField(null=True, help_text="last day on which objections are taken")
    objection_provisional = models.CharField(
        max_length=40, blank=True, help_text="years whose holidays were not known when the last day was set"
    )
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["board", "-period", "-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "period"], condition=models.Q(state="published"), name="one_published_edition"
            )
        ]

    def __str__(self) -> str:
        return f"{self.board} {self.period}"


class Replay(models.Model):
    """A past period computed again under any version 重放: to look at and to compare, never to publish.

    It is no edition, so that no list, no policy and no step of an edition's life can take it for one.
    """

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="replays")
    period = models.CharField(max_length=10)
    scheme = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="replays")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="replays")
    hash = models.CharField(max_length=64, db_index=True)
    units = models.PositiveIntegerField()
    ranked = models.PositiveIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["board", "-period", "-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["board", "scheme", "hash"], name="one_replay_per_content"),
        ]

    def __str__(self) -> str:
        return f"{self.board} {self.period} ({self.scheme.version})"


class Overlap(models.Model):
    """The first period of a new version under both versions 两版并行: the edition, and the older version's replay."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="overlap")
    replay = models.ForeignKey(Replay, on_delete=models.PROTECT, related_name="overlaps")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.edition}: {self.edition.scheme.version} / {self.replay.scheme.version}"
