"""Collections for those who set them up 采集项目管理."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kanjian.collecting import actions, policies
from kanjian.collecting.actions.set_fields import ASKABLE
from kanjian.collecting.forms import CollectionForm, FieldForm, WindowForm
from kanjian.collecting.gates import blocks_of
from kanjian.collecting.models import Collection
from kanjian.collecting.states import CollectingError, Level
from kanjian.collecting.subjects import fields_of
from kanjian.collecting.views.common import attempt
from kanjian.measures.models import Indicator
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Post

managers = require_role(Post.Role.METHODOLOGIST, Post.Role.ADMINISTRATOR)
EDITABLE = (
    *("name", "name_en", "description", "subject_kind", "reporter_kind", "frequency", "chain"),
    *("document", "plan_year", "ends_on"),
)


@require_GET
@managers
def index(request: SignedIn) -> HttpResponse:
    """All collections that the person manages."""
    found = policies.managed_collections(request.user).select_related("owner", "root").prefetch_related("windows")
    return render(request, "collecting/manage/index.html", {"collections": found})


@require_http_methods(["GET", "POST"])
@managers
def create(request: SignedIn) -> HttpResponse:
    """A new draft; its fields come next."""
    form = CollectionForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        code, root = given.pop("code"), given.pop("root")
        try:
            made = actions.create_collection(code, root=root, by=request.user, synthetic=root.synthetic, **given)
        except ValidationError as error:
            _into(form, error)
        else:
            messages.success(request, _("采集项目已建立，下一步：选择填报项"))
            return redirect("collecting:fields", code=made.code)
    return render(request, "collecting/manage/form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@managers
def change(request: SignedIn, code: str) -> HttpResponse:
    """Change a draft."""
    found = _managed(request, code)
    initial = {name: getattr(found, name) for name in EDITABLE} | {"owner": found.owner.code}
    form = CollectionForm(request.POST or None, by=request.user, collection=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_collection(found, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            _into(form, error)
        except CollectingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已保存"))
            return redirect("collecting:collection", code=code)
    return render(request, "collecting/manage/form.html", {"form": form, "collection": found})


def _into(form: CollectionForm, error: ValidationError) -> None:
    """The reasons beside the fields that they are about."""
    for name, texts in getattr(error, "message_dict", {None: error.messages}).items():
        form.add_error(name if name in form.fields else None, texts)


@require_GET
@managers
def collection(request: SignedIn, code: str) -> HttpResponse:
    """One collection: what it asks, on which ground, what blocks it, its windows; and the next step."""
    found = _managed(request, code)
    fields = fields_of(found)
    context = {
        "collection": found,
        "chain": [Level(level).label for level in found.chain],
        "fields": fields,
        "minutes": sum(field.minutes for field in fields),
        "blocks": blocks_of(found) if found.state != Collection.State.ENDED else [],
        "windows": found.windows.all(),
        "window_form": WindowForm(),
    }
    return render(request, "collecting/manage/collection.html", context)


@require_http_methods(["GET", "POST"])
@managers
def fields(request: SignedIn, code: str) -> HttpResponse:
    """Choose the indicators a draft asks for; what the platform computes or statistics publish is not offered."""
    found = _managed(request, code)
    standing = {field.indicator_id: field for field in fields_of(found)}
    rows = [_field_form(request, indicator, standing) for indicator in Indicator.objects.filter(source__in=ASKABLE)]
    if request.method == "POST" and all(row.is_valid() for row in rows):
        chosen = sorted((row for row in rows if row.cleaned_data["is_asked"]), key=lambda row: _order(row, rows))
        specs = [
            actions.FieldSpec(
                row.indicator, *(row.cleaned_data[k] for k in ("is_required", "needs_evidence", "minutes"))
            )
            for row in chosen
        ]
        if attempt(request, lambda: actions.set_fields(found, specs, by=request.user), _("填报项已保存")):
            return redirect("collecting:collection", code=code)
    return render(request, "collecting/manage/fields.html", {"collection": found, "rows": rows})


def _field_form(request: SignedIn, indicator: Indicator, standing: dict[int, Any]) -> FieldForm:
    field = standing.get(indicator.pk)
    initial = {"is_asked": field is not None}
    if field is not None:
        initial |= {name: getattr(field, name) for name in ("is_required", "needs_evidence", "minutes", "order")}
    return FieldForm(request.POST or None, indicator=indicator, initial=initial or None)


def _order(row: FieldForm, rows: list[FieldForm]) -> tuple[int, int]:
    order = row.cleaned_data["order"]
    return (999 if order is None else order, rows.index(row))


@require_POST
@managers
def activate(request: SignedIn, code: str) -> HttpResponse:
    """Draft → active."""
    found = _managed(request, code)
    attempt(
        request, lambda: actions.activate_collection(found, by=request.user), _("采集项目已开启，下一步：开放填报窗口")
    )
    return redirect("collecting:collection", code=code)


@require_POST
@managers
def end(request: SignedIn, code: str) -> HttpResponse:
    """Active → ended."""
    found = _managed(request, code)
    attempt(request, lambda: actions.end_collection(found, by=request.user), _("采集项目已结束"))
    return redirect("collecting:collection", code=code)


@require_POST
@managers
def open_window(request: SignedIn, code: str) -> HttpResponse:
    """Open a window for one period."""
    found = _managed(request, code)
    form = WindowForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        period = given.pop("period")
        attempt(request, lambda: actions.open_window(found, period, by=request.user, **given), _("填报窗口已开放"))
    else:
        messages.error(request, _("请填写周期和三个日期"))
    return redirect("collecting:collection", code=code)


def _managed(request: SignedIn, code: str) -> Collection:
    found = Collection.objects.select_related("root", "owner").filter(code=code).first()
    if found is None:
        raise Http404(_("没有这个采集项目"))
    if not policies.may_manage(request.user, found):
        raise PermissionDenied(_("只有方法管理员和系统管理员可以管理采集项目：%(unit)s") % {"unit": found.root})
    return found
