"""Rounds, pairs, confirmations, plans, visits 结对轮次、对子、确认、计划、走访.

Nothing is overwritten: a pair that is changed by hand is replaced by a new row that says why, a ruling is lifted, never
deleted. Progress is not stored: it is read from the published editions, so it cannot differ from them.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kanjian.boards.models import Board, Edition
from kanjian.orgs.models import Unit

PERSON = settings.AUTH_USER_MODEL


class Round(models.Model):
    """One round of pairing 轮次: the last of a published edition with similar, stronger partners.

    ``parameters`` and ``inputs`` (rulings and running pairs of that moment) with the edition reproduce the proposal bit
    for bit; ``result_hash`` is taken of the proposed pairs.
    """

    class State(models.TextChoices):
        """Proposed → agreed → running → evaluated → closed; an open round may also be closed early."""

        PROPOSED = "proposed", _("待确认")
        AGREED = "agreed", _("已确认")
        RUNNING = "running", _("帮带中")
        EVALUATED = "evaluated", _("已评估")
        CLOSED = "closed", _("已结束")

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="pairing_rounds")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="pairing_rounds")
    organiser = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        related_name="pairing_rounds",
        help_text="who leads it, for example the organisation department",
    )
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    parameters = models.JSONField(help_text="see pairing.parameters")
    inputs = models.JSONField(help_text="fixed, forbidden, busy mentees and mentors when it was proposed")
    result_hash = models.CharField(max_length=64)
    summary = models.JSONField(help_text="balance, unmatched, load of the proposal")
    is_public = models.BooleanField(default=False, help_text="agreed pairs may be read by everybody")
    mark = models.CharField(max_length=20, blank=True, help_text="agency mark in document numbers")
    starts_on = models.DateField(null=True, help_text="first day of the pairs")
    effect = models.JSONField(null=True, help_text="answer of the evaluation")
    evaluated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.board} {self.edition.period} #{self.pk}"


class Ruling(models.Model):
    """What people decided about two units 人工规定: never to be paired, or always; obeyed by every later proposal."""

    class Kind(models.TextChoices):
        """Which way."""

        FORBIDDEN = "forbidden", _("不得结对")
        FIXED = "fixed", _("固定结对")

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="pairing_rulings")
    organiser = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    mentee = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    mentor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=200)
    created_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "organiser", "mentee", "mentor"],
                condition=Q(lifted_at__isnull=True),
                name="one_ruling_per_two_units",
            ),
            models.UniqueConstraint(
                fields=["board", "organiser", "mentee"],
                condition=Q(lifted_at__isnull=True, kind="fixed"),
                name="one_fixed_mentor",
            ),
            models.CheckConstraint(condition=~Q(mentee=F("mentor")), name="ruling_of_two_units"),
        ]

    def __str__(self) -> str:
        return f"{self.mentee} – {self.mentor}: {self.kind}"


class Pair(models.Model):
    """A weak unit with its partner 对子. ``reasons``: what ``scoring.pairing`` says, as data."""

    class State(models.TextChoices):
        """Proposed → agreed → running → closed; replaced by another, or never agreed (lapsed)."""

        PROPOSED = "proposed", _("待确认")
        AGREED = "agreed", _("已确认")
        RUNNING = "running", _("帮带中")
        CLOSED = "closed", _("已结束")
        REPLACED = "replaced", _("已改派")
        LAPSED = "lapsed", _("未达成")

    class Outcome(models.TextChoices):
        """How a pair ended, in the words of both sides; the effect is measured elsewhere."""

        REACHED = "reached", _("目标达成")
        ENDED = "ended", _("期满结束")
        STOPPED = "stopped", _("提前终止")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="pairs")
    mentee = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="pairs_as_mentee")
    mentor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="pairs_as_mentor")
    track = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    cost = models.FloatField(help_text="distance + endowment + need, 0 to 1")
    distance = models.FloatField()
    endowment = models.FloatField()
    need = models.FloatField()
    km = models.FloatField(null=True)
    reasons = models.JSONField()
    fixed = models.BooleanField(default=False)
    changed_by_hand = models.CharField(max_length=200, blank=True, help_text="the reason, where a person chose it")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    number = models.PositiveIntegerField(null=True, help_text="of the agreement letter")
    agreed_on = models.DateField(null=True)
    plan = models.TextField(blank=True, help_text="what both want to reach together")
    closed_on = models.DateField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    closing_note = models.CharField(max_length=200, blank=True, help_text="also why it lapsed or was replaced")
    created_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["round", "track", "mentee__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "mentee"],
                condition=Q(state__in=["proposed", "agreed", "running", "closed"]),
                name="one_partner_per_round",
            ),
            models.CheckConstraint(condition=~Q(mentee=F("mentor")), name="pair_of_two_units"),
        ]

    def __str__(self) -> str:
        return f"{self.mentee} – {self.mentor}"


class Confirmation(models.Model):
    """One side's yes to a pair 确认: both townships and the organiser; no person says it for two sides."""

    class Side(models.TextChoices):
        """Who agrees."""

        MENTEE = "mentee", _("受帮方乡镇")
        MENTOR = "mentor", _("帮带方乡镇")
        ORGANISER = "organiser", _("牵头单位")

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="confirmations")
    side = models.CharField(max_length=10, choices=Side)
    by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["pair", "side"], name="one_yes_per_side"),
            models.UniqueConstraint(fields=["pair", "by"], name="one_side_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.pair}: {self.side}"


class Milestone(models.Model):
    """A step of the joint plan for one weak dimension 节点: planned, forecast, done."""

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="milestones")
    dimension = models.CharField(max_length=40, help_text="node of the scheme")
    title = models.CharField(max_length=120)
    responsible = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text="which side does it")
    role = models.CharField(max_length=60, help_text="who there, by office, not by name")
    planned = models.DateField()
    forecast = models.DateField(null=True, blank=True)
    done = models.DateField(null=True, blank=True)
    cancelled = models.CharField(max_length=200, blank=True, help_text="why it was dropped")

    class Meta:
        ordering = ["planned", "id"]

    def __str__(self) -> str:
        return self.title


class Visit(models.Model):
    """What one meeting of both sides brought 走访. Counted nowhere: visits earn no points."""

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="visits")
    day = models.DateField()
    people = models.CharField(max_length=200, help_text="by office, not by name")
    work = models.TextField(help_text="what was done")
    findings = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    recorded_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-day", "-id"]

    def __str__(self) -> str:
        return f"{self.pair} {self.day}"
