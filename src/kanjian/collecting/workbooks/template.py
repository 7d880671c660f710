"""The template of a sheet as a workbook 填报模板: locked headings, open cells, drop-downs, notes, what it is of."""

import io
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from kanjian.collecting.models import Field, Sheet
from kanjian.collecting.workbooks import guide
from kanjian.collecting.workbooks.content import Content, Said, content_of
from kanjian.collecting.workbooks.layout import (
    FIRST_ROW,
    FORM,
    HINT_ROW,
    INDICATOR,
    KEY_SHEET,
    MACHINE_ROW,
    NOTE,
    PEOPLE_ROW,
    STATUS,
    TITLE_ROW,
    UNIT,
    VALUE,
    Key,
    key_of,
    words,
)
from kanjian.measures.models import Indicator
from kanjian.measures.spreadsheets import for_paper, new_book

WIDEST = 1e15
# Of a form: which column holds what.
VALUE_COLUMN, STATUS_COLUMN, NOTE_COLUMN, BEFORE_COLUMN = 3, 4, 5, 6
CODE_COLUMNS = 2  # of a table, before the fields


def template_of(sheet: Sheet) -> bytes:
    """The workbook that a reporter fills in and uploads again, with everything that stands in the sheet now."""
    return Template(content_of(sheet)).render()


class Template:
    """One workbook while it is written."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.buffer = io.BytesIO()
        self.book = new_book(self.buffer)
        self.words = words()
        self.key: Key = key_of(content.sheet, content.fields, content.units, _("填报数据"), _("备注"))
        self.formats = self._formats()

    def render(self) -> bytes:
        """The whole workbook."""
        guide.write(self.book, self.content, self.formats)
        data = self.book.add_worksheet(self.key.data)
        if self.key.layout == FORM:
            self._form(data)
        else:
            self._table(data, self._value_cell)
            self._validate_columns(data)
            self._table(self.book.add_worksheet(self.key.notes), self._note_cell)
            self._table(self.book.add_worksheet(_("上期")), self._before_cell)
        self._key_sheet()
        data.activate()
        self.book.close()
        return self.buffer.getvalue()

    def _formats(self) -> dict[str, Format]:
        grey = {"font_color": "#5a686f", "font_size": 9}
        head = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#e8f1f4", "border": 1}
        open_cell = {"locked": False, "border": 1, "border_color": "#c9d6dc"}
        made = {
            "title": {"bold": True, "font_size": 14},
            "hint": grey,
            "head": head,
            "machine": {**grey, "bg_color": "#f1f1ee", "border": 1},
            "fixed": {"bg_color": "#f7f5f0", "border": 1, "border_color": "#c9d6dc"},
            "wrap": {"text_wrap": True, "valign": "top"},
            "note": {**open_cell, "text_wrap": True},
            "choice": {**open_cell, "align": "center"},
        }
        return {name: self.book.add_format(properties) for name, properties in made.items()}

    def _number_format(self, decimals: int, *, is_open: bool) -> Format:
        shown = "0" if decimals == 0 else f"0.{'0' * decimals}"
        name = f"number-{decimals}-{is_open}"
        if name not in self.formats:
            look = {"num_format": shown, "border": 1, "border_color": "#c9d6dc", "locked": not is_open}
            self.formats[name] = self.book.add_format(look if is_open else {**look, "bg_color": "#f7f5f0"})
        return self.formats[name]

    def _begin(self, page: Worksheet, people: list[str], machine: list[str]) -> None:
        window = self.content.sheet.window
        title = _("%(name)s %(period)s：%(unit)s") % {
            "name": window.collection.name,
            "period": window.period,
            "unit": self.content.sheet.reporter.name,
        }
        page.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True})
        page.write_string(TITLE_ROW, 0, title, self.formats["title"])
        page.write_string(HINT_ROW, 0, _("白格可填，灰格请勿改动；先看“填报说明”。"), self.formats["hint"])
        for column, text in enumerate(people):
            page.write_string(PEOPLE_ROW, column, text, self.formats["head"])
        for column, text in enumerate(machine):
            page.write_string(MACHINE_ROW, column, text, self.formats["machine"])
        page.set_row(PEOPLE_ROW, 48)
        page.freeze_panes(FIRST_ROW, CODE_COLUMNS)
        for_paper(page, len(people), heading=(PEOPLE_ROW, PEOPLE_ROW), names=CODE_COLUMNS)

    def _form(self, page: Worksheet) -> None:
        people = [_("指标编码"), _("指标"), _("计量单位"), _("数值"), _("状态"), _("备注")]
        people.append(_("上期（%(period)s）") % {"period": self.content.period_before})
        self._begin(page, people, [INDICATOR, "name", "unit", VALUE, STATUS, NOTE, "before"])
        page.set_column(0, 0, 12)
        page.set_column(1, 1, 32)
        page.set_column(2, STATUS_COLUMN, 14)
        page.set_column(NOTE_COLUMN, NOTE_COLUMN, 40)
        page.set_column(BEFORE_COLUMN, BEFORE_COLUMN, 16)
        unit = self.content.units[0]
        for row, asked in enumerate(self.content.fields, start=FIRST_ROW):
            indicator, place = asked.indicator, (unit.pk, asked.indicator_id)
            for column, text in enumerate((indicator.code, named(asked), indicator.unit_of_measure)):
                page.write_string(row, column, text, self.formats["fixed"])
            said = self.content.now.get(place)
            self._number(page, row, VALUE_COLUMN, said, indicator, is_open=True)
            page.data_validation(row, VALUE_COLUMN, row, VALUE_COLUMN, _number_rule(indicator))
            status = "" if said is None or said.is_blank else self.words.get(said.status, "")
            page.write_string(row, STATUS_COLUMN, status, self.formats["choice"])
            page.write_string(row, NOTE_COLUMN, said.note if said else "", self.formats["note"])
            self._number(page, row, BEFORE_COLUMN, self.content.before.get(place), indicator, is_open=False)
        last = FIRST_ROW + max(len(self.content.fields) - 1, 0)
        chosen = {
            "validate": "list",
            "source": list(self.words.values()),
            "error_message": _("从下拉列表中选，有数值时留空"),
        }
        page.data_validation(FIRST_ROW, STATUS_COLUMN, last, STATUS_COLUMN, chosen)

    def _table(self, page: Worksheet, cell: Callable[[Worksheet, int, int, Said | None, Indicator], None]) -> None:
        asked, units = self.content.fields, self.content.units
        people = [_("单位编码"), _("单位名称"), *(heading(field) for field in asked)]
        self._begin(page, people, [UNIT, "name", *(field.indicator.code for field in asked)])
        page.set_column(0, 1, 16)
        page.set_column(CODE_COLUMNS, CODE_COLUMNS + len(asked), 14)
        shown = self.content.before if cell == self._before_cell else self.content.now
        for row, unit in enumerate(units, start=FIRST_ROW):
            page.write_string(row, 0, unit.code, self.formats["fixed"])
            page.write_string(row, 1, unit.name, self.formats["fixed"])
            for column, field in enumerate(asked, start=CODE_COLUMNS):
                cell(page, row, column, shown.get((unit.pk, field.indicator_id)), field.indicator)

    def _value_cell(self, page: Worksheet, row: int, column: int, said: Said | None, indicator: Indicator) -> None:
        self._number(page, row, column, said, indicator, is_open=True)

    def _before_cell(self, page: Worksheet, row: int, column: int, said: Said | None, indicator: Indicator) -> None:
        self._number(page, row, column, said, indicator, is_open=False)

    def _note_cell(self, page: Worksheet, row: int, column: int, said: Said | None, indicator: Indicator) -> None:
        del indicator
        page.write_string(row, column, said.note if said else "", self.formats["note"])

    def _number(
        self, page: Worksheet, row: int, column: int, said: Said | None, indicator: Indicator, *, is_open: bool
    ) -> None:
        """A number; in a table also the word of a status, which a form has beside it. Blank where nothing was said."""
        look = self._number_format(indicator.decimals, is_open=is_open)
        is_beside = is_open and self.key.layout == FORM
        if said is not None and said.value is not None:
            page.write_number(row, column, said.value, look)
        elif said is None or said.is_blank or is_beside:
            page.write_blank(row, column, None, look)
        else:
            page.write_string(row, column, self.words[said.status], look)

    def _validate_columns(self, page: Worksheet) -> None:
        last = FIRST_ROW + len(self.content.units) - 1
        for column, field in enumerate(self.content.fields, start=CODE_COLUMNS):
            rule = _number_or_word_rule(field.indicator, xl_rowcol_to_cell(FIRST_ROW, column), self.words)
            page.data_validation(FIRST_ROW, column, last, column, rule)

    def _key_sheet(self) -> None:
        page = self.book.add_worksheet(KEY_SHEET)
        page.write_row(0, 0, ["key", "value"])
        for row, (name, value) in enumerate(self.key.rows(), start=1):
            page.write_string(row, 0, name)
            page.write_string(row, 1, value)
        page.protect()
        page.very_hidden()


def named(asked: Field) -> str:
    """The indicator's name with a star where it is required."""
    name = guide.name_of(asked.indicator)
    return f"{name} *" if asked.is_required else name


