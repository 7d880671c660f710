"""Indicators, cells with their evidence, batches."""

from typing import cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kanjian.calendars.periods import Period, PeriodError
from kanjian.measures import policies, selectors
from kanjian.measures.models import Batch, Indicator, Value
from kanjian.measures.origins import stories_of
from kanjian.measures.systems import same_datum
from kanjian.measures.usage import usages_of
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Post, Unit

PER_PAGE = 100


@require_GET
@require_role(Post.Role.READER)
def index(request: SignedIn) -> HttpResponse:
    """All indicators with their coverage in one period, found by code or name."""
    periods = selectors.known_periods()
    period = request.GET.get("period", "")
    period = period if period in periods else (periods[0] if periods else "")
    text = request.GET.get("search", "").strip()[:60]
    found = Indicator.objects.select_related("department")
    if text:
        found = found.filter(Q(code__istartswith=text) | Q(name__icontains=text) | Q(name_en__icontains=text))
    counts = selectors.coverage_by_indicator(period) if period else {}
    context = {
        "rows": [(each, counts.get(each.code, selectors.Counts())) for each in found],
        "text": text,
        "period": period,
        "period_label": label(period) if period else "",
        "periods": [{"code": code, "label": label(code)} for code in periods],
        "may_import": policies.may_import(request.user),
        "may_see_flags": policies.may_see_flags(request.user),
    }
    return render(request, "measures/index.html", context)


@require_GET
@require_role(Post.Role.READER)
def indicator(request: SignedIn, code: str) -> HttpResponse:
    """One indicator: what it means, who answers for it, how complete it is, who uses it."""
    found = get_object_or_404(Indicator.objects.select_related("department"), code=code)
    coverage = selectors.coverage(found)
    context = {
        "indicator": found,
        "computation": selectors.computation_label(found),
        "twins": same_datum(found),
        "may_define": policies.may_define_indicators(request.user),
        "latest": coverage[0].period if coverage else selectors.latest_period(),
        "coverage": [(label(entry.period), entry) for entry in coverage],
        "usages": usages_of(found, request.user),
    }
    return render(request, "measures/indicator.html", context)


@require_GET
def cell(request: HttpRequest, unit: str, indicator: str, period: str) -> HttpResponse:
    """The evidence of one cell: value, status, source file and line, what it said before.

    Whoever may not see it gets 404, as if it were not there: whether a unit has a value is the unit's business.
    """
    found_unit = Unit.objects.filter(code=unit).first()
    found = Indicator.objects.select_related("department").filter(code=indicator).first()
    code = _period_or_404(period).code
    if found_unit is None or found is None or not policies.may_see_cell(request.user, found_unit, found, code):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise Http404(_("没有这个数据，或您无权查看"))
    # Readers of the unit see who entered what; the public sees files, lines and days.
    is_reader = policies.may_see_unit(request.user, found_unit)
    evidence = selectors.evidence_of(found_unit, found, code)
    origin = evidence.origin
    context = {
        "evidence": evidence,
        "period_label": label(code),
        "is_reader": is_reader,
        "basis": selectors.basis_of(evidence, request.user),
        "stories": stories_of(evidence.value),
        "may_see_batch": origin is not None and policies.may_see_batch(request.user, origin.batch),
        "line": selectors.original_line(origin.batch, origin.row) if origin and is_reader else None,
        "history": [(label(value.period), value) for value in selectors.history(found_unit, found)]
        if is_reader
        else [],
    }
    return render(request, "measures/cell.html", context)


@require_GET
@require_role()
def batch(request: SignedIn, batch_id: int) -> HttpResponse:
    """One batch and the values that still stand on it."""
    found = _batch_or_404(request, batch_id)
    values = Value.objects.filter(batch=found).select_related("unit", "indicator").order_by("row", "pk")
    page = Paginator(values, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "measures/batch.html", {"batch": found, "page": page, "values": page.object_list})


@require_GET
@require_role()
def batch_file(request: SignedIn, batch_id: int) -> HttpResponse:
    """The file as it was handed in."""
    found = _batch_or_404(request, batch_id)
    if not found.file or not default_storage.exists(found.file):
        raise Http404(_("原始文件没有保存"))
    answer = FileResponse(default_storage.open(found.file), as_attachment=True, filename=found.source)
    return cast("HttpResponse", answer)  # guards are typed for plain answers; a streaming one passes through them too


def label(period: str) -> str:
    """A period in the reader's language."""
    return Period.parse(period).label(get_language() or "zh")


def _batch_or_404(request: SignedIn, batch_id: int) -> Batch:
    found = get_object_or_404(Batch.objects.select_related("created_by"), pk=batch_id)
    if not policies.may_see_batch(request.user, found):
        raise PermissionDenied(_("只有导入者和全域查阅岗位可以查看批次"))
    return found


def _period_or_404(text: str) -> Period:
    try:
        return Period.parse(text)
    except PeriodError as error:
        raise Http404(_("“%(text)s”不是周期") % {"text": text}) from error
