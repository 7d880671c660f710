"""Approval 审核: the queue of a level, passing many on at once, giving back, extensions."""

import csv
import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kanjian.collecting import actions, policies
from kanjian.collecting.forms import DecisionForm, ReopenForm, ReturnForm
from kanjian.collecting.models import Collection, Extension, Sheet, Window
from kanjian.collecting.selectors import approval
from kanjian.collecting.selectors.progress import decided_extensions, progress
from kanjian.collecting.views.common import attempt, sheet_or_404
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Post
from kanjian.uploads import attachment

PER_PAGE = 50
MOST_AT_ONCE = 2_000


@require_GET
@require_role(Post.Role.REVIEWER)
def queue(request: SignedIn, window_id: int, level: str) -> HttpResponse:
    """The sheets of one window at one level: what is unusual first, those without remarks to be ticked together."""
    window = get_object_or_404(Window.objects.select_related("collection"), pk=window_id)
    if level not in Collection.Level.values:
        raise Http404(_("没有这个层级"))
    waiting = approval.queue(request.user, window, level)
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "window": window,
        "level": level,
        "level_label": Collection.Level(level).label,
        "page": page,
        "total": len(waiting),
        "all_ids": [item.sheet.pk for item in waiting if not item.refusal][:MOST_AT_ONCE],
    }
    return render(request, "collecting/queue.html", context)


@require_POST
@require_role(Post.Role.REVIEWER)
def approve(request: SignedIn) -> HttpResponse:
    """Pass the chosen sheets on; at the office they become values. All of them or none."""
    ids = [int(each) for each in request.POST.getlist("sheet") if each.isascii() and each.isdecimal()]
    visible = policies.visible_sheets(request.user).filter(pk__in=ids[:MOST_AT_ONCE])
    chosen = list(Sheet.objects.filter(pk__in=visible.order_by().values("pk")))
    done = ngettext("已处理 %(count)s 份填报单", "已处理 %(count)s 份填报单", len(chosen)) % {"count": len(chosen)}
    verb = actions.accept if any(sheet.level == Collection.Level.OFFICE for sheet in chosen) else actions.approve
    attempt(request, lambda: verb(chosen, by=request.user), done)
    return redirect(_back(request, chosen))


def _back(request: SignedIn, chosen: list[Sheet]) -> str:
    """To the pile that they came from, or to the overview when it is empty."""
    level = request.POST.get("level", "")
    windows = {sheet.window_id for sheet in chosen}
    if len(windows) == 1 and level in Collection.Level.values:
        window = windows.pop()
        if policies.waiting_for(request.user).filter(window=window, level=level).exists():
            return reverse("collecting:queue", args=[window, level])
    return reverse("collecting:index")


@require_POST
@require_role(Post.Role.REVIEWER)
def give_back(request: SignedIn, number: int) -> HttpResponse:
    """Return a sheet with its reason."""
    found = sheet_or_404(request, number)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请选择原因，并写明要改什么"))
        return redirect("collecting:sheet", number=number)
    given = form.cleaned_data
    attempt(
        request,
        lambda: actions.return_sheet(found, by=request.user, reason=given["reason"], comment=given["comment"]),
        _("已退回给填报单位"),
    )
    return redirect(_back(request, [found]))


@require_POST
@require_role(Post.Role.REVIEWER)
def reopen(request: SignedIn, number: int) -> HttpResponse:
    """Give an accepted sheet back for a correction."""
    found = sheet_or_404(request, number)
    form = ReopenForm(request.POST)
    if form.is_valid():
        attempt(request, lambda: actions.reopen(found, by=request.user, **form.cleaned_data), _("已退回更正"))
    else:
        messages.error(request, _("请选择原因，写明要改什么和改到哪一天"))
    return redirect("collecting:sheet", number=number)


def _window_or_404(request: SignedIn, window_id: int) -> Window:
    rows = Window.objects.select_related("collection__owner", "collection__root")
    return get_object_or_404(rows, pk__in=policies.visible_windows(request.user).order_by().values("pk"), pk=window_id)


@require_GET
@require_role(Post.Role.READER)
def reminders(request: SignedIn, window_id: int) -> HttpResponse:
    """Whom to remind, as a table for the spreadsheet."""
    found = _window_or_404(request, window_id)
    rows = [
        [_("代码"), _("填报单位"), _("上级单位"), _("状态")],
        *(
            [sheet.reporter.code, sheet.reporter.name, str(sheet.reporter.parent or ""), sheet.get_state_display()]
            for sheet in progress(request.user, found).missing
        ),
    ]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    name = f"{found.collection.code}-{found.period}.csv"
    return attachment(b"\xef\xbb\xbf" + text.getvalue().encode(), name)  # the mark makes Excel read it as UTF-8


@require_GET
@require_role(Post.Role.READER)
def window(request: SignedIn, window_id: int) -> HttpResponse:
    """How far a window is, township by township, and whom to remind."""
    found = _window_or_404(request, window_id)
    shown = progress(request.user, found)
    page = Paginator(shown.missing, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "window": found,
        "progress": shown,
        "page": page,
        "extensions": found.extensions.select_related("reporter"),
        "may_manage": policies.may_manage(request.user, found.collection),
    }
    return render(request, "collecting/window.html", context)


@require_GET
def extensions(request: HttpRequest) -> HttpResponse:
    """The public list of exceptions: which unit, for what, until when, why. No names of persons."""
    page = Paginator(decided_extensions(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "collecting/extensions.html", {"page": page})


@require_POST
@require_role(Post.Role.REVIEWER, Post.Role.ADMINISTRATOR)
def decide(request: SignedIn, extension_id: int) -> HttpResponse:
    """Grant or refuse."""
    found = get_object_or_404(Extension.objects.select_related("window__collection__root"), pk=extension_id)
    if not policies.extensions_to_decide(request.user).filter(pk=found.pk).exists():
        raise Http404(_("没有等您审批的这份申请"))
    form = DecisionForm(request.POST)
    if form.is_valid():
        given, grant = form.cleaned_data, request.POST.get("do") == "grant"
        attempt(
            request,
            lambda: actions.decide_extension(
                found, by=request.user, grant=grant, decision=given["decision"], until=given["until"]
            ),
            _("已审批"),
        )
    else:
        messages.error(request, _("请写明审批理由"))
    return redirect("collecting:index")
