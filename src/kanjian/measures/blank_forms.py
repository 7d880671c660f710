"""An empty form to fill in 空白填报表: a workbook that the import reads as it comes back."""

import io

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kanjian.measures.models import Indicator
from kanjian.measures.policies import import_scope
from kanjian.measures.spreadsheets import for_paper, new_book
from kanjian.orgs.models import Unit, User

# Forms are for people who type; whoever delivers for more units makes the file by program.
MOST_UNITS = 5_000


def blank_form(user: User) -> bytes:
    """The person's units as rows, all indicators as columns; a first sheet says what to write."""
    scope = import_scope(user)
    units = Unit.objects.filter(kind__in=(Unit.Kind.VILLAGE, Unit.Kind.COMMUNITY), valid_to=None)
    if scope is not None:
        units = Unit.objects.filter(pk__in=scope, valid_to=None)
    indicators = list(_importable(is_whole=scope is None))
    buffer = io.BytesIO()
    with new_book(buffer) as book:
        _write_guide(book, indicators)
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        page = book.add_worksheet(_("数据"))
        page.freeze_panes(2, 2)
        for_paper(page, 2 + len(indicators), heading=(0, 1), names=2)
        page.set_column(0, 1, 16)
        page.write_row(0, 0, ["", "", *(indicator.name for indicator in indicators)], bold)
        page.write_row(1, 0, ["单位编码", "单位名称", *(indicator.code for indicator in indicators)], bold)
        for number, (code, name) in enumerate(units.values_list("code", "name")[:MOST_UNITS], start=2):
            page.write_string(number, 0, code)
            page.write_string(number, 1, name)
    return buffer.getvalue()


def _importable(*, is_whole: bool) -> QuerySet[Indicator]:
    """What may come in by file: nothing that the system computes; what others enter only by the whole's people."""
    closed = [Indicator.Source.COMPUTED] if is_whole else [Indicator.Source.COMPUTED, Indicator.Source.ENTERED]
    return Indicator.objects.exclude(source__in=closed)


def _write_guide(book: xlsxwriter.Workbook, indicators: list[Indicator]) -> None:
    page = book.add_worksheet(_("填写说明"))
    page.set_column(0, 4, 24)
    for_paper(page, 5)
    rules = (
        _("没有数据写“未采集”，不涉及写“不适用”，零写 0；空白不改动已有数据。"),
        _("只填数字，不带单位和百分号。"),
        _("不要改动单位编码和指标编码。"),
    )
    for number, rule in enumerate(rules):
        page.write_string(number, 0, rule)
    start = len(rules) + 1
    page.write_row(start, 0, [_("指标编码"), _("指标"), _("计量单位"), _("下限"), _("上限")])
    for number, indicator in enumerate(indicators, start=start + 1):
        cells = (indicator.code, indicator.name, indicator.unit_of_measure, indicator.minimum, indicator.maximum)
        page.write_row(number, 0, ["" if cell is None else cell for cell in cells])
