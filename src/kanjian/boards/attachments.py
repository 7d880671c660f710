"""Files handed in with an objection 佐证材料: checked like every upload, kept under their hash."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kanjian import uploads
from kanjian.boards.models import Objection, ObjectionFile
from kanjian.boards.states import BoardError
from kanjian.measures.files import keep
from kanjian.orgs.models import User
from kanjian.tables import Source

MOST_FILES = 6
LARGEST = 10_000_000
KINDS = uploads.IMAGES | uploads.DOCUMENTS
ACCEPTED = ",".join(sorted(KINDS))


def check_files(files: Sequence[Source]) -> None:
    """Refuse what is too many, too large, or not what its name says: ``BoardError`` (too_many_files, bad_file)."""
    if len(files) > MOST_FILES:
        raise BoardError("too_many_files", _("最多 %(number)s 个文件，请合并或分次提交") % {"number": MOST_FILES})
    for file in files:
        try:
            uploads.check_bytes(file.name, file.content, kinds=KINDS, largest=LARGEST)
        except ValidationError as error:
            said = {"name": uploads.clean_name(file.name), "what": "；".join(error.messages)}
            raise BoardError("bad_file", _("%(name)s：%(what)s") % said) from error


def attach(objection: Objection, files: Sequence[Source], *, by: User | None) -> None:
    """Keep the files under the hash of their content and list them at the objection."""
    for file in files:
        ObjectionFile.objects.create(
            objection=objection,
            name=uploads.clean_name(file.name),
            place=keep(file),
            sha256=file.sha256,
            size=len(file.content),
            by=by,
        )
