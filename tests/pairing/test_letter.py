"""The letter as an office program sets it: measured on the page, not in the file."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kanjian.pairing import official
from kanjian.pairing.letter import _office

SIGN = "山"


@pytest.fixture
def set_in_type(tmp_path: Path):
    """Lines of text of every page, as LibreOffice sets a letter."""
    missing = [name for name in ("soffice", "pdftotext") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)} (Debian: libreoffice-writer-nogui, poppler-utils)")

    def convert(letter) -> list[list[str]]:
        letter.save(str(tmp_path / "letter.docx"))
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            tmp_path,
            tmp_path / "letter.docx",
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        command = ["pdftotext", "-layout", tmp_path / "letter.pdf", "-"]
        text = subprocess.run(command, check=True, capture_output=True, timeout=60, text=True).stdout
        pages = [[re.sub(r"\s", "", line) for line in page.splitlines()] for page in text.split("\f")]
        return [[line for line in page if line] for page in pages if any(page)]

    return convert


def test_a_page_has_22_lines_of_28_characters(set_in_type) -> None:
    """GB/T 9704-2012; a grid of characters gave 14 a line in Writer, a line height by factor 19 lines."""
    letter = official.new_letter()
    official.body(letter, SIGN * (26 + 28 * 30))
    first, second = set_in_type(letter)
    assert first[-1] == "—1—"
    assert [len(line) for line in first[:-1]] == [26] + [28] * 21
    assert second[-1] == "—2—"
    assert [len(line) for line in second[:-1]] == [28] * 9


def test_a_long_agency_stays_on_one_line_and_the_title_below_it(set_in_type) -> None:
    letter = official.new_letter()
    agency = "样例市实干争先主题实践活动领导小组办公室文件"
    official.red_head(letter, agency, "样办〔2026〕1号")
    official.title(letter, "关于两村结对帮带的协议书")
    official.body(letter, SIGN * 40)
    (page,) = set_in_type(letter)
    assert page[:3] == [agency, "样办〔2026〕1号", "关于两村结对帮带的协议书"]
    assert [len(line) for line in page[3:5]] == [26, 14]


@pytest.mark.parametrize(
    ("place", "role", "together"),
    [("古兜村", "村党组织书记", "古兜村党组织书记"), ("古兜村", "网格长", "古兜村网格长"), ("", "网格长", "网格长")],
)
def test_a_village_and_an_office_of_villages_say_village_once(place: str, role: str, together: str) -> None:
    assert _office(place, role) == together
