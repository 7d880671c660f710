"""Filling in a template as a person would: the cells of its XML are changed, everything else stays as it was."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

from kanjian.tables import Source, sheet_path

Parts = dict[str, bytes]


def edit(content: bytes, change: Callable[[Parts], None]) -> bytes:
    """The workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def part_of(content: bytes, sheet: str) -> str:
    """Where a worksheet lies."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return sheet_path(archive, sheet)


def fill(content: bytes, sheet: str, cells: Mapping[str, object]) -> bytes:
    """Write cells by their address: numbers, texts, None for blank; ``=…`` is a formula without a result."""
    place = part_of(content, sheet)

    def change(parts: Parts) -> None:
        xml = parts[place].decode()
        for address, value in cells.items():
            xml = _put(xml, address, value)
        parts[place] = xml.encode()

    return edit(content, change)


def _put(xml: str, address: str, value: object) -> str:
    cell = re.compile(rf'<c r="{address}"( s="\d+")?[^>]*?(/>|>.*?</c>)')
    found = cell.search(xml)
    style = found[1] or "" if found else ""
    fresh = f'<c r="{address}"{style}{_inner(value)}'
    if found:
        return xml[: found.start()] + fresh + xml[found.end() :]
    number = re.sub(r"\D", "", address)
    row = re.search(rf'<row r="{number}"[^>]*?(/>|>)', xml)
    if row is None:
        return xml.replace("</sheetData>", f'<row r="{number}">{fresh}</row></sheetData>')
    if row[1] == "/>":
        return xml[: row.end() - 2] + f">{fresh}</row>" + xml[row.end() :]
    end = xml.index("</row>", row.end())
    return xml[:end] + fresh + xml[end:]


def _inner(value: object) -> str:
    if value is None:
        return "/>"
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f"><v>{value!r}</v></c>"
    if str(value).startswith("#"):
        return f' t="e"><v>{value}</v></c>'
    if str(value).startswith("="):
        return f"><f>{escape(str(value)[1:])}</f></c>"
    return f' t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def source(content: bytes, name: str = "填好的.xlsx") -> Source:
    """The workbook as it is handed in."""
    return Source(name, content)
