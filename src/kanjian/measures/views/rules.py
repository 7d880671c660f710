"""Cross-field rules: the list, one rule with a trial against a period, define, retire, import."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kanjian.calendars.periods import Period
from kanjian.limits import limited
from kanjian.measures import actions, policies, selectors
from kanjian.measures.intake import Findings, IntakeError
from kanjian.measures.models import Rule
from kanjian.measures.quality_forms import RuleFileForm, RuleForm
from kanjian.measures.selectors import rules as reads
from kanjian.measures.validation import ExpressionError
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Post


@require_GET
@require_role(Post.Role.READER)
def index(request: SignedIn) -> HttpResponse:
    """All rules."""
    context = {"rules": reads.rules(), "may_define": policies.may_define_rules(request.user)}
    return render(request, "measures/rules.html", context)


@require_GET
@require_role(Post.Role.READER)
def rule(request: SignedIn, code: str) -> HttpResponse:
    """One rule, and how many of the reader's units break it in a period."""
    found = get_object_or_404(Rule.objects.select_related("created_by"), code=code)
    periods = selectors.known_periods()
    period = request.GET.get("period", "")
    period = period if period in periods else (periods[0] if periods else "")
    try:
        trial = reads.trial(found, period, request.user) if period else None
    except ExpressionError:  # an indicator's code or the language changed since: shown, not hidden
        trial = None
    context = {
        "rule": found,
        "trial": trial,
        "period": period,
        "period_label": _label(period) if period else "",
        "periods": [{"code": each, "label": _label(each)} for each in periods],
        "may_define": policies.may_define_rules(request.user),
    }
    return render(request, "measures/rule.html", context)


def _defining(request: SignedIn) -> None:
    policies.require_define_rules(request.user)


@require_http_methods(["GET", "POST"])
@require_role(Post.Role.METHODOLOGIST, Post.Role.ADMINISTRATOR)
def new(request: SignedIn) -> HttpResponse:
    """Define a rule."""
    _defining(request)
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if Rule.objects.filter(code=code).exists():
            form.add_error("code", _("已有这个编码的勾稽关系"))
        elif _define(request, form, code):
            return redirect("measures:rule", code=code)
    return render(request, "measures/rule_form.html", {"form": form, "rule": None}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@require_role(Post.Role.METHODOLOGIST, Post.Role.ADMINISTRATOR)
def edit(request: SignedIn, code: str) -> HttpResponse:
    """Change a rule, or bring a retired one back into force."""
    _defining(request)
    found = get_object_or_404(Rule, code=code)
    current = {name: getattr(found, name) for name in ("code", *RuleForm.base_fields)}
    form = RuleForm({**request.POST.dict(), "code": code} if request.method == "POST" else None, initial=current)
    form.fields["code"].disabled = True
    if request.method == "POST" and form.is_valid() and _define(request, form, code):
        return redirect("measures:rule", code=code)
    return render(request, "measures/rule_form.html", {"form": form, "rule": found}, status=422 if form.errors else 200)


@require_POST
@require_role(Post.Role.METHODOLOGIST, Post.Role.ADMINISTRATOR)
def retire(request: SignedIn, code: str) -> HttpResponse:
    """Take a rule out of force."""
    found = get_object_or_404(Rule, code=code)
    try:
        actions.retire_rule(found, reason=request.POST.get("reason", ""), by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已停用：填报时和质量检查都不再校验它"))
    return redirect("measures:rule", code=code)


@require_http_methods(["GET", "POST"])
@require_role(Post.Role.METHODOLOGIST, Post.Role.ADMINISTRATOR)
@limited("uploads")
def load(request: SignedIn) -> HttpResponse:
    """Import rules from a file: all of them or none."""
    _defining(request)
    form = RuleFileForm(request.POST or None, request.FILES or None)
    findings: Findings | None = None
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.import_rules(form.source(), by=request.user)
        except IntakeError as error:
            findings = error.findings
        else:
            numbers = {"created": len(done.created), "changed": len(done.changed), "same": len(done.unchanged)}
            messages.success(request, _("新增 %(created)d 条，改动 %(changed)d 条，未变 %(same)d 条") % numbers)
            return redirect("measures:rules")
    context: dict[str, Any] = {"form": form, "findings": findings}
    return render(request, "measures/rule_import.html", context, status=422 if findings or form.errors else 200)


def _define(request: SignedIn, form: RuleForm, code: str) -> Rule | None:
    columns = {name: value for name, value in form.cleaned_data.items() if name != "code"}
    try:
        found = actions.define_rule(code, by=request.user, **columns)
    except ValidationError as error:
        for column, texts in error.message_dict.items():
            for text in texts:
                form.add_error(column if column in form.fields else None, text)
        return None
    messages.success(request, _("勾稽关系已保存，下面是在最近一期的试算结果"))
    return found


def _label(period: str) -> str:
    return Period.parse(period).label(get_language() or "zh")
