"""The line of the original file that a value stood on 原始行."""

from dataclasses import dataclass

import polars as pl
from django.core.files.storage import default_storage

from kanjian.measures.files import kept
from kanjian.measures.intake import IntakeError, Options, read_table
from kanjian.measures.models import Batch
from kanjian.tables import UNNAMED

# Larger files are offered for download; reading them for one line would keep the page waiting.
LARGEST = 5_000_000


@dataclass(frozen=True, slots=True)
class OriginalLine:
    """Headings and cells of one line, as they were handed in; empty cells are empty texts."""

    row: int
    cells: tuple[tuple[str, str], ...]


def original_line(batch: Batch, row: int | None) -> OriginalLine | None:
    """The line of the batch's file; None when there is no file, it is too large, or it has no such line."""
    if not batch.file or row is None:
        return None
    try:
        if default_storage.size(batch.file) > LARGEST:
            return None
        table = read_table(kept(batch.file, batch.source), Options(sheet=batch.sheet))
    except (FileNotFoundError, IntakeError):
        return None
    position = row - table.first_row
    if not 0 <= position < table.frame.height:
        return None
    line = table.frame.slice(position, 1).with_columns(pl.all().cast(pl.String)).row(0, named=True)
    cells = ((name, cell or "") for name, cell in line.items() if not name.startswith(UNNAMED))
    return OriginalLine(row, tuple(cells))
