"""Import of values: upload, preview, acceptance."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kanjian.jobs.selectors import standing
from kanjian.limits import limited
from kanjian.measures import actions, policies
from kanjian.measures.blank_forms import blank_form
from kanjian.measures.forms import UploadForm
from kanjian.measures.models import Upload
from kanjian.measures.preview import Preview
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Post

RECENT = 10
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
importers = require_role(Post.Role.ADMINISTRATOR, Post.Role.REPORTER)


@require_http_methods(["GET", "POST"])
@importers
@limited("uploads")
def new(request: SignedIn) -> HttpResponse:
    """Choose a file; POST keeps it and begins to check it."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = actions.stage_upload(form.source(), form.options(), by=request.user)
        return redirect("measures:upload", upload_id=upload.pk)
    recent = Upload.objects.filter(created_by=request.user, room="measures")[:RECENT]
    return render(request, "measures/import.html", {"form": form, "recent": recent})


@require_GET
@importers
def template(request: SignedIn) -> HttpResponse:
    """An empty form as a workbook: the person's units, all indicators."""
    response = HttpResponse(blank_form(request.user), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="kanjian-values.xlsx"'
    return response


@require_GET
@importers
def upload(request: SignedIn, upload_id: int) -> HttpResponse:
    """Where an upload stands: being checked, its preview, being imported, done."""
    found = _upload_or_404(request, upload_id)
    job = found.job
    preview = None if found.preview is None else Preview.from_json(found.preview)
    context = {
        "upload": found,
        "preview": preview,
        "differences": [] if preview is None else preview.differences.to_dicts(),
        "job": job,
        "standing": None if job is None else standing(job),
        "is_busy": job is not None and not job.is_over,
        "has_failed": job is not None and job.state == job.State.FAILED,
        "is_stale": "stale" in request.GET,
    }
    return render(request, "measures/upload.html", context)


@require_POST
@importers
def accept(request: SignedIn, upload_id: int) -> HttpResponse:
    """Begin the import that the preview showed."""
    found = _upload_or_404(request, upload_id)
    try:
        found = actions.accept_upload(found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("measures:upload", upload_id=upload_id)
    # Done already (no worker): the job's result says where to go on, perhaps to a fresh preview.
    if found.job is not None and "url" in found.job.result:
        return redirect(found.job.result["url"])
    return redirect("measures:upload", upload_id=upload_id)


@require_POST
@importers
def cancel(request: SignedIn, upload_id: int) -> HttpResponse:
    """Drop the file."""
    found = _upload_or_404(request, upload_id)
    try:
        actions.cancel_upload(found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("measures:upload", upload_id=upload_id)
    messages.success(request, _("已取消，没有写入任何数据"))
    return redirect("measures:import")


def _upload_or_404(request: SignedIn, upload_id: int) -> Upload:
    found = Upload.objects.select_related("job", "batch").filter(pk=upload_id, room="measures").first()
    if found is None or not policies.may_see_upload(request.user, found):
        raise Http404(_("没有这个上传"))
    return found
