"""Pages of jobs: the list, one job with its running progress, taking note of a failure."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kanjian.jobs import actions, policies, selectors
from kanjian.jobs.models import Job

PER_PAGE = 30


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Own jobs; for administrators everybody's."""
    jobs = policies.visible_to(request.user).select_related("owner")
    page = Paginator(jobs, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "jobs/index.html", {"page": page, "jobs": page.object_list})


@login_required
@require_GET
def detail(request: HttpRequest, job_id: int) -> HttpResponse:
    """One job; the part with the progress asks for itself again every second while the work runs."""
    return render(request, "jobs/detail.html", _context(request, job_id))


@login_required
@require_GET
def progress(request: HttpRequest, job_id: int) -> HttpResponse:
    """That part alone."""
    return render(request, "jobs/progress.html", _context(request, job_id))


@login_required
@require_POST
def acknowledge(request: HttpRequest, job_id: int) -> HttpResponse:
    """Take note of a failure."""
    job = get_object_or_404(policies.visible_to(request.user), pk=job_id)
    actions.acknowledge(job, by=request.user)
    messages.success(request, _("已记录：失败原因已知悉"))
    return redirect("jobs:detail", job_id=job.pk)


def _context(request: HttpRequest, job_id: int) -> dict[str, object]:
    job: Job = get_object_or_404(policies.visible_to(request.user).select_related("owner"), pk=job_id)
    return {"job": job, "standing": selectors.standing(job)}
