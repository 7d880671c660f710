"""Sheets by Excel: template, upload, preview, acceptance."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kanjian.collecting import actions
from kanjian.collecting.actions.stage_workbook import ROOM, sheet_of
from kanjian.collecting.forms_workbook import WorkbookForm
from kanjian.collecting.models import Sheet
from kanjian.collecting.next_steps import next_steps
from kanjian.collecting.policies import may_report, may_see_sheet
from kanjian.collecting.rules import Do
from kanjian.collecting.states import CollectingError
from kanjian.collecting.workbooks.preview import SheetPreview
from kanjian.collecting.workbooks.template import template_of
from kanjian.jobs.selectors import standing
from kanjian.limits import limited
from kanjian.measures.actions import cancel_upload
from kanjian.measures.models import Upload
from kanjian.measures.policies import may_see_upload
from kanjian.orgs.access import SignedIn, require_role

RECENT = 10
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@require_role()
@limited("uploads")
def sheet(request: SignedIn, sheet_id: int) -> HttpResponse:
    """Download the template, upload the filled one; POST keeps the file and begins to check it."""
    found = _sheet_or_404(request, sheet_id)
    form = WorkbookForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = actions.stage_workbook(found, form.source(), by=request.user)
        except CollectingError as error:
            form.add_error(None, str(error))
        else:
            return redirect("collecting:workbook_upload", upload_id=upload.pk)
    context = {
        "sheet": found,
        "form": form,
        "fill": next(step for step in next_steps(request.user, found) if step.do == Do.FILL),
        "recent": Upload.objects.filter(created_by=request.user, room=ROOM, options__sheet=found.pk)[:RECENT],
    }
    return render(request, "collecting/workbook.html", context)


@require_GET
@require_role()
def template(request: SignedIn, sheet_id: int) -> HttpResponse:
    """The template with what stands in the sheet now."""
    found = _sheet_or_404(request, sheet_id)
    name = f"{found.window.collection.name}-{found.window.period}-{found.reporter.name}.xlsx"
    response = HttpResponse(template_of(found), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


@require_GET
@require_role()
def upload(request: SignedIn, upload_id: int) -> HttpResponse:
    """Where an upload stands: being checked, its preview, being written, done."""
    found = _upload_or_404(request, upload_id)
    job = found.job
    preview = None if found.preview is None else SheetPreview.from_json(found.preview)
    context = {
        "upload": found,
        "sheet": sheet_of(found),
        "preview": preview,
        "problems": preview.told(preview.problems) if preview else [],
        "findings": preview.told(preview.findings) if preview else [],
        "is_english": get_language() == "en",
        "job": job,
        "standing": None if job is None else standing(job),
        "is_busy": job is not None and not job.is_over,
        "has_failed": job is not None and job.state == job.State.FAILED,
        "is_stale": "stale" in request.GET,
    }
    return render(request, "collecting/workbook_upload.html", context)


@require_POST
@require_role()
def accept(request: SignedIn, upload_id: int) -> HttpResponse:
    """Begin to write what the preview showed."""
    found = _upload_or_404(request, upload_id)
    try:
        found = actions.accept_workbook(found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except CollectingError as error:
        messages.error(request, str(error))
    else:
        # Done already (no worker): the job's result says where to go on, perhaps to a fresh preview.
        if found.job is not None and "url" in found.job.result:
            return redirect(found.job.result["url"])
    return redirect("collecting:workbook_upload", upload_id=upload_id)


@require_POST
@require_role()
def cancel(request: SignedIn, upload_id: int) -> HttpResponse:
    """Drop the file."""
    found = _upload_or_404(request, upload_id)
    try:
        cancel_upload(found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("collecting:workbook_upload", upload_id=upload_id)
    messages.success(request, _("已取消，没有写入任何数据"))
    return redirect("collecting:workbook", sheet_id=found.options["sheet"])


def _sheet_or_404(request: SignedIn, sheet_id: int) -> Sheet:
    """The sheet: 404 when there is none or the person may not even read it, 403 when they do not report."""
    rows = Sheet.objects.select_related("reporter", "window__collection__owner", "window__collection__root")
    found = rows.filter(pk=sheet_id).first()
    if found is None or not may_see_sheet(request.user, found):
        raise Http404(_("没有这份填报单"))
    if not may_report(request.user, found.reporter):
        raise PermissionDenied(_("只有该单位的填报员可以办理"))
    return found


def _upload_or_404(request: SignedIn, upload_id: int) -> Upload:
    found = Upload.objects.select_related("job").filter(pk=upload_id, room=ROOM).first()
    if found is None or not may_see_upload(request.user, found):
        raise Http404(_("没有这个上传"))
    return found
