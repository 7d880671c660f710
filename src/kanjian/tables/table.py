"""A file, how it is to be read, and what was read."""

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import polars as pl

from kanjian.tables.problems import Problem


@dataclass(frozen=True)
class Source:
    """A file in memory: its name decides how it is read."""

    name: str
    content: bytes

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read a file from disk."""
        return cls(path.name, path.read_bytes())

    @classmethod
    def of_frame(cls, frame: pl.DataFrame, name: str) -> Self:
        """A frame that a program made, kept as the Parquet file it is equal to."""
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        return cls(f"{name}.parquet", buffer.getvalue())

    @cached_property
    def sha256(self) -> str:
        """Hash of the content."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def suffix(self) -> str:
        """The lower-case ending of the name with its dot."""
        return Path(self.name).suffix.lower()


@dataclass(frozen=True, slots=True)
class Options:
    """What the file does not say itself.

    The first row with one of ``headings`` (compared as ``normal`` has them) is the heading of the table, so that titles
    may stand above it; without any the first row is. ``sheet`` of a workbook; empty: the first with such a row.
    """

    headings: tuple[str, ...] = ()
    sheet: str = ""


@dataclass(frozen=True)
class Table:
    """What was read: columns named by their headings; the row in position ``i`` stood on line ``first_row + i``.

    Cells are texts as written, but those of Parquet keep their type. A column without a heading is named
    ``UNNAMED`` and its position. ``numbers`` holds, for spreadsheets, the exact numbers of cells whose text form is
    shortened. ``errors`` are cells with a failed formula, which are blank in ``frame``.
    """

    frame: pl.DataFrame
    first_row: int
    sheet: str = ""
    numbers: pl.DataFrame | None = None
    errors: tuple[Problem, ...] = ()
