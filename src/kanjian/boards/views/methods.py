"""The method page: the scheme as a document 方法."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kanjian.boards.linting import lint
from kanjian.boards.selectors import editions
from kanjian.boards.selectors.methods import load
from kanjian.boards.selectors.methods import method as method_of
from kanjian.boards.views.common import asked
from kanjian.measures.selectors.redlines import lint_page


@require_safe
def method(request: HttpRequest, code: str) -> HttpResponse:
    """Formulas, weights, versions, differences (``?version=…&against=…``); ``?format=yaml`` gives the text."""
    board = editions.board_for(request.user, code)
    wanted = asked(request, "version", "against", "format")
    found = method_of(board, wanted["version"], wanted["against"])
    if wanted["format"] == "yaml":
        response = HttpResponse(found.text, content_type="application/yaml; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{code}-{found.scheme.version}.yaml"'
        return response
    judged = lint(board, load(found.text))
    redlines = lint_page(judged.judged, judged.exceptions)
    context = {
        "method": found,
        "redlines": redlines,
        "head": editions.board_head(request.user, board),
        "symbols": symbols(),
    }
    return render(request, "boards/method.html", context)


def symbols() -> list[tuple[str, str]]:
    """The letters of the formulas."""
    return [
        ("S", gettext("得分")),
        ("x", gettext("指标数值")),
        ("F", gettext("满分")),
        ("F₀", gettext("起评分（最低分）")),
        ("min, max", gettext("比较范围内的最小值、最大值")),
        ("mean, s", gettext("比较范围内的平均值、标准差")),
        ("M, D", gettext("换算后的平均分、标准差对应的分数")),
        ("T", gettext("目标值")),
        ("k, u", gettext("每差一个单位加减的分数、单位的大小")),
        ("low, high", gettext("固定的下限、上限")),
        ("good, bad", gettext("满意值、不允许值")),
        ("B, R", gettext("基础分、调整分")),
        ("n", gettext("参加比较的单位数")),
        ("w, Sᵢ", gettext("下级的权重、得分")),
    ]
