"""Files that were handed in, kept unchanged under the name of their content 原始文件."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from kanjian.tables import Source

FOLDER = "measures"


def keep(source: Source) -> str:
    """Store the file if it is not there yet; its place in the storage. Needs no transaction: names are hashes."""
    place = f"{FOLDER}/{source.sha256}{source.suffix}"
    if not default_storage.exists(place):
        default_storage.save(place, ContentFile(source.content))
    return place


def kept(place: str, name: str) -> Source:
    """The file as it was handed in. Raises ``FileNotFoundError``."""
    with default_storage.open(place) as file:
        return Source(name, file.read())


def forget(place: str) -> None:
    """Remove a file that nothing refers to any more."""
    default_storage.delete(place)
