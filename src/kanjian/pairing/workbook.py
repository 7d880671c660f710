"""The pairs of a round as an Excel file 结对名单."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format

from kanjian.measures.spreadsheets import for_paper, new_book
from kanjian.pairing import endowments
from kanjian.pairing.models import Confirmation, Pair, Round
from kanjian.pairing.selectors import rounds

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 40
Cell = str | float | int | None


def workbook(found: Round, shown: Sequence[rounds.PairRow], *, whole: bool) -> bytes:
    """Pairs; for those who see the whole round also who has no partner, the balance and the parameters."""
    buffer = io.BytesIO()
    with new_book(buffer) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        _sheet(book, head, _("结对名单"), *_pairs(shown))
        if whole:
            _sheet(book, head, _("未结对"), [_("单位"), _("代码"), _("原因")], _without(found))
            _sheet(book, head, _("平衡表"), [_("条件"), _("之前"), _("之后"), _("方差比")], _balance(found))
            _sheet(book, head, _("参数"), [_("参数"), _("值")], _parameters(found))
    return buffer.getvalue()


def _sheet(
    book: xlsxwriter.Workbook, head: Format, name: str, titles: Sequence[str], lines: Iterable[Sequence[Cell]]
) -> None:
    sheet = book.add_worksheet(name[:31])
    sheet.write_row(0, 0, titles, head)
    sheet.freeze_panes(1, 0)
    for_paper(sheet, len(titles), heading=(0, 0))
    widths = [len(title) * 2 for title in titles]
    for row, line in enumerate(lines, start=1):
        for column, value in enumerate(line):
            if value is not None:
                sheet.write(row, column, value)
            widths[column] = min(WIDEST, max(widths[column], _width(value)))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width + 2)


def _width(value: Cell) -> int:
    return sum(2 if ord(sign) > 255 else 1 for sign in str(value)) if isinstance(value, str) else 8


def _pairs(shown: Sequence[rounds.PairRow]) -> tuple[list[str], list[list[Cell]]]:
    titles = [
        *(_("受帮单位"), _("代码"), _("帮带单位"), _("代码"), _("赛道"), _("距离（公里）"), _("成本")),
        *(_("短板维度"), _("相近条件"), _("最大差异"), _("人工调整理由"), _("状态"), _("已确认"), _("文号序号")),
    ]
    sides = dict(Confirmation.Side.choices)
    lines: list[list[Cell]] = [
        [
            *(row.mentee, row.pair.mentee.code, row.mentor, row.pair.mentor.code, row.track),
            *(None if row.pair.km is None else round(row.pair.km, 1), round(row.pair.cost, 4)),
            *("、".join(each.label for each in row.weak), "、".join(row.shared), row.different),
            *(row.pair.changed_by_hand, str(Pair.State(row.pair.state).label)),
            *("、".join(str(sides[side]) for side in row.said), row.pair.number),
        ]
        for row in shown
    ]
    return titles, lines


def _without(found: Round) -> list[list[Cell]]:
    return [[each.unit.label, each.unit.code, each.reason] for each in rounds.without(found)]


def _balance(found: Round) -> list[list[Cell]]:
    return [[row.label, row.before, row.after, row.ratio] for row in rounds.balance(found)]


def _parameters(found: Round) -> list[list[Cell]]:
    given = rounds.parameters(found)
    scheme = rounds.scheme_of(found)
    lines: list[list[Cell]] = [[label, value] for label, value in rounds.parameter_words(given)]
    lines += [[endowments.label(each.name, scheme), each.weight] for each in given.endowments]
    return [*lines, [_("结果哈希"), found.result_hash], [_("期次哈希"), found.edition.hash]]
