"""A letter in the layout of Chinese official documents 公文格式 (GB/T 9704-2012), as an editable DOCX.

A4; top margin 37 mm, left 28 mm, type area 156 × 225 mm; 22 lines of 28 characters; body 三号 (16 pt) 仿宋, title 二号
(22 pt) 小标宋, headings of the first level 黑体, of the second 楷体; page number 四号 (14 pt) between dashes, outside.
Where a machine lacks the named fonts, the font table of the file names open ones to take instead.

Lines and characters are set by exact line spacing and by the spacing of characters, not by a grid of characters:
Writer gives a character that is wider than its cell, as 16 pt is, two cells.
"""

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from docx import Document
from docx.document import Document as Letter
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor, Twips
from docx.text.paragraph import Paragraph
from docx.text.run import Run

BODY, TITLE, HEADING, SECOND, HEAD = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "方正小标宋简体"
LATIN = "Times New Roman"
# Fonts in their order of preference where the first is not installed: Windows', then open ones.
INSTEAD = {
    BODY: "仿宋, FangSong, FZFangSong-Z02, Noto Serif CJK SC, Source Han Serif SC",
    TITLE: "小标宋, Noto Serif CJK SC, Source Han Serif SC, SimSun",
    HEADING: "SimHei, Noto Sans CJK SC, Source Han Sans SC",
    SECOND: "楷体, KaiTi, AR PL UKai CN, Noto Serif CJK SC",
    "宋体": "SimSun, Noto Serif CJK SC, Source Han Serif SC",
}
SAN_HAO, ER_HAO, SI_HAO, HEAD_SIZE = Pt(16), Pt(22), Pt(14), Pt(36)
LINES, SIGNS = 22, 28
HEIGHT, WIDTH, TOP, LEFT = Mm(225), Mm(156), Mm(37), Mm(28)
PAPER = Mm(210), Mm(297)
# In twentieths of a point, rounded down: 22 lines and 28 characters must fit, a hair less than their share does.
LINE = math.floor(HEIGHT.pt * 20 / LINES)
TIGHTER = math.floor((WIDTH.pt / SIGNS - SAN_HAO.pt) * 20)
SIGN = SAN_HAO.pt + TIGHTER / 20
RED = RGBColor(0xE6, 0x00, 0x12)
DIGITS = "〇一二三四五六七八九"


def new_letter() -> Letter:
    """An empty letter with page, grid, styles, page numbers and font table as the standard wants them."""
    letter = Document()
    section = letter.sections[0]
    section.page_width, section.page_height = PAPER
    section.top_margin, section.left_margin = TOP, LEFT
    section.right_margin = Emu(PAPER[0] - LEFT - WIDTH)
    section.bottom_margin = Emu(PAPER[1] - TOP - HEIGHT)
    # The page number stands 7 mm below the type area; a line of 14 pt is about 5 mm high.
    section.footer_distance = Emu(section.bottom_margin - Mm(7) - Mm(5))
    _grid(section._sectPr)
    _normal(letter)
    _page_numbers(letter)
    _font_table(letter)
    return letter


def _grid(properties: Any) -> None:
    """The pitch of lines, for whoever adds a line in an office program."""
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(LINE))
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    properties.append(grid)


def _normal(letter: Letter) -> None:
    """What every paragraph starts from: 三号仿宋, 22 lines of 28 characters, Chinese forms of the characters."""
    style = letter.styles["Normal"]
    style.font.size, style.font.name = SAN_HAO, LATIN
    properties = style.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    tighter, language = OxmlElement("w:spacing"), OxmlElement("w:lang")
    tighter.set(qn("w:val"), str(TIGHTER))
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.insert_element_before(tighter, "w:w", "w:kern", "w:position", "w:sz", "w:szCs")
    properties.append(language)
    layout = style.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing = Twips(LINE)
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY


