"""Burden meter 减负看板: the whole for everybody, units for their scope, collections before they ask, ceilings."""

import io
from typing import Any

import polars as pl
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kanjian import charts
from kanjian.collecting import actions, policies
from kanjian.collecting.burden import pages
from kanjian.collecting.models import Collection
from kanjian.collecting.states import CollectingError
from kanjian.orgs.access import SignedIn, require_role, require_role_everywhere, unit_or_404
from kanjian.orgs.models import Post, Unit
from kanjian.orgs.policies import has_role

PER_PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EARLIEST, LATEST = 2000, 2100


class CeilingForm(forms.Form):
    """A ceiling for one kind of unit and year."""

    root = forms.ModelChoiceField(label=gettext_lazy("范围"), queryset=Unit.objects.none())
    unit_kind = forms.ChoiceField(label=gettext_lazy("单位类型"), choices=Unit.Kind.choices)
    year = forms.IntegerField(label=gettext_lazy("年份"), min_value=EARLIEST, max_value=LATEST)
    hours = forms.FloatField(
        label=gettext_lazy("每年小时数"), min_value=0.1, help_text=gettext_lazy("每个单位一年最多填报多少小时")
    )
    document = forms.CharField(label=gettext_lazy("文号"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (Unit.Kind.CITY, Unit.Kind.COUNTY, Unit.Kind.AREA)
        roots = Unit.objects.filter(kind__in=kinds, valid_to=None) | Unit.objects.filter(parent=None, valid_to=None)
        self.fields["root"].queryset = roots.distinct()  # type: ignore[attr-defined]


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How much is asked of whom by which department; no persons, so everybody may look. ``?format=csv|xlsx``."""
    year = _year(request)
    page = pages.overview(year)
    if wanted := _format(request):
        return _file(_owners_frame(page), f"burden-{year}", wanted)
    context = {
        "page": page,
        "trend": _trend(page.trend),
        "change": _change(page),
        "may_set": policies.may_set_ceilings(request.user),
        "sees_units": has_role(request.user, Post.Role.READER),
    }
    return render(request, "collecting/burden.html", context)


@require_safe
@require_role(Post.Role.READER)
def units(request: SignedIn) -> HttpResponse:
    """The units of the reader's scope, most burdened first."""
    year = _year(request)
    rows = pages.unit_rows(year, policies.units_with_burden(request.user).filter(valid_to=None))
    kind = request.GET.get("kind", "")
    rows = [row for row in rows if kind in {"", row.unit.kind}]
    if wanted := _format(request):
        return _file(_units_frame(rows), f"burden-units-{year}", wanted)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    kinds = [{"code": value, "label": label} for value, label in Unit.Kind.choices]
    context = {"rows": page, "page": page, "year": year, "years": _options(pages.years()), "kind": kind, "kinds": kinds}
    return render(request, "collecting/burden_units.html", context)


@require_safe
@require_role(Post.Role.READER)
def unit(request: SignedIn, code: str) -> HttpResponse:
    """One unit's load in a year against the ceiling: a village sees its own."""
    found = unit_or_404(request.user, code)
    year = _year(request)
    page = pages.unit_page(found, year)
    if wanted := _format(request):
        return _file(_parts_frame(page), f"burden-{found.code}-{year}", wanted)
    return render(request, "collecting/burden_unit.html", {"page": page, "trend": _trend(page.trend)})


@require_safe
@require_role(Post.Role.READER)
def collection(request: SignedIn, code: str) -> HttpResponse:
    """What a collection would ask, before it may: fields × units × times × minutes, duplicates, red lines."""
    seen = policies.visible_collections(request.user) | policies.managed_collections(request.user)
    found = seen.filter(code=code).select_related("owner", "root").distinct().first()
    if found is None:
        raise Http404(_("没有这个采集项目"))
    page = pages.collection_page(found)
    if wanted := _format(request):
        return _file(_fields_frame(page), f"burden-{found.code}", wanted)
    context = {
        "page": page,
        "may_manage": policies.may_manage(request.user, found),
        "is_draft": found.state == Collection.State.DRAFT,
    }
    return render(request, "collecting/burden_collection.html", context)


@require_http_methods(["GET", "POST"])
@require_role_everywhere(Post.Role.ADMINISTRATOR)
def ceilings(request: SignedIn) -> HttpResponse:
    """Publish a ceiling."""
    form = CeilingForm(request.POST or None, initial={"year": timezone.localdate().year, "unit_kind": "village"})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        root, kind, year = given.pop("root"), given.pop("unit_kind"), given.pop("year")
        try:
            actions.set_ceiling(root, kind, year, by=request.user, **given)
        except (CollectingError, PermissionDenied) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("减负上限已公布"))
            return redirect("collecting:burden")
    return render(request, "collecting/burden_ceilings.html", {"form": form})


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    today = timezone.localdate().year
    if not text:
        return today
    if not (text.isascii() and text.isdigit() and EARLIEST <= int(text) <= LATEST):
        raise Http404(_("没有这个年份"))
    return int(text)


def _options(years: list[int]) -> list[dict[str, str]]:
    return [{"code": str(year), "label": str(year)} for year in years]


def _format(request: HttpRequest) -> str:
    wanted = request.GET.get("format", "")
    return wanted if wanted in {"csv", "xlsx"} else ""


def _trend(rows: list[pages.YearRow]) -> charts.History:
    return charts.History(
        periods=[str(row.year) for row in rows],
        lines=[
            charts.Line(_("表单要求（小时）"), [round(row.hours, 1) for row in rows], role="unit"),
            charts.Line(_("预填后实际要填（小时）"), [round(row.left, 1) for row in rows], role="median"),
        ],
    )


def _change(page: pages.Overview) -> charts.Waterfall | None:
    """From last year's hours to this year's, department by department; nothing to show where nothing was asked."""
    parts = [charts.Part(row.owner.name, row.change) for row in page.owners if row.change]
    if not parts:
        return None
    start = sum(row.before for row in page.owners)
    end = start + sum(part.value for part in parts)
    return charts.Waterfall(
        start=charts.Part(str(page.before.year), start), parts=parts, end=charts.Part(str(page.year), end), decimals=1
    )


def _owners_frame(page: pages.Overview) -> pl.DataFrame:
    rows = [
        (row.owner.code, row.owner.name, row.collections, row.fields, round(row.hours, 2), round(row.before, 2))
        for row in page.owners
    ]
    columns = [
        *(_("部门代码"), _("部门"), _("采集项目数"), _("填报项数")),
        *(_("要求小时数 %(year)s") % {"year": year} for year in (page.year, page.before.year)),
    ]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _units_frame(rows: list[pages.UnitRow]) -> pl.DataFrame:
    data = [(row.unit.code, row.unit.name, round(row.hours, 2), round(row.spared, 2), row.ceiling) for row in rows]
    columns = [_("单位代码"), _("单位名称"), _("要求小时数"), _("预填省下小时数"), _("上限小时数")]
    return pl.DataFrame(data, schema=columns, orient="row")


def _parts_frame(page: pages.UnitPage) -> pl.DataFrame:
    asked = [(row.collection, row) for row in page.parts]
    data = [(each.code, each.name, each.owner.name, row.fields, row.times, round(row.hours, 2)) for each, row in asked]
    columns = [_("项目代码"), _("项目名称"), _("主管单位"), _("填报项数"), _("全年次数"), _("要求小时数")]
    return pl.DataFrame(data, schema=columns, orient="row")


def _fields_frame(page: pages.CollectionPage) -> pl.DataFrame:
    asked = [(row.field.indicator, row) for row in page.fields]
    data = [(each.code, each.name, row.field.minutes, round(row.hours, 2), "；".join(row.held)) for each, row in asked]
    columns = [_("指标代码"), _("指标"), _("分钟"), _("全年小时数"), _("已有数据")]
    return pl.DataFrame(data, schema=columns, orient="row")


def _file(frame: pl.DataFrame, name: str, wanted: str) -> HttpResponse:
    """A table as CSV (with the mark that spreadsheets need) or as a workbook."""
    buffer = io.BytesIO()
    if wanted == "csv":
        frame.write_csv(buffer, include_bom=True)
        answer = HttpResponse(buffer.getvalue(), content_type="text/csv; charset=utf-8")
    else:
        frame.write_excel(buffer, autofit=True, freeze_panes=(1, 0))
        answer = HttpResponse(buffer.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{wanted}"'
    return answer
