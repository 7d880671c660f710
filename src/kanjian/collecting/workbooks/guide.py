"""The first page of a template 填报说明: how to fill it in, and what each field means."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kanjian.collecting.workbooks.content import Content
from kanjian.measures.models import Indicator
from kanjian.measures.spreadsheets import for_paper


def write(book: Workbook, content: Content, formats: dict[str, Format]) -> None:
    """Write the page."""
    window, reporter = content.sheet.window, content.sheet.reporter
    page = book.add_worksheet(_("填报说明"))
    page.set_column(0, 0, 14)
    page.set_column(1, 1, 34)
    page.set_column(2, 6, 14)
    page.set_column(7, 7, 60)
    for_paper(page, 8)
    page.write_string(0, 0, f"{window.collection.name} {window.period}", formats["title"])
    facts = (
        (_("填报单位"), f"{reporter.name}（{reporter.code}）"),
        (_("截止日期"), window.due_on.isoformat()),
        (_("批准文号"), window.collection.document),
        (_("用途"), window.collection.description),
    )
    row = 1
    for name, text in facts:
        page.write_string(row, 0, name, formats["hint"])
        page.write_string(row, 1, text)
        row += 1
    for rule in rules():
        row += 1
        page.write_string(row, 0, f"· {rule}")
    _fields(page, row + 2, content, formats)
    page.protect()


def _fields(page: Worksheet, row: int, content: Content, formats: dict[str, Format]) -> None:
    """What is asked for, one field a line."""
    heads = (_("指标编码"), _("指标"), _("计量单位"), _("小数位"), _("允许范围"), _("必填"), _("要佐证"), _("口径"))
    for column, head in enumerate(heads):
        page.write_string(row, column, head, formats["head"])
    for asked in content.fields:
        row += 1
        indicator = asked.indicator
        cells = (
            indicator.code,
            name_of(indicator),
            indicator.unit_of_measure,
            str(indicator.decimals),
            range_of(indicator),
            _("是") if asked.is_required else "",
            _("是") if asked.needs_evidence else "",
            indicator.description,
        )
        for column, text in enumerate(cells):
            page.write_string(row, column, text, formats["wrap"])


def rules() -> tuple[str, ...]:
    """How to fill a template in."""
    return (
        _("只填白色的格子，不要增删列，不要改动编码和工作表名称，不要合并单元格。"),
        _("没有数据写“未采集”，不涉及写“不适用”，零写 0；不要留公式错误。"),
        _("带 * 的必填；确实没有的，写“未采集”并在备注中说明原因。"),
        _("数值与往期相差很大时，在备注中说明原因，否则不能提交。"),
        _("填好后到填报单上传：先看改动和问题，确认后才写入；有一处错误则整份不写入。"),
    )


def name_of(indicator: Indicator) -> str:
    """In the language of the template."""
    is_chinese = (get_language() or "zh").startswith("zh")
    return indicator.name if is_chinese else indicator.name_en or indicator.name


def range_of(indicator: Indicator) -> str:
    """The limits, as far as there are any."""
    low = "…" if indicator.minimum is None else f"{indicator.minimum:.12g}"
    high = "…" if indicator.maximum is None else f"{indicator.maximum:.12g}"
    return f"{low} – {high}"
