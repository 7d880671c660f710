"""Units from a file, for administrators of the whole: upload, preview, acceptance; and boundaries for maps 单位导入."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kanjian.limits import limited
from kanjian.orgs import policies
from kanjian.orgs.access import SignedIn, require_role, require_role_everywhere
from kanjian.orgs.actions.accept_units import accept_units, keep_units
from kanjian.orgs.actions.load_map import load_map
from kanjian.orgs.forms import MapForm, UnitsForm
from kanjian.orgs.maps import MapError
from kanjian.orgs.models import Post
from kanjian.orgs.unit_plan import UnitPlan, plan_units
from kanjian.orgs.unit_preview import lines
from kanjian.orgs.unit_table import UnitTableError

SALT = "orgs.units-import"
HOURS = 12  # a preview that is older is not accepted any more
ADMINISTRATOR = Post.Role.ADMINISTRATOR


@require_http_methods(["GET", "POST"])
@require_role_everywhere(ADMINISTRATOR)
@limited("uploads")
def units_import(request: SignedIn) -> HttpResponse:
    """Choose a file; POST shows what it would change, by row and column. Nothing is written."""
    form = UnitsForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "is_done": "done" in request.GET and request.method == "GET"}
    if request.method == "POST" and form.is_valid():
        context |= _preview(request, form)
    return render(request, "orgs/units_import.html", context)


def _preview(request: SignedIn, form: UnitsForm) -> dict[str, Any]:
    name, content = form.named_content()
    day = form.cleaned_data["day"] or timezone.localdate()
    try:
        plan = plan_units(name, content, day=day)
    except UnitTableError as error:
        return {"problems": error.problems, "problem_count": error.total, "source": name}
    may_assign = not plan.assigned.height or policies.has_role_everywhere(request.user, Post.Role.METHODOLOGIST)
    found = {"plan": plan, "summary": plan.summary(), "problems": plan.problems, "problem_count": plan.problem_count}
    found |= {"lines": lines(plan), "source": name, "may_assign": may_assign}
    if not plan.problem_count and may_assign and plan.changes:
        found["token"] = _token(request, form, plan, keep_units(name, content))
    return found


def _token(request: SignedIn, form: UnitsForm, plan: UnitPlan, place: str) -> str:
    """What was shown, signed: an acceptance can name nothing else, and only the same person's holds."""
    shown = {
        "user": request.user.pk,
        "place": place,
        "name": plan.source,
        "day": plan.day.isoformat(),
        "document": form.cleaned_data["document"],
        "expected": plan.fingerprint,
    }
    return signing.dumps(shown, salt=SALT)


@require_POST
@require_role_everywhere(ADMINISTRATOR)
def units_accept(request: SignedIn) -> HttpResponse:
    """Begin the import that the preview showed."""
    try:
        shown = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        messages.error(request, _("预览已失效，请重新上传"))
        return redirect("orgs:units_import")
    if shown.pop("user") != request.user.pk:
        raise PermissionDenied(_("只有上传者本人可以确认导入"))
    day = date.fromisoformat(shown.pop("day"))
    job = accept_units(shown["place"], shown["name"], by=request.user, day=day, document=shown["document"],
                       expected=shown["expected"])  # fmt: skip
    if "url" in job.result:
        return redirect(job.result["url"])
    return redirect("jobs:detail", job_id=job.pk)


@require_http_methods(["GET", "POST"])
@require_role(ADMINISTRATOR)
@limited("uploads")
def boundaries(request: SignedIn) -> HttpResponse:
    """Upload the boundaries that maps are drawn from."""
    form = MapForm(request.POST or None, request.FILES or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            count = load_map(form.cleaned_data["unit"], form.cleaned_data["file"], by=request.user)
        except (MapError, ValidationError) as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, ngettext("已载入 %(n)s 个边界", "已载入 %(n)s 个边界", count) % {"n": count})
            return redirect("orgs:boundaries")
    return render(request, "orgs/boundaries.html", {"form": form})
