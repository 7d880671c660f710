"""Files handed in with an objection 佐证材料: of a kind and size that can be looked at, and what they say they are."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from kanjian.boards.models import Objection, ObjectionFile
from kanjian.boards.states import BoardError
from kanjian.measures.files import keep
from kanjian.orgs.models import User
from kanjian.tables import Source

MOST_FILES = 6
LARGEST = 10 * 1024 * 1024
# How a file of each kind begins: the ending alone says nothing. Workbooks and documents are zip archives.
SIGNATURES: dict[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".xlsx": (b"PK\x03\x04",),
    ".docx": (b"PK\x03\x04",),
}
ACCEPTED = ",".join(SIGNATURES)


def check_files(files: Sequence[Source]) -> None:
    """Refuse what is too many, too large, empty, or not what its name says: ``BoardError`` names file and remedy."""
    if len(files) > MOST_FILES:
        raise BoardError("too_many_files", _("最多 %(number)s 个文件，请合并或分次提交") % {"number": MOST_FILES})
    for file in files:
        _check(file)


def _check(file: Source) -> None:
    name = {"name": file.name}
    if file.suffix not in SIGNATURES:
        raise BoardError("file_kind", _("%(name)s：只收 PDF、JPG、PNG、XLSX、DOCX 文件，请另存后再传") % name)
    if len(file.content) > LARGEST:
        raise BoardError("file_size", _("%(name)s：超过 10 MB，请压缩或拆分后再传") % name)
    if not file.content.startswith(SIGNATURES[file.suffix]):
        raise BoardError("file_content", _("%(name)s：内容与扩展名不符或文件为空，请用原来的程序另存后再传") % name)


def attach(objection: Objection, files: Sequence[Source], *, by: User | None) -> None:
    """Keep the files under the hash of their content and list them at the objection."""
    for file in files:
        ObjectionFile.objects.create(
            objection=objection,
            name=file.name[-200:],
            place=keep(file),
            sha256=file.sha256,
            size=len(file.content),
            by=by,
        )
