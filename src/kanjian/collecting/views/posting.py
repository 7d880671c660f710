"""What the form sends: the whole page without scripts, one cell at a time with them."""

from dataclasses import dataclass, field
from typing import cast

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kanjian.collecting import actions, evidence
from kanjian.collecting.cells import Cell
from kanjian.collecting.findings import Finding
from kanjian.collecting.models import Entry, Sheet
from kanjian.collecting.selectors.sheets import Typed
from kanjian.collecting.states import CollectingError
from kanjian.collecting.subjects import fields_of, subjects_of
from kanjian.collecting.views.common import sheet_or_404
from kanjian.limits import TooManyError, spend_for
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Post

Key = tuple[int, int]


@dataclass(slots=True)
class Posted:
    """What became of a posted page; ``typed`` is shown again where it could not be saved."""

    is_saved: bool = False
    error: str = ""
    typed: dict[Key, Typed] = field(default_factory=dict)


def posted_form(request: SignedIn, sheet: Sheet) -> Posted:
    """Save every cell of the posted page, or none and say why; nothing that was typed is lost."""
    posted = Posted()
    try:
        cells = _cells(request, sheet, posted)
        actions.record_entries(
            sheet, cells, by=request.user, origin=Entry.Origin.WEB, expected_version=_version(request)
        )
    except CollectingError as error:
        posted.error = str(error)
        _explain(posted, error.findings, sheet)
        return posted
    posted.is_saved, posted.typed = True, {}
    return posted


def _cells(request: SignedIn, sheet: Sheet, posted: Posted) -> list[Cell]:
    """The cells that the page held; ``posted.typed`` keeps them as they were."""
    units = {unit.pk: unit.code for unit in subjects_of(sheet)}
    indicators = {each.indicator_id: each.indicator.code for each in fields_of(sheet.window.collection)}
    for name in request.POST:
        if name.startswith("value-"):
            key = _key(name)
            if key is not None and key[0] in units and key[1] in indicators:
                mark = f"{key[0]}-{key[1]}"
                posted.typed[key] = Typed(
                    request.POST[name],
                    request.POST.get(f"status-{mark}", ""),
                    request.POST.get(f"note-{mark}", ""),
                )
    return [
        _cell(request, f"{unit}-{indicator}", units[unit], indicators[indicator], typed)
        for (unit, indicator), typed in posted.typed.items()
    ]


def _cell(request: SignedIn, mark: str, unit: str, indicator: str, typed: Typed) -> Cell:
    kept = _kept(request, f"file-{mark}")
    return Cell(
        unit,
        indicator,
        typed.value,
        typed.status,
        typed.note,
        evidence=kept.place if kept else None,
        evidence_name=kept.name if kept else "",
    )


def _kept(request: SignedIn, name: str) -> evidence.Kept | None:
    """The file of a field, checked and stored; as many an hour as for every upload, while typing is not counted."""
    file = cast("UploadedFile[bytes] | None", request.FILES.get(name))
    if not file:
        return None
    try:
        spend_for("uploads", request)
    except TooManyError as error:
        raise CollectingError("too_many", _("上传太频繁，请稍后再试")) from error
    return evidence.keep(file)


def _key(name: str) -> Key | None:
    parts = name.split("-")[1:]
    return (int(parts[0]), int(parts[1])) if len(parts) == 2 and all(part.isdecimal() for part in parts) else None


def _version(request: SignedIn) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() else None


def _explain(posted: Posted, findings: tuple[Finding, ...], sheet: Sheet) -> None:
    """Put each reason beside the cell that it is about."""
    if not findings:
        return
    units = {unit.code: unit.pk for unit in subjects_of(sheet)}
    indicators = {each.indicator.code: each.indicator_id for each in fields_of(sheet.window.collection)}
    for finding in findings:
        key = (units.get(finding.unit, 0), indicators.get(finding.indicator, 0))
        if key in posted.typed:
            typed = posted.typed[key]
            posted.typed[key] = Typed(typed.value, typed.status, typed.note, finding.text)


@require_POST
@require_role(Post.Role.READER)
def cell(request: SignedIn, number: int) -> HttpResponse:
    """Save one cell as it is typed. Always answers 200: ``ok`` says whether it is saved, else ``message`` why not."""
    sheet = sheet_or_404(request, number)
    unit, indicator = request.POST.get("unit", ""), request.POST.get("indicator", "")
    try:
        kept = _kept(request, "file")
        said = Cell(
            unit,
            indicator,
            request.POST.get("value", ""),
            request.POST.get("status", ""),
            request.POST.get("note", ""),
            evidence=kept.place if kept else None,
            evidence_name=kept.name if kept else "",
        )
        done = actions.record_entries(
            sheet, [said], by=request.user, origin=Entry.Origin.WEB, expected_version=_version(request)
        )
    except actions.StaleEntriesError as error:
        return JsonResponse({**_stale(error, sheet), "message": str(error)})
    except CollectingError as error:
        texts = [finding.text for finding in error.findings] or [str(error)]
        return JsonResponse({"ok": False, "code": error.code, "message": "；".join(texts)})
    except PermissionDenied as error:
        return JsonResponse({"ok": False, "code": "denied", "message": str(error) or _("没有权限")})
    return JsonResponse({"ok": True, "version": done.sheet.version, **_standing(done, unit, indicator)})


def _stale(error: actions.StaleEntriesError, sheet: Sheet) -> dict[str, object]:
    """What stands there now, so that the person can choose; and the version that has been seen then."""
    sheet.refresh_from_db(fields=["version"])
    theirs = error.theirs[0]
    value = "" if theirs.value is None else f"{theirs.value:.12g}"
    status = "" if theirs.value is not None or theirs.is_blank else theirs.status
    return {
        "ok": False,
        "code": error.code,
        "version": sheet.version,
        "theirs": {"value": value, "status": status, "note": theirs.note},
    }


def _standing(done: actions.Recorded, unit: str, indicator: str) -> dict[str, object]:
    """The findings of the unit by indicator, and the cell's file."""
    found = [
        {
            "indicator": finding.indicator,
            "severity": finding.severity.value,
            "text": finding.text,
            "remedy": finding.remedy,
            "noted": finding.is_noted,
        }
        for finding in done.findings
    ]
    entry = Entry.objects.filter(sheet=done.sheet, unit__code=unit, indicator__code=indicator).first()
    file = None
    if entry is not None and entry.evidence:
        file = {"name": entry.evidence_name, "url": reverse("collecting:evidence", args=[entry.pk])}
    return {"findings": found, "file": file}
