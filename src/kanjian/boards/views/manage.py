"""The working side of a board: making one, where it stands, its history 榜单管理."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kanjian.boards import actions, policies
from kanjian.boards.forms import BoardForm
from kanjian.boards.models import Board
from kanjian.boards.selectors import managing
from kanjian.boards.selectors.editions import named
from kanjian.boards.states import BoardError
from kanjian.measures.policies import may_import
from kanjian.orgs.access import SignedIn, require_role

RECENT = 8
PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@require_role()
def create(request: SignedIn) -> HttpResponse:
    """A new board; its working page follows."""
    if not policies.may_create(request.user):
        raise PermissionDenied(_("建榜单需要系统管理岗位"))
    form = BoardForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        board = _created(request, form)
        if board is not None:
            messages.success(request, _("榜单已建立，下一步：新增方法版本"))
            return redirect("boards:manage", code=board.code)
    return render(request, "boards/manage/create.html", {"form": form})


def _created(request: SignedIn, form: BoardForm) -> Board | None:
    """The board, or None with the reason in the form."""
    given = {name: value for name, value in form.cleaned_data.items() if name != "unit"}
    root = form.cleaned_data["unit"]
    try:
        return actions.create_board(**given, root=root, synthetic=bool(root and root.synthetic), by=request.user)
    except BoardError as error:
        form.add_error("code", str(error))
    except ValidationError as error:
        form.add_error(None, error.messages)
    except IntegrityError:  # somebody else took the code between the check and the write
        form.add_error("code", _("榜单代码“%(code)s”已被使用") % {"code": given["code"]})
    return None


@require_GET
@require_role()
def overview(request: SignedIn, code: str) -> HttpResponse:
    """Where the board stands and what comes next; versions, editions, recent history."""
    board = managing.board_to_manage(request.user, code)
    lines = managing.edition_lines(board)
    recent = list(managing.events_of(board)[:RECENT])
    context = {
        **around(request, board),
        "desk": managing.desk(board, lines),
        "lines": lines,
        "versions": managing.version_lines(board),
        "entries": list(managing.entries(board, recent)),
        "may_import": may_import(request.user),
    }
    return render(request, "boards/manage/overview.html", context)


@require_GET
@require_role()
def history(request: SignedIn, code: str) -> HttpResponse:
    """Who did what when, from the ledger."""
    board = managing.board_to_manage(request.user, code)
    page = Paginator(managing.events_of(board), PER_PAGE).get_page(request.GET.get("page"))
    found = list(managing.entries(board, list(page.object_list)))
    return render(request, "boards/manage/history.html", {**around(request, board), "page": page, "entries": found})


def around(request: SignedIn, board: Board) -> dict[str, object]:
    """What every working page shows of its board, and which verbs the person has."""
    return {
        "board": board,
        "named": named(board),
        "may_compute": policies.may_compute(request.user, board),
        "may_publish": policies.may_publish(request.user, board),
        "may_settle": policies.may_settle(request.user, board),
    }
