"""The review list: flags, one flag with its evidence, the answer to it, a new run."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kanjian import charts
from kanjian.calendars.periods import Period
from kanjian.measures import actions, policies, selectors
from kanjian.measures.entering import people_behind
from kanjian.measures.models import Flag, Indicator
from kanjian.measures.quality_forms import ReviewForm
from kanjian.measures.selectors import flags as reads
from kanjian.measures.selectors.flags import FlagQuery
from kanjian.measures.words import flags as words
from kanjian.orgs import policies as org_policies
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Unit

PER_PAGE = 50
MOST_TEXT = 60
readers = require_role(*policies.FLAG_ROLES)


@require_GET
@readers
def index(request: SignedIn) -> HttpResponse:
    """The review list, strongest first; open ones unless another state is asked for."""
    query = _query(request)
    found = reads.flags(request.user, query)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    courses = reads.courses(page.object_list)
    rows = [(flag, _sentence(flag), courses.get(flag.pk)) for flag in page.object_list]
    roots = _roots(request)
    context = {
        "rows": rows,
        "page": page,
        "query": query,
        "facets": _facets(request, query),
        "run": reads.latest_run(),
        "roots": roots,
        "periods": [{"code": code, "label": label(code)} for code in selectors.known_periods()] if roots else [],
    }
    return render(request, "measures/flags.html", context)


@require_GET
@readers
def flag(request: SignedIn, flag_id: int) -> HttpResponse:
    """One flag: what is asked, the numbers behind it, the series, and the answer."""
    return render(request, "measures/flag.html", _context(request, _flag_or_404(request, flag_id), ReviewForm()))


@require_POST
@readers
def review(request: SignedIn, flag_id: int) -> HttpResponse:
    """Answer a flag."""
    found = _flag_or_404(request, flag_id)
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            actions.review_flag(found, form.cleaned_data["verdict"], form.cleaned_data["reason"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已记录核实结论"))
            return redirect("measures:flag", flag_id=flag_id)
    return render(request, "measures/flag.html", _context(request, found, form), status=422)


@require_POST
@require_role(*policies.QUALITY_ROLES)
def run(request: SignedIn) -> HttpResponse:
    """Run the checks in the background over one of the person's units."""
    root = Unit.objects.filter(code=request.POST.get("root", "")).first()
    if root is None:
        raise Http404(_("没有这个单位"))
    try:
        job = actions.start_quality(root, request.POST.get("period", ""), by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("measures:flags")
    if job.state == job.State.DONE:
        numbers = {"found": job.result["found"], "new": job.result["new"]}
        messages.success(request, _("检查完成：质疑 %(found)d 条，新增 %(new)d 条") % numbers)
        return redirect(job.result["url"])
    return redirect("jobs:detail", job_id=job.pk)


def label(period: str) -> str:
    """A period in the reader's language."""
    return Period.parse(period).label(get_language() or "zh")


def _query(request: SignedIn) -> FlagQuery:
    asked = {name: request.GET.get(name, "").strip()[:MOST_TEXT] for name in ("kind", "unit", "indicator", "period")}
    return FlagQuery(state=request.GET.get("state", Flag.State.OPEN), **asked)


def _facets(request: SignedIn, query: FlagQuery) -> dict[str, list[dict[str, Any]]]:
    kinds = reads.counts_by_kind(request.user, query)
    seen = policies.visible_flags(request.user).order_by().values("indicator")
    indicators = Indicator.objects.filter(pk__in=seen)
    return {
        "states": [{"code": code, "label": text} for code, text in Flag.State.choices],
        "kinds": [{"code": code, "label": text, "count": kinds.get(code, 0)} for code, text in Flag.Kind.choices],
        "indicators": [{"code": each.code, "label": f"{each.code} {_name(each)}"} for each in indicators],
        "periods": [{"code": code, "label": label(code)} for code in reads.flag_periods(request.user)],
    }


def _roots(request: SignedIn) -> QuerySet[Unit]:
    """Units at which the person holds a post that may run the checks; a superuser the roots."""
    if request.user.is_superuser:
        return Unit.objects.filter(parent=None, valid_to=None)
    held = org_policies.posts_of(request.user, policies.Role.READER).filter(role__in=policies.QUALITY_ROLES)
    return Unit.objects.filter(pk__in=held.values("unit"), valid_to=None)


def _sentence(found: Flag) -> str:
    return words.sentence(found, _name(found.other) if found.other else "")


def _name(thing: Unit | Indicator) -> str:
    return thing.name_en if thing.name_en and (get_language() or "").startswith("en") else thing.name


def _context(request: SignedIn, found: Flag, form: ReviewForm) -> dict[str, Any]:
    course = reads.readings(found)
    may_review = policies.may_review_flag(request.user, found)
    return {
        "flag": found,
        "sentence": _sentence(found),
        "meaning": words.meaning(found),
        "numbers": words.numbers(found),
        "readings": [(label(each.period), each) for each in course],
        "course": charts.History(
            periods=[each.period for each in course],
            lines=[charts.Line(_name(found.indicator), [each.value for each in course], role="unit")],
        )
        if found.indicator and course
        else None,
        "comparisons": reads.comparisons(found),
        "period_label": label(found.period),
        "form": form,
        "may_review": may_review and found.state != Flag.State.CLOSED,
        "why_not": "" if may_review else _why_not(request, found),
    }


def _why_not(request: SignedIn, found: Flag) -> str:
    if request.user.pk in people_behind(found):
        return gettext("其中有您填报的数据，须由他人核实")
    return gettext("由该单位或上级的审核员核实")


def _flag_or_404(request: SignedIn, flag_id: int) -> Flag:
    related = ("unit", "other", "indicator", "rule", "reviewed_by", "first_run", "last_run", "root")
    found = policies.visible_flags(request.user).select_related(*related).filter(pk=flag_id).first()
    if found is None:
        raise Http404(_("没有这条质疑，或您无权查看"))
    return found
