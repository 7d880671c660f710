"""The help list of an edition 帮扶名单, and who decides whether last places are public."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kanjian.boards import actions, policies
from kanjian.boards.forms import BottomListForm
from kanjian.boards.selectors import helping, managing
from kanjian.boards.selectors.shelves import shelf_of
from kanjian.boards.states import BoardError
from kanjian.boards.views.common import asked, whole
from kanjian.boards.views.manage import around
from kanjian.orgs.access import SignedIn, require_role


@require_GET
@require_role()
def help_list(request: SignedIn, code: str, period: str) -> HttpResponse:
    """The units that need help among those the reader answers for."""
    shelf = shelf_of(request.user, code)
    edition = shelf.edition(period)
    if not policies.may_help(request.user, edition.board):
        raise PermissionDenied(_("帮扶名单给能帮上忙的人看：需要榜单范围内的岗位"))
    given = asked(request, "track")
    scope = policies.help_scope(request.user, edition.board)
    page = whole(request.GET.get("page"), 1)
    found = helping.help_list(edition, scope, request.user, track=given["track"], page=page)
    context = {
        "help": found,
        "edition": found.edition,
        "asked": given,
        "periods": shelf.periods(),
    }
    return render(request, "boards/help.html", context)


@require_http_methods(["GET", "POST"])
@require_role()
def settle(request: SignedIn, code: str) -> HttpResponse:
    """Confirm whether the last places of each track are public, by which decision."""
    board = managing.board_to_manage(request.user, code)
    if not policies.may_settle(request.user, board):
        raise PermissionDenied(_("名次公开范围由系统管理岗位设置"))
    initial = {"choice": board.bottom_list, "percent": board.bottom_percent, "document": board.bottom_document}
    form = BottomListForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.settle_bottom_list(
                board,
                bottom_list=given["choice"],
                percent=given["percent"],
                document=given["document"],
                by=request.user,
            )
        except BoardError as error:
            form.add_error("document" if error.code == "document_missing" else None, str(error))
        else:
            messages.success(request, _("已保存，并记入大事记"))
            return redirect("boards:manage", code=code)
    return render(request, "boards/manage/bottom.html", {**around(request, board), "form": form})
