"""Checks of every file that people hand in 上传检查: size, kind by name and by content, bombs, macros, clean names.

One function for all rooms::

    class EvidenceForm(forms.Form):
        file = uploads.CheckedFileField(label=_("附件"), kinds=uploads.EVIDENCE, largest=20_000_000)

The field calls ``check``, the API calls ``check_bytes``; both raise ``ValidationError`` with what is wrong and how to
mend it. What was checked is kept under the name of its content and handed out by ``attachment`` alone: never shown by
the browser.
"""

import io
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO
from unicodedata import category, normalize
from urllib.parse import quote

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _

from kanjian.pictures import picture_size

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

# Of the tables that can be read, those without macros.
TABLES = frozenset({".xlsx", ".csv", ".txt", ".tsv", ".parquet"})
IMAGES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
DOCUMENTS = frozenset({".pdf", ".docx", ".xlsx"})
EVIDENCE = IMAGES | DOCUMENTS | {".csv", ".txt"}
MAPS = frozenset({".geojson", ".json"})
SCHEMES = frozenset({".yaml", ".yml", ".json", ".txt"})
ARCHIVES = frozenset({".zip"})

ZIPPED = frozenset({".xlsx", ".docx", ".zip"})
# What a workbook or a letter must hold to be one.
MEMBERS = {".xlsx": "xl/workbook.xml", ".docx": "word/document.xml"}
MAGIC = {
    ".parquet": (b"PAR1",),
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".webp": (b"RIFF",),
    **dict.fromkeys(ZIPPED, (b"PK\x03\x04", b"PK\x05\x06")),
}
# Programs and archives behind the name of a text: refused by how they begin.
BINARY = (
    b"PK\x03\x04",
    b"MZ",
    b"\x7fELF",
    b"\xd0\xcf\x11\xe0",
    b"%PDF-",
    b"\x1f\x8b",
    b"PAR1",
    b"\xff\xd8\xff",
    b"\x89PNG",
)
MOST_UNPACKED = 1_000_000_000  # bytes that all members of an archive may have together
MOST_MEMBERS = 5_000
MOST_RATIO = 200  # unpacked : packed; tables of repeated words reach 100
RATIO_MATTERS_FROM = 50_000_000
MOST_PIXELS = 60_000_000
PICTURE_HEAD = 1_000_000  # a photo carries its place, time and a small copy before it says how large it is
LONGEST_NAME = 120


def check(
    file: "UploadedFile[bytes]", *, kinds: Iterable[str], largest: int, message: str = ""
) -> "UploadedFile[bytes]":
    """The file, when it is what its name says and safe to open; its name is cleaned.

    ``kinds`` are suffixes in small letters, ``largest`` is in bytes, ``message`` replaces the text for a wrong kind.
    Raises ``ValidationError`` with the codes size, empty, kind, content, macro, bomb or pixels.
    """
    file.name = clean_name(file.name or "")
    suffix = PurePosixPath(file.name).suffix.lower()
    allowed = frozenset(kinds)
    if suffix not in allowed:
        listed = ", ".join(sorted(allowed))
        raise ValidationError(message or _("不接受这类文件，请选择：%(kinds)s") % {"kinds": listed}, code="kind")
    _check_size(file.size or 0, largest)
    stream: BinaryIO = file.file  # type: ignore[assignment]
    stream.seek(0)
    check_content(stream, suffix)
    stream.seek(0)
    return file


class CheckedFileField(forms.FileField):
    """A field of a form for one file of these kinds, at most so many bytes long; see ``check``."""

    def __init__(self, *, kinds: Iterable[str], largest: int, wrong_kind: "StrOrPromise" = "", **kwargs: Any) -> None:
        self.kinds, self.largest, self.wrong_kind = frozenset(kinds), largest, wrong_kind
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ",".join(sorted(self.kinds))}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> "UploadedFile[bytes] | None":
        """The checked file; None where none is asked for and none came."""
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return None
        return check(file, kinds=self.kinds, largest=self.largest, message=str(self.wrong_kind))


