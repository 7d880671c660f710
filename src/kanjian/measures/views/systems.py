"""An indicator's system of record, and having a computed one computed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kanjian.jobs.actions import run
from kanjian.jobs.progress import Reporter
from kanjian.measures import actions, policies
from kanjian.measures.forms import SystemForm
from kanjian.measures.intake import IntakeError
from kanjian.measures.models import Indicator
from kanjian.measures.systems import same_datum
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Post, User

definers = require_role(Post.Role.METHODOLOGIST, Post.Role.ADMINISTRATOR)


@require_http_methods(["GET", "POST"])
@definers
def edit(request: SignedIn, code: str) -> HttpResponse:
    """Say where an indicator's values come from."""
    found = _own_or_403(request, code)
    form = SystemForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.define_indicator(code, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if twins := same_datum(changed):
                names = "、".join(str(twin) for twin in twins)
                messages.warning(request, _("同一语义编码已用于：%(names)s。同一数据只应有一项指标") % {"names": names})
            messages.success(request, _("已保存"))
            return redirect("measures:indicator", code=code)
    return render(request, "measures/system.html", {"indicator": found, "form": form})


@require_POST
@definers
def compute(request: SignedIn, code: str) -> HttpResponse:
    """Have the indicator computed for a period, in the background."""
    found = _own_or_403(request, code)
    period = request.POST.get("period", "").strip()[:20]
    name = _("计算 %(indicator)s %(period)s") % {"indicator": found.code, "period": period}
    parameters = {"period": period, "code": code, "by": request.user.pk}
    job = run(name, compute_job, parameters, owner=request.user)
    return redirect("jobs:detail", job_id=job.pk)


def compute_job(reporter: Reporter, period: str, code: str, by: int) -> dict[str, str]:
    """The background work."""
    try:
        actions.compute_indicators(period, by=User.objects.get(pk=by), only=[code], reporter=reporter)
    except ValidationError as error:
        raise ValueError("; ".join(error.messages)) from error
    except IntakeError as error:
        raise ValueError(str(error)) from error
    return {"url": reverse("measures:indicator", args=[code])}


def _own_or_403(request: SignedIn, code: str) -> Indicator:
    if not policies.may_define_indicators(request.user):
        raise PermissionDenied(_("只有全域的方法管理员和系统管理员可以登记指标"))
    return get_object_or_404(Indicator, code=code)