def _page_numbers(letter: Letter) -> None:
    """— 1 — outside: right on odd pages, left on even ones, one character from the edge."""
    letter.settings.odd_and_even_pages_header_footer = True
    section = letter.sections[0]
    for footer, side in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.alignment = side
        line.paragraph_format.line_spacing = 1.0
        line.paragraph_format.right_indent = line.paragraph_format.left_indent = SI_HAO
        _run(line, "— ", "宋体", SI_HAO)
        _field(_run(line, "", "宋体", SI_HAO), "PAGE")
        _run(line, " —", "宋体", SI_HAO)


def _field(run: Run, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = text
        run._r.append(part)


def _font_table(letter: Letter) -> None:
    """Name the fonts to take where these are not installed."""
    part = letter.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    kind = '<w:charset w:val="86"/><w:family w:val="roman"/>'
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{instead}"/>{kind}</w:font>' for name, instead in INSTEAD.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")


def _run(line: Paragraph, text: str, font: str, size: Pt) -> Run:
    run = line.add_run(text)
    run.font.size, run.font.name = size, LATIN
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def red_head(letter: Letter, agency: str, number: str) -> None:
    """Agency in red, document number below it, red line."""
    line = letter.paragraphs[0] if letter.paragraphs else letter.add_paragraph()
    line.alignment = ALIGN.CENTER
    line.paragraph_format.line_spacing = 1.0
    # A long name must stay on one line of 156 mm.
    size = Pt(min(HEAD_SIZE.pt, int(WIDTH.pt / max(len(agency), 1))))
    _run(line, agency, HEAD, size).font.color.rgb = RED
    letter.add_paragraph()
    line = letter.add_paragraph()
    line.alignment = ALIGN.CENTER
    _run(line, number, BODY, SAN_HAO)
    _red_line(line)


def _red_line(line: Paragraph) -> None:
    edges = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "8"), ("color", str(RED))):
        bottom.set(qn(f"w:{name}"), value)
    edges.append(bottom)
    line._p.get_or_add_pPr().insert_element_before(
        edges, "w:shd", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def title(letter: Letter, text: str) -> None:
    """The title, two lines below the head, one line above the body."""
    letter.add_paragraph()
    line = letter.add_paragraph()
    line.alignment = ALIGN.CENTER
    _run(line, text, TITLE, ER_HAO)
    letter.add_paragraph()


def heading(letter: Letter, text: str) -> None:
    """一、… in 黑体."""
    _run(_indented(letter), text, HEADING, SAN_HAO)


def body(letter: Letter, text: str, *, indent: bool = True) -> Paragraph:
    """A paragraph, its first line two characters in."""
    line = _indented(letter) if indent else letter.add_paragraph()
    line.alignment = ALIGN.JUSTIFY
    _run(line, text, BODY, SAN_HAO)
    return line


def _indented(letter: Letter) -> Paragraph:
    line = letter.add_paragraph()
    line.paragraph_format.first_line_indent = Pt(2 * SIGN)
    return line


def signatures(letter: Letter, parties: Sequence[str], day: str) -> None:
    """One line for the seal of each party and the day, four characters from the right edge."""
    letter.add_paragraph()
    for party in parties:
        body(letter, f"{party}（盖章）：")
    letter.add_paragraph()
    line = letter.add_paragraph()
    line.alignment = ALIGN.RIGHT
    line.paragraph_format.right_indent = Pt(4 * SIGN)
    _run(line, day, BODY, SAN_HAO)


def new_page(letter: Letter) -> None:
    """Continue on the next page."""
    letter.add_page_break()  # type: ignore[no-untyped-call]


def day_words(day: date) -> str:
    """2026年4月20日: Arabic digits without leading zeros, as the standard wants the date."""
    return f"{day.year}年{day.month}月{day.day}日"


def numbered(position: int) -> str:
    """一、 二、 … for headings, up to 十九."""
    tens, ones = divmod(position, 10)
    return ("十" if tens else "") + (DIGITS[ones] if ones else "") + "、"
