"""The audit page 审计: the ledger in sentences, for auditors and administrators of the whole. Read-only.

Auditors of a part of the tree do not see it: many subjects (an upload, a sheet) do not say which unit they concern, and
a list that leaves out what it cannot place would be taken for complete.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from kanjian.ledger import selectors as ledger
from kanjian.ledger import words
from kanjian.ledger.models import Event, EventQuerySet
from kanjian.limits import limited
from kanjian.orgs import actions
from kanjian.orgs.access import SignedIn, require_audit

PER_PAGE = 100
LONGEST = 4_000  # signs of an event on the page; the export has it whole
FIELDS = ("verb", "subject", "actor", "since", "until")


@require_GET
@require_audit
def index(request: SignedIn) -> HttpResponse:
    """Events, newest first, narrowed by verb, subject, person and days; further ones by sequence, never by counting."""
    asked = _asked(request.GET)
    found, wrong = _narrowed(asked)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        found = found.filter(sequence__lt=int(before))
    events = list(found[: PER_PAGE + 1])
    shown = events[:PER_PAGE]
    context = {
        "lines": [(event, words.sentence(event.verb, event.data)) for event in shown],
        "asked": asked,
        "wrong": wrong,
        "older": shown[-1].sequence if len(events) > PER_PAGE else None,
        "verbs": ledger.verbs(),
        "head": ledger.head(),
        "longest": LONGEST,
    }
    return render(request, "orgs/audit.html", context)


@require_POST
@require_audit
@limited("heavy")
def verify(request: SignedIn) -> HttpResponse:
    """Walk the whole chain and say whether it is whole."""
    return render(request, "orgs/audit_chain.html", {"found": ledger.verify_chain()})


@require_POST
@require_audit
@limited("heavy")
def export(request: SignedIn) -> HttpResponse:
    """The events of the same filters as CSV. Taking a copy away is itself an event."""
    asked = _asked(request.POST)
    found, _wrong = _narrowed(asked)
    newest = ledger.head().sequence
    rows = found.filter(sequence__lte=newest)
    actions.export_events(rows.count(), asked, by=request.user)
    response: Any = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="kanjian-ledger-{newest}.csv"'
    return cast("HttpResponse", response)


def _asked(given: QueryDict) -> dict[str, str]:
    """The filters as texts, without the one sign that databases refuse."""
    return {name: given.get(name, "").replace("\0", "").strip()[:200] for name in FIELDS}


def _narrowed(asked: dict[str, str]) -> tuple[EventQuerySet, str]:
    """Events of the filters, newest first, and the name of a day that is none."""
    try:
        since, until = (_day(asked[name], name) for name in ("since", "until"))
    except ValidationError as error:
        return Event.objects.none(), str(error.message)
    found = ledger.events(
        verb=asked["verb"],
        subject=asked["subject"],
        actor=asked["actor"],
        since=_start(since),
        until=_start(until + timedelta(days=1)) if until else None,
    )
    return found, ""


def _day(text: str, name: str) -> date | None:
    try:
        day = parse_date(text) if text else None
    except ValueError:
        day = None
    if text and (day is None or not 1900 < day.year < 2200):
        raise ValidationError(name)
    return day


def _start(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None


def _csv(rows: EventQuerySet) -> Iterator[str]:
    """One line per event, as written and in words; no cell begins like a formula."""
    line = io.StringIO()
    writer = csv.writer(line)
    yield "\ufeff"
    writer.writerow(["sequence", "at", "actor", "verb", "subject", "words", "data", "hash"])
    for event in rows.iterator(chunk_size=2000):
        said = words.sentence(event.verb, event.data)
        cells = [event.actor, event.verb, event.subject, said, event.body]
        writer.writerow([event.sequence, event.at.isoformat(), *map(_plain, cells), event.hash])
        yield line.getvalue()
        line.seek(0)
        line.truncate()
    yield line.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
