"""A collection against the red lines 采集项目红线检查: its gate before it may ask, its exceptions."""

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kanjian.collecting import policies
from kanjian.collecting.burden.arithmetic import MINUTES_PER_HOUR
from kanjian.collecting.burden.duplicates import held_elsewhere
from kanjian.collecting.burden.load import asked_in, year_of
from kanjian.collecting.gates import Block
from kanjian.collecting.models import Ceiling, Collection, Field
from kanjian.collecting.subjects import kinds
from kanjian.measures.exceptions import Judged, judge, valid_exceptions
from kanjian.measures.linting import data_of
from kanjian.measures.redlines import (
    Datum,
    Finding,
    Held,
    Severity,
    captured,
    evidenced,
    grounded,
    over_ceiling,
    repeated,
    scored,
    self_confirmed,
)
from kanjian.measures.subjects import Subject
from kanjian.orgs.models import Unit
from kanjian.orgs.policies import Person
from kanjian.orgs.selectors import descendants

# To be asked how often an app was used is forbidden by itself, papers and media counts need a look; petitions and work
# may be counted, only not scored.
WEIGHED_WHEN_ASKED = {"R01": Severity.ERROR, "R02": Severity.WARNING}


def subject_of_collection(collection: Collection) -> str:
    """The subject of an exception."""
    return f"collection:{collection.code}"


def lint_collection(collection: Collection) -> list[Judged]:
    """Every finding with the exception that covers it."""
    return judge(findings_of(collection), valid_exceptions(subject_of_collection(collection)))


def findings_of(collection: Collection) -> Iterator[Finding]:
    """Its fields one by one, then the whole."""
    held = held_elsewhere(collection)
    for row in collection.fields.select_related("indicator"):
        yield from _of_field(collection, row, data_of([row.indicator])[row.indicator.code], held[row.pk])
    name = collection.name
    yield from self_confirmed(
        collection.code, name, reporter_kind=collection.reporter_kind, chain=map(str, collection.chain)
    )
    yield from grounded(
        collection.code,
        name,
        document=collection.document,
        plan_year=collection.plan_year,
        ends_on=collection.ends_on,
    )
    if collection.state != Collection.State.ENDED:
        yield from _over_ceiling(collection)


def red_line_blocks(collection: Collection) -> Iterator[Block]:
    """The gate: every error that no exception covers. What it lacks to ask at all (R13) is said by the gate itself."""
    language = get_language() or ""
    for each in lint_collection(collection):
        if each.refuses and each.finding.code != "R13":
            finding = each.finding
            values = {
                "code": finding.code,
                "title": finding.line.title.said(language),
                "label": finding.label.said(language),
                "detail": finding.detail.said(language),
                "remedy": finding.line.remedy.said(language),
            }
            yield Block(finding.code, _("%(code)s %(title)s：%(label)s，%(detail)s。%(remedy)s") % values)


def lint_collections() -> Iterable[tuple[str, list[Judged]]]:
    """Every active collection."""
    for each in Collection.objects.filter(state=Collection.State.ACTIVE).select_related("owner", "root"):
        yield each.code, lint_collection(each)


def collection_subject(identifier: str, person: Person) -> Subject | None:
    """``collection:code`` as the subject of an exception."""
    found = Collection.objects.select_related("root", "owner").filter(code=identifier).first()
    if found is None:
        return None
    may_ask = policies.may_manage(person, found)
    visible = may_ask or policies.visible_collections(person).filter(pk=found.pk).exists()
    url = reverse("collecting:burden_collection", args=[found.code])
    return Subject(found.name, url, may_ask=may_ask, is_visible=visible)


def _of_field(collection: Collection, row: Field, datum: Datum, held: list[Held]) -> Iterator[Finding]:
    need, ends_on, kind = collection.description, collection.ends_on, collection.reporter_kind
    for each in scored(datum):
        if each.code in WEIGHED_WHEN_ASKED:
            yield Finding(each.line, WEIGHED_WHEN_ASKED[each.code], each.item, each.label, each.detail)
    compulsory = row.is_required or row.needs_evidence
    yield from captured(datum, compulsory=compulsory, reporter_kind=kind, need=need, ends_on=ends_on)
    if row.needs_evidence:
        yield from evidenced(datum, reporter_kind=kind, need=need, ends_on=ends_on)
    yield from repeated(datum, held)


def _over_ceiling(collection: Collection) -> Iterator[Finding]:
    """R05 in this year and the plan's: with this collection, does any reporter exceed a ceiling of its kind?"""
    today = timezone.localdate().year
    for year in sorted({today, collection.plan_year or today}):
        ceilings = list(Ceiling.objects.filter(year=year, unit_kind__in=_kinds(collection)).select_related("root"))
        if not ceilings:
            continue
        own = asked_in(collection, year)
        whole = year_of(year)
        hours = {unit: each for unit, each in whole.hours_by_unit().items() if unit in own.subjects}
        if collection.state == Collection.State.DRAFT:
            for unit in own.subjects:
                hours[unit] = hours.get(unit, 0.0) + own.minutes_of(unit) / MINUTES_PER_HOUR
        for ceiling in ceilings:
            most = _most_below(hours, ceiling)
            yield from over_ceiling(
                ceiling.unit_kind, most, ceiling.hours, label=str(Unit.Kind(ceiling.unit_kind).label), year=year
            )


def _most_below(hours: dict[int, float], ceiling: Ceiling) -> float:
    below = descendants(ceiling.root, include_self=True).filter(pk__in=list(hours), kind=ceiling.unit_kind)
    return max((hours[pk] for pk in below.values_list("pk", flat=True)), default=0.0)


def _kinds(collection: Collection) -> list[str]:
    return list(kinds(collection.reporter_kind))