def heading(asked: Field) -> str:
    """The name with its unit of measure."""
    unit = asked.indicator.unit_of_measure
    return f"{named(asked)}（{unit}）" if unit else named(asked)


def _number_rule(indicator: Indicator) -> dict[str, Any]:
    low = -WIDEST if indicator.minimum is None else indicator.minimum
    high = WIDEST if indicator.maximum is None else indicator.maximum
    kind = "integer" if indicator.decimals == 0 else "decimal"
    return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high, **_messages(indicator)}


def _number_or_word_rule(indicator: Indicator, cell: str, known: dict[str, str]) -> dict[str, Any]:
    """A list would refuse numbers and a number would refuse words: so a formula that takes both."""
    limits = [f"ISNUMBER({cell})"]
    if indicator.minimum is not None:
        limits.append(f"{cell}>={indicator.minimum!r}")
    if indicator.maximum is not None:
        limits.append(f"{cell}<={indicator.maximum!r}")
    is_word = ",".join(f'{cell}="{word}"' for word in known.values())
    return {"validate": "custom", "value": f"=OR({is_word},AND({','.join(limits)}))", **_messages(indicator)}


def _messages(indicator: Indicator) -> dict[str, str]:
    text = _("填数字（%(range)s）；没有数据写“未采集”，不涉及写“不适用”") % {"range": guide.range_of(indicator)}
    return {"input_title": guide.name_of(indicator)[:32], "input_message": text[:255], "error_message": text[:255]}