def check_bytes(name: str, content: bytes, *, kinds: Iterable[str], largest: int) -> str:
    """The same for a file that is in memory already, as the API receives it; returns the clean name."""
    file: UploadedFile[bytes] = UploadedFile(io.BytesIO(content), name, size=len(content))
    return check(file, kinds=kinds, largest=largest).name or ""


def clean_name(name: str) -> str:
    """The name without folders, control and invisible signs and what file systems or headers stumble over."""
    last = normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign if sign not in '<>:"|?*;' else "_" for sign in last if not category(sign).startswith("C"))
    kept = kept.strip(" .") or "file"
    stem, dot, suffix = kept.rpartition(".")
    if not dot:
        return kept[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(suffix) - 1]}.{suffix}"


def attachment(content: bytes, name: str) -> HttpResponse:
    """The file as a download that no browser opens in its own window, whatever it holds."""
    response = HttpResponse(content, content_type="application/octet-stream")
    safe = clean_name(name)
    plain = safe.encode("ascii", "replace").decode().replace("?", "_")
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def check_content(stream: BinaryIO, suffix: str) -> None:
    """Whether the bytes are what the suffix says. Raises ``ValidationError``."""
    head = stream.read(4096)
    wanted = MAGIC.get(suffix)
    if wanted is None:
        # A text; one in UTF-16 is full of zeros, and the reader of tables says better what is wrong with it.
        is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
        if head.startswith(BINARY) or (b"\x00" in head and not is_utf16):
            raise _wrong_content(suffix)
    elif not head.startswith(wanted):
        raise _wrong_content(suffix)
    elif suffix in ZIPPED:
        _check_archive(stream, suffix)
    elif suffix in IMAGES:
        _check_picture(stream, suffix)


def _wrong_content(suffix: str) -> ValidationError:
    kind = suffix.lstrip(".").upper()
    return ValidationError(
        _("内容不是 %(kind)s 文件：请用原来的程序另存为 %(kind)s 后再上传") % {"kind": kind}, code="content"
    )


def _check_size(size: int, largest: int) -> None:
    if size == 0:
        raise ValidationError(_("文件是空的"), code="empty")
    if size > largest:
        limit = f"{largest / 1_000_000:.0f}"
        raise ValidationError(_("文件超过 %(limit)s MB，请缩小或分开上传") % {"limit": limit}, code="size")


def _check_archive(stream: BinaryIO, suffix: str) -> None:
    """A zip that opens, holds what it should, no macro, and does not unpack to more than a machine can bear."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _wrong_content(suffix) from error
    names = {member.filename for member in members}
    if suffix in MEMBERS and MEMBERS[suffix] not in names:
        raise _wrong_content(suffix)
    if any(PurePosixPath(name).name.lower() == "vbaproject.bin" or "/activex/" in name.lower() for name in names):
        raise ValidationError(_("文件带宏，不能接受：请另存为不带宏的文件"), code="macro")
    if any(member.flag_bits & 0x1 for member in members):
        raise ValidationError(_("文件有密码，不能读取：请去掉密码后再上传"), code="content")
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    too_dense = unpacked > RATIO_MATTERS_FROM and unpacked / packed > MOST_RATIO
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or too_dense:
        raise ValidationError(_("压缩包展开后过大，不能接受"), code="bomb")


def _check_picture(stream: BinaryIO, suffix: str) -> None:
    """A picture that says in its header how large it is, and is not too large to be shown: nothing is unpacked."""
    stream.seek(0)
    size = picture_size(stream.read(PICTURE_HEAD))
    if size is None:
        raise _wrong_content(suffix)
    if size[0] * size[1] > MOST_PIXELS:
        raise ValidationError(_("图片尺寸过大，请缩小后再上传"), code="pixels")
