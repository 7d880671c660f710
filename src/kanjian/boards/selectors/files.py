"""The data page 数据: the files of an edition and its release with their hashes, and how to recompute them."""

from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from kanjian.boards.export import COMMAND, export_open_data
from kanjian.boards.linting import subject_of_board, subject_of_version
from kanjian.boards.models import Edition
from kanjian.boards.selectors.editions import files_of, head
from kanjian.boards.selectors.shapes import DataFile, DataPage
from kanjian.boards.store.folders import MANIFEST, Manifest
from kanjian.boards.store.releases import release_path
from kanjian.measures.exceptions import printed


def data_page(edition: Edition) -> DataPage:
    """Files, sizes, hashes and the one command that recomputes the edition."""
    files = files_of(edition)
    return DataPage(
        edition=head(edition),
        files=_listed(files.manifest),
        release_files=_listed(Manifest.read(release_path(settings.HOME, edition.release.hash))),
        hash=edition.hash,
        release_hash=edition.release.hash,
        scheme_hash=str(files.manifest.identity["scheme"]),
        command=COMMAND,
        engine=files.manifest.engine,
    )


def _listed(manifest: Manifest) -> list[DataFile]:
    return [
        DataFile(name, _number(facts["size"]) or 0, str(facts["sha256"]), _number(facts["rows"]))
        for name, facts in manifest.files.items()
    ]


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def file_path(edition: Edition, name: str) -> Path | None:
    """A file of the edition that its manifest names, or the manifest; None for any other name."""
    files = files_of(edition)
    return files.folder / name if name == MANIFEST or name in files.manifest.files else None


def release_file_path(edition: Edition, name: str) -> Path | None:
    """A file of the edition's release, likewise."""
    folder = release_path(settings.HOME, edition.release.hash)
    return folder / name if name == MANIFEST or name in Manifest.read(folder).files else None


def open_data(edition: Edition) -> BinaryIO:
    """The edition's archive, open for reading; written on first demand."""
    subjects = (subject_of_version(edition.board, edition.scheme.version), subject_of_board(edition.board))
    exceptions = printed(timezone.localdate(edition.created_at), *subjects)
    return export_open_data(settings.HOME, files_of(edition), exceptions).open("rb")
