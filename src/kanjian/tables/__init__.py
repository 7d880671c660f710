"""People's files as tables 读表: CSV, XLSX and Parquet as cells that know their line. Pure: no Django, no wording.

A file that is no table is refused with ``TableError``: each of its ``Problem``s has a stable code, a place and
particulars, and the room that asked for the file says it in words.
"""

from kanjian.tables.formulas import sheet_path
from kanjian.tables.headings import UNNAMED, normal
from kanjian.tables.problems import CODES, Problem, TableError
from kanjian.tables.reading import SUFFIXES, read_table
from kanjian.tables.table import Options, Source, Table

__all__ = [
    "CODES",
    "SUFFIXES",
    "UNNAMED",
    "Options",
    "Problem",
    "Source",
    "Table",
    "TableError",
    "normal",
    "read_table",
    "sheet_path",
]
