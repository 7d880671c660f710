"""Ways from the reading pages to the working ones, for those who may take them 管理入口."""

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from kanjian.boards import policies
from kanjian.boards.models import Board

register = template.Library()


@register.simple_tag(takes_context=True)
def manage_link(context: Context, code: str) -> SafeString | str:
    """``{% manage_link edition.board.code %}``: a tab that leads to the board's working page; nothing for readers."""
    user = context["request"].user
    if not user.is_authenticated:
        return ""
    board = Board.objects.select_related("root").filter(code=code).first()
    if board is None or not policies.may_manage(user, board):
        return ""
    return format_html('<a href="{}">{}</a>', reverse("boards:manage", args=[code]), gettext("管理"))


@register.simple_tag(takes_context=True)
def help_link(context: Context, code: str, period: str, here: str = "") -> SafeString | str:
    """``{% help_link edition.board.code edition.period here %}``: a tab, for those who may help."""
    user = context["request"].user
    if not user.is_authenticated:
        return ""
    board = Board.objects.select_related("root").filter(code=code).first()
    if board is None or not policies.may_help(user, board):
        return ""
    current = mark_safe(' aria-current="page"') if here == "help" else ""
    return format_html(
        '<a href="{}"{}>{}</a>', reverse("boards:help", args=[code, period]), current, gettext("帮扶名单")
    )


@register.simple_tag
def weighing(method: str) -> str:
    """``{% weighing effect.method %}``: the name of a way to derive weights from data."""
    names = {"entropy": gettext("熵权法"), "critic": gettext("CRITIC 法"), "pca": gettext("主成分法")}
    return names.get(method, method)


@register.simple_tag(takes_context=True)
def create_board_link(context: Context) -> SafeString | str:
    """``{% create_board_link %}``: the button for a new board, for administrators."""
    user = context["request"].user
    if not user.is_authenticated or not policies.may_create(user):
        return ""
    button = '<a class="btn btn-primary" href="{}">{}</a>'
    return format_html(button, reverse("boards:create"), gettext("新建榜单"))
