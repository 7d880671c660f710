"""How a template is laid out and how it says what it is 模板版式."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Self

from django.utils.translation import get_language

from kanjian.collecting.models import Field, Sheet
from kanjian.measures.models import Value
from kanjian.orgs.models import Unit

FORMAT = "kanjian-sheet/1"
KEY_SHEET = "_kanjian"
# Machine headings: locked, the same in every language; people read the row above.
UNIT, INDICATOR = "unit_code", "indicator_code"
VALUE, STATUS, NOTE = "value", "status", "note"
TITLE_ROW, HINT_ROW, PEOPLE_ROW, MACHINE_ROW, FIRST_ROW = range(5)
FORM, TABLE = "form", "table"


@dataclass(frozen=True, slots=True)
class Key:
    """What the hidden sheet of a template says: for whom, for which window, made from what.

    ``fields``: hash of what the collection asked for. ``version``: of the sheet when the template was made. ``data``
    and ``notes``: names of the worksheets; a form has its notes beside the values and no sheet of notes.
    """

    format: str
    collection: str
    period: str
    reporter: str
    fields: str
    version: int
    layout: str
    data: str
    notes: str = ""

    def rows(self) -> list[tuple[str, str]]:
        """As lines of the hidden sheet."""
        return [(name, str(value)) for name, value in asdict(self).items()]

    @classmethod
    def of(cls, said: dict[str, str]) -> Self:
        """From the lines of the hidden sheet. Raises ``KeyError`` or ``ValueError`` for a damaged one."""
        version = int(said["version"])
        return cls(
            **{field.name: said[field.name] for field in fields(cls) if field.name != "version"}, version=version
        )


def layout_of(units: Sequence[Unit]) -> str:
    """One unit is filled in as a form, one field a line; many as a table, one unit a line."""
    return FORM if len(units) == 1 else TABLE


def hash_of(asked: Sequence[Field], units: Sequence[Unit]) -> str:
    """What a template was made from: a template from before a change is recognised."""
    what = [[field.indicator.code, field.indicator.minimum, field.indicator.maximum] for field in asked]
    text = json.dumps([what, [unit.code for unit in units]], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def key_of(sheet: Sheet, asked: Sequence[Field], units: Sequence[Unit], data: str, notes: str) -> Key:
    """The key of a template made now."""
    layout = layout_of(units)
    window = sheet.window
    return Key(
        format=FORMAT,
        collection=window.collection.code,
        period=window.period,
        reporter=sheet.reporter.code,
        fields=hash_of(asked, units),
        version=sheet.version,
        layout=layout,
        data=data,
        notes="" if layout == FORM else notes,
    )


def words() -> dict[str, str]:
    """How a status is written in a cell, in words that every reader of values knows."""
    if (get_language() or "zh").startswith("zh"):
        return {Value.Status.MISSING.value: "未采集", Value.Status.NOT_APPLICABLE.value: "不适用"}
    return {Value.Status.MISSING.value: "missing", Value.Status.NOT_APPLICABLE.value: "not applicable"}
