"""Every file that comes in: its kind by name and by content, bombs, macros, names, and how it goes out again."""

import contextlib
import io
import struct
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kanjian import uploads
from kanjian.pictures import picture_size

MB = 1_000_000


def zipped(*names: str, content: bytes = b"x", **more: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, more.get(name, content))
    return body.getvalue()


WORKBOOK = zipped("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")


def picture(kind: str, size: tuple[int, int] = (64, 48), **options) -> bytes:
    body = io.BytesIO()
    Image.new("RGB", size, "white").save(body, kind, **options)
    return body.getvalue()


def refused(name: str, content: bytes, kinds=uploads.EVIDENCE, largest: int = MB) -> str:
    with pytest.raises(ValidationError) as error:
        uploads.check_bytes(name, content, kinds=kinds, largest=largest)
    assert error.value.message
    return error.value.code


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("值.xlsx", WORKBOOK),
        ("信.docx", zipped("word/document.xml")),
        ("a.csv", "单位,值\n荷塘村,1\n".encode()),
        ("a.txt", "单位".encode("gb18030")),
        ("a.txt", "单位".encode("utf-16")),
        ("a.pdf", b"%PDF-1.7\n..."),
        ("A.JPG", picture("JPEG")),
        ("a.jpeg", picture("JPEG", progressive=True)),
        ("a.png", picture("PNG")),
        ("a.webp", picture("WEBP")),
        ("a.webp", picture("WEBP", lossless=True)),
    ],
)
def test_what_is_as_its_name_says_is_taken_and_left_at_its_beginning(name, content) -> None:
    file = SimpleUploadedFile(name, content)
    assert uploads.check(file, kinds=uploads.EVIDENCE, largest=MB).read() == content


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"MZ", "kind"),
        ("a", b"x", "kind"),
        ("a.xlsm", WORKBOOK, "kind"),
        ("a.svg", b"<svg/>", "kind"),
        ("a.html", b"<html>", "kind"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"x" * (MB + 1), "size"),
        ("a.csv", b"MZ\x90\x00", "content"),
        ("a.csv", b"a,b\n\x00\x01", "content"),
        ("a.csv", WORKBOOK, "content"),
        ("a.xlsx", b"a,b\n1,2\n", "content"),
        ("a.xlsx", b"PK\x03\x04 and then nothing", "content"),
        ("a.xlsx", zipped("word/document.xml"), "content"),
        ("a.docx", WORKBOOK, "content"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old workbook", "content"),
        ("a.xlsx", zipped("xl/workbook.xml", "xl/vbaProject.bin"), "macro"),
        ("a.docx", zipped("word/document.xml", "word/activeX/activeX1.xml"), "macro"),
        ("a.jpg", picture("PNG"), "content"),
        ("a.png", b"\x89PNG\r\n\x1a\n and then nothing", "content"),
        ("a.webp", b"RIFF....WAVEfmt ", "content"),
        ("a.pdf", b"<script>", "content"),
    ],
)
def test_what_is_not_is_refused(name, content, code) -> None:
    assert refused(name, content) == code


def test_archives_that_unpack_to_too_much_are_refused() -> None:
    bomb = zipped("xl/workbook.xml", "xl/big.xml", **{"xl/big.xml": b"\0" * (60 * MB)})
    assert len(bomb) < MB
    assert refused("a.xlsx", bomb) == "bomb"
    assert refused("a.xlsx", zipped("xl/workbook.xml", *(f"{n}" for n in range(5_001))), largest=10 * MB) == "bomb"


def test_pictures_that_unpack_to_too_much_are_refused_by_their_header() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    assert refused("a.png", b"\x89PNG\r\n\x1a\n" + chunk) == "pixels"


def test_files_with_a_password_are_refused() -> None:
    body = bytearray(WORKBOOK)
    at = body.index(b"PK\x01\x02")
    body[at + 8] |= 1  # the flag in the directory at the end of the archive
    assert refused("a.xlsx", bytes(body)) == "content"


@settings(max_examples=50)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(1, 300), st.integers(1, 300), st.booleans())
def test_sizes_are_those_another_reader_finds(kind, width, height, lossless) -> None:
    options = {"lossless": lossless} if kind == "WEBP" else {}
    assert picture_size(picture(kind, (width, height), **options)) == (width, height)


@settings(max_examples=50)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP", b"PK\x03\x04"])
)
def test_no_bytes_make_it_fail(tail, start) -> None:
    picture_size(start + tail)
    for suffix in (*uploads.EVIDENCE, ".parquet", ".zip"):
        with contextlib.suppress(ValidationError):
            uploads.check_content(io.BytesIO(start + tail), suffix)


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\文件\\表.xlsx", "表.xlsx"),
        ("a\x00b\r\n.csv", "ab.csv"),
        ("x\u202egnp.csv", "xgnp.csv"),
        ('a"b;c.csv', "a_b_c.csv"),
        (" .. ", "file"),
        ("", "file"),
    ],
)
def test_names_lose_what_misleads(given, clean) -> None:
    assert uploads.clean_name(given) == clean


@settings(max_examples=50)
@given(st.text(max_size=300))
def test_clean_names_are_short_and_stay_as_they_are(name) -> None:
    clean = uploads.clean_name(name)
    assert 1 <= len(clean) <= 130
    assert "/" not in clean
    assert uploads.clean_name(clean) == clean


def test_files_go_out_as_downloads_that_nothing_opens() -> None:
    answer = uploads.attachment(b"<script>alert(1)</script>", "证据\r\n.html")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "%E8%AF%81" in answer["Content-Disposition"]
    assert "\n" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
