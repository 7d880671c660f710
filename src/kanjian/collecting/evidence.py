"""Files that prove a value 佐证: a short list of kinds, checked by their first bytes, kept under their hash."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from kanjian.collecting.states import CollectingError

FOLDER = "collecting"
LARGEST = 10 * 1024 * 1024
_ZIP = b"PK\x03\x04"
# Ending → how such a file begins. Served as attachments only, never shown inside a page.
KINDS: dict[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".xlsx": (_ZIP,),
    ".docx": (_ZIP,),
    ".ofd": (_ZIP,),
}
ACCEPT = ",".join(KINDS)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the file lies in the storage, and what it was called."""

    place: str
    name: str


def keep(file: "UploadedFile[bytes]") -> Kept:
    """Check and store a file; the same content is stored once. Needs no transaction: names are hashes.

    Raises ``CollectingError`` (too_large, bad_kind).
    """
    name = PurePath((file.name or "").replace("\\", "/")).name[-200:] or "file"
    suffix = PurePath(name).suffix.lower()
    if (file.size or 0) > LARGEST:
        raise CollectingError("too_large", _("文件超过 10 MB，请压缩或拆分"))
    content = file.read()
    if suffix not in KINDS or not content.startswith(KINDS[suffix]):
        raise CollectingError("bad_kind", _("只收 PDF、JPG、PNG、XLSX、DOCX、OFD 文件，内容须与后缀相符"))
    place = f"{FOLDER}/{hashlib.sha256(content).hexdigest()}{suffix}"
    if not default_storage.exists(place):
        default_storage.save(place, ContentFile(content))
    return Kept(place, name)
