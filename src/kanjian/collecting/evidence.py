"""Files that prove a value 佐证: checked like every upload, kept under their hash, handed out as downloads."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from kanjian import uploads
from kanjian.collecting.states import CollectingError

FOLDER = "collecting"
LARGEST = 10_000_000
ACCEPT = ",".join(sorted(uploads.EVIDENCE))


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the file lies in the storage, and what it was called."""

    place: str
    name: str


def keep(file: "UploadedFile[bytes]") -> Kept:
    """Check and store a file; the same content is stored once. Needs no transaction: names are hashes.

    Raises ``CollectingError`` (bad_file) with what is wrong and how to mend it.
    """
    try:
        checked = uploads.check(file, kinds=uploads.EVIDENCE, largest=LARGEST)
    except ValidationError as error:
        raise CollectingError("bad_file", "；".join(error.messages)) from error
    content, name = checked.read(), checked.name or ""
    place = f"{FOLDER}/{hashlib.sha256(content).hexdigest()}{PurePath(name).suffix.lower()}"
    if not default_storage.exists(place):
        default_storage.save(place, ContentFile(content))
    return Kept(place, name)
