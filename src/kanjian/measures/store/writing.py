"""Many cells at once into the database: one statement per chunk, inside the caller's transaction."""

from collections.abc import Iterator

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper

from kanjian.jobs.progress import Reporter

CHUNK = 20_000
MANY = 10_000  # cells after which the database counts anew what it holds
COLUMNS = ("unit_id", "indicator_id", "period", "value", "status", "note", "row")
_NAMES = "unit_id, indicator_id, period, value, status, note, row"
_UPSERT = """
    ON CONFLICT (unit_id, indicator_id, period) DO UPDATE SET
    value = excluded.value, status = excluded.status, note = excluded.note, row = excluded.row,
    batch_id = excluded.batch_id"""
_KEEP_OLD = """
    INSERT INTO measures_revision
    (unit_id, indicator_id, period, value, status, note, row, batch_id, replaced_by_id)
    SELECT old.unit_id, old.indicator_id, old.period, old.value, old.status, old.note, old.row, old.batch_id, %s
    FROM measures_value AS old"""


def lock_values() -> None:
    """Let no other import in until the transaction ends; readers go on. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE measures_value IN SHARE ROW EXCLUSIVE MODE")
            # Foreign keys are checked chunk by chunk; left to the end, they would stall the progress at 100 %.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def write_cells(cells: pl.DataFrame, batch_id: int, reporter: Reporter) -> None:
    """Insert or replace cells; what a replaced cell said goes into ``Revision`` first.

    ``cells`` has the columns ``unit_id, indicator_id, period, value, status, note, row`` and the Boolean ``changed``
    (the cell exists and says something else). One row per cell; the reporter advances by the cells written.
    """
    with connection.cursor() as cursor:
        write = _write_postgres if connection.vendor == "postgresql" else _write_sqlite
        for chunk in _chunks(cells):
            write(cursor, chunk, batch_id)
            reporter.advance(chunk.height)
        if connection.vendor == "postgresql" and cells.height >= MANY:
            # What follows an import reads what it wrote, and the database's own count may be a minute late: it would
            # plan for empty tables, and freezing a quarter of 914 villages would take 6 s in place of 0.7.
            cursor.execute("ANALYZE measures_value, measures_indicator, orgs_unit, orgs_membership")


def _chunks(cells: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield from cells.iter_slices(CHUNK)


def _write_sqlite(cursor: CursorWrapper, cells: pl.DataFrame, batch_id: int) -> None:
    changed = cells.filter("changed").select("unit_id", "indicator_id", "period")
    cursor.executemany(
        f"{_KEEP_OLD} WHERE unit_id = %s AND indicator_id = %s AND period = %s",
        [(batch_id, *key) for key in changed.iter_rows()],
    )
    marks = ", ".join(["%s"] * len(COLUMNS))
    cursor.executemany(
        f"INSERT INTO measures_value ({_NAMES}, batch_id) VALUES ({marks}, {int(batch_id)}){_UPSERT}",  # noqa: S608
        cells.select(COLUMNS).rows(),
    )


def _write_postgres(cursor: CursorWrapper, cells: pl.DataFrame, batch_id: int) -> None:
    cells = cells.with_columns(batch_id=pl.lit(batch_id))
    fresh, changed = cells.filter(~pl.col("changed")), cells.filter("changed")
    if fresh.height:
        # Nobody else writes meanwhile (``lock_values``), so what was new when it was compared is new now.
        _copy(cursor, "measures_value", fresh)
    if changed.height:
        _replace(cursor, changed, batch_id)


def _replace(cursor: CursorWrapper, cells: pl.DataFrame, batch_id: int) -> None:
    """Keep what the cells said, and give them their new values."""
    cursor.execute("DROP TABLE IF EXISTS measures_incoming")
    cursor.execute(
        f"CREATE TEMPORARY TABLE measures_incoming ON COMMIT DROP AS SELECT {_NAMES}, batch_id"  # noqa: S608
        " FROM measures_value WITH NO DATA"
    )
    _copy(cursor, "measures_incoming", cells)
    cursor.execute(f"{_KEEP_OLD} JOIN measures_incoming AS fresh USING (unit_id, indicator_id, period)", [batch_id])
    cursor.execute(
        f"INSERT INTO measures_value ({_NAMES}, batch_id) SELECT {_NAMES}, batch_id FROM measures_incoming{_UPSERT}"  # noqa: S608
    )
    cursor.execute("DROP TABLE measures_incoming")


def _copy(cursor: CursorWrapper, table: str, cells: pl.DataFrame) -> None:
    """Stream the cells into a table; an empty note is a text, an empty value is none."""
    columns = f"{_NAMES}, batch_id"
    statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL (status, note))"
    with connection.wrap_database_errors, cursor.copy(statement) as copy:  # COPY goes past Django's own wrapping
        copy.write(cells.select(*COLUMNS, "batch_id").write_csv(include_header=False).encode())
