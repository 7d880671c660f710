"""Exceptions from red lines 红线例外: the list, asking, deciding."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from kanjian.measures import actions, policies
from kanjian.measures.models import RedLineException
from kanjian.measures.redlines import RED_LINES
from kanjian.measures.selectors.redlines import say, source_of, title_of
from kanjian.measures.subjects import Subject, subject_of
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Post

askers = require_role(Post.Role.METHODOLOGIST, Post.Role.ADMINISTRATOR)


class ExceptionForm(forms.Form):
    """What an exception needs."""

    code = forms.ChoiceField(label=gettext_lazy("红线"))
    subject = forms.CharField(
        label=gettext_lazy("对象"),
        max_length=120,
        help_text=gettext_lazy("scheme:榜单代码/版本、board:榜单代码 或 collection:采集项目代码"),
    )
    item = forms.CharField(
        label=gettext_lazy("只限于"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("指标或否决事项的代码；空着表示整个对象"),
    )
    document = forms.CharField(label=gettext_lazy("文号"), max_length=120)
    signer = forms.CharField(label=gettext_lazy("签发人"), max_length=80)
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    expires_on = forms.DateField(
        label=gettext_lazy("有效期至"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("最长一年，到期自动失效"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [line for line in RED_LINES.values() if line.may_be_excepted and line.code != "R14"]
        self.fields["code"].choices = [(line.code, f"{line.code} {say(line.title)}") for line in lines]  # type: ignore[attr-defined]


@require_safe
def red_lines(request: HttpRequest) -> HttpResponse:
    """Every red line with why, how to mend, and the rule behind it; for everybody."""
    rows = [
        {
            "code": line.code,
            "title": say(line.title),
            "severity": line.severity.value,
            "why": say(line.why),
            "remedy": say(line.remedy),
            "source": source_of(line.code),
            "may_be_excepted": line.may_be_excepted,
        }
        for line in RED_LINES.values()
    ]
    return render(request, "measures/red_lines.html", {"rows": rows})


@require_GET
@require_role()
def index(request: SignedIn) -> HttpResponse:
    """Exceptions that the person asked for; all of them for who decides and for auditors."""
    found = policies.visible_exceptions(request.user).select_related("asked_by", "decided_by")
    rows = [(each, title_of(each.code), _subject(request, each.subject)) for each in found]
    decides = policies.may_decide_exceptions(request.user)
    return render(request, "measures/exceptions.html", {"rows": rows, "decides": decides})


@require_http_methods(["GET", "POST"])
@askers
def ask(request: SignedIn) -> HttpResponse:
    """Ask for one; ``?subject=…&code=…&item=…`` fill the form."""
    given = {name: request.GET.get(name, "")[:120] for name in ("subject", "code", "item")}
    form = ExceptionForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_exception(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            for name, texts in getattr(error, "message_dict", {"": error.messages}).items():
                form.add_error(name if name in form.fields else None, texts)
        except PermissionDenied as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("申请已提交，由另一人审批"))
            return redirect("measures:exceptions")
    return render(request, "measures/exception_form.html", {"form": form})


@require_POST
@require_role(Post.Role.ADMINISTRATOR)
def decide(request: SignedIn, exception_id: int) -> HttpResponse:
    """Grant, refuse or revoke."""
    found = policies.visible_exceptions(request.user).filter(pk=exception_id).first()
    if found is None:
        raise Http404(_("没有这个申请"))
    _decide(request, found, request.POST.get("verb", ""), request.POST.get("decision", "")[:300])
    return redirect("measures:exceptions")


def _decide(request: SignedIn, found: RedLineException, verb: str, decision: str) -> None:
    try:
        if verb == "revoke":
            actions.revoke_exception(found, by=request.user, decision=decision)
        elif verb in {"grant", "refuse"}:
            actions.decide_exception(found, by=request.user, grant=verb == "grant", decision=decision)
        else:
            raise Http404(verb)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except PermissionDenied as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已保存"))


def _subject(request: SignedIn, text: str) -> Subject:
    return subject_of(text, request.user) or Subject(text)
