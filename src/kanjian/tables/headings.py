"""Where the heading of a table is and what its columns are called 表头."""

import re
from collections.abc import Sequence

from kanjian.tables.problems import Problem, TableError
from kanjian.tables.table import Options

# Officials put titles above the heading: it is looked for in this many rows.
HEADING_WITHIN = 20
# Name of columns without a heading; no file can contain it.
UNNAMED = "\x00unnamed"


def normal(heading: str) -> str:
    """A heading as it is compared: no spaces, lower case."""
    return re.sub(r"\s+", "", heading).lower()


def heading_position(rows: Sequence[Sequence[str]], options: Options) -> int | None:
    """The first row with a wanted heading, counted from 0; None when there is none."""
    wanted = {normal(heading) for heading in options.headings}
    return next((position for position, row in enumerate(rows) if any(normal(cell) in wanted for cell in row)), None)


def find_headings(rows: Sequence[Sequence[str]], options: Options, sheet: str = "") -> tuple[int, list[str]]:
    """Position of the heading among the first rows (else the first row) and the stripped names of all columns.

    Raises ``TableError`` with every heading that comes twice.
    """
    position = heading_position(rows, options) or 0
    cells = rows[position] if rows else ()
    headings = [cell.strip() or f"{UNNAMED}{column}" for column, cell in enumerate(cells)]
    twice = sorted({heading for heading in headings if headings.count(heading) > 1})
    if twice:
        raise TableError(Problem("duplicate_column", position + 1, heading, sheet, heading) for heading in twice)
    return position, headings
