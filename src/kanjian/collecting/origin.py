"""From a value back to its sheet 溯源: who entered it, who approved it at each level and when, what proves it."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from kanjian.collecting.models import Entry, PastEntry, Sheet, Step
from kanjian.measures.models import Value
from kanjian.measures.origins import Passage, Story


def story_of(value: Value) -> Story | None:
    """The story of a value that an accepted sheet stands behind; None when a later source replaced it."""
    acceptance = (
        Step.objects.filter(
            verb=Step.Verb.ACCEPT,
            # A cell that said the same already kept its batch; one that was written later has another source now.
            batch__gte=value.batch_id,
            sheet__window__period=value.period,
            sheet__entries__unit=value.unit_id,
            sheet__entries__indicator=value.indicator_id,
        )
        .select_related("sheet__window__collection", "sheet__reporter")
        .order_by("-batch", "-id")
        .first()
    )
    entry = None if acceptance is None else _as_accepted(acceptance, value)
    if acceptance is None or entry is None or (entry.is_blank and acceptance.batch_id != value.batch_id):
        return None
    sheet = acceptance.sheet
    entered = Passage(
        entry.get_origin_display(), str(sheet.reporter), str(entry.entered_by or _("系统")), entry.entered_at
    )
    steps = sheet.steps.select_related("by").order_by("id")
    page = "collecting:evidence" if isinstance(entry, Entry) else "collecting:past_evidence"
    return Story(
        title=f"{sheet.window.collection.name} · {sheet.reporter}",
        url=reverse("collecting:sheet", args=[sheet.pk]),
        note=entry.note,
        evidence_name=entry.evidence_name,
        evidence_url=reverse(page, args=[entry.pk]) if entry.evidence else "",
        passages=(entered, *(_passage(step, sheet) for step in steps)),
    )


def _as_accepted(acceptance: Step, value: Value) -> Entry | PastEntry | None:
    """What the cell said when the sheet was accepted; a reopened sheet may say something else by now."""
    cell = {"sheet": acceptance.sheet_id, "unit": value.unit_id, "indicator": value.indicator_id}
    then = {"version__lte": acceptance.version}
    now = Entry.objects.filter(**cell, **then).select_related("entered_by").first()
    past = PastEntry.objects.filter(**cell, **then).select_related("entered_by").order_by("-version", "-id")
    return now or past.first()


def _passage(step: Step, sheet: Sheet) -> Passage:
    where = step.get_level_display() if step.level else str(sheet.reporter)
    reason = step.get_reason_display() if step.reason else ""
    words = "：".join(part for part in (reason, step.comment) if part)
    return Passage(step.get_verb_display(), where, str(step.by or _("系统")), step.at, words)


def hands_behind(units: Iterable[int], indicator: int | None, period: str) -> set[int]:
    """Ids of who typed or uploaded cells of these units (ids), also ones typed over since; indicator None: any.

    The batch of an accepted sheet names the office that took it in; this names the hands before it.
    """
    about = {"unit__in": list(units), "sheet__window__period": period, "entered_by__isnull": False}
    if indicator is not None:
        about["indicator"] = indicator
    now = Entry.objects.filter(**about).order_by().values_list("entered_by", flat=True)
    before = PastEntry.objects.filter(**about).order_by().values_list("entered_by", flat=True)
    return {person for person in now.union(before) if person is not None}
