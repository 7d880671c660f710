"""No value without its unit, indicator and batch: keys on SQLite, guards by statement on PostgreSQL."""

import threading

import polars as pl
import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from kanjian import health
from kanjian.jobs.progress import SILENT
from kanjian.measures.checks import GUARDS
from kanjian.measures.models import Batch, Revision, Value
from kanjian.measures.store.writing import write_cells
from kanjian.orgs.models import Unit

NOWHERE = 987_654_321
PARENTS = {"unit_id": "orgs_unit", "indicator_id": "measures_indicator", "batch_id": "measures_batch"}


@pytest.fixture
def stored(transactional_db, bring_in) -> Value:
    """One stored value that has replaced another, committed."""
    bring_in("unit,A1\nC10101,10\n")
    bring_in("unit,A1\nC10101,11\n")
    return Value.objects.get()


@pytest.fixture
def only_postgres(is_postgres) -> None:
    if not is_postgres:
        pytest.skip("guards by statement are PostgreSQL's; SQLite has its keys")


def execute(statement: str, *values: object) -> None:
    """In a transaction of its own: SQLite looks at its keys when it ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("column", ["unit_id", "indicator_id"])
def test_one_cell_that_belongs_nowhere_among_many_stops_all(stored, column) -> None:
    units = list(Unit.objects.exclude(pk=stored.unit_id).values_list("pk", flat=True))
    cells = pl.DataFrame({"unit_id": units}).with_columns(
        indicator_id=pl.lit(stored.indicator_id), period=pl.lit("2026-Q1"), value=1.0, status=pl.lit("present"),
        note=pl.lit(""), row=pl.lit(2), changed=pl.lit(value=False),
    )  # fmt: skip
    last = pl.int_range(pl.len()) == pl.len() - 1
    wrong = cells.with_columns(pl.when(last).then(NOWHERE).otherwise(pl.col(column)).alias(column))
    with pytest.raises(IntegrityError), transaction.atomic():
        write_cells(wrong, stored.batch_id, SILENT)
    assert Value.objects.get() == stored
    with transaction.atomic():
        write_cells(cells, stored.batch_id, SILENT)
    assert Value.objects.count() == len(units) + 1


@pytest.mark.parametrize("table", [Value, Revision])
@pytest.mark.parametrize("column", PARENTS)
def test_no_row_can_be_turned_to_what_is_not_there(stored, table, column) -> None:
    with pytest.raises(IntegrityError):
        execute(f"UPDATE {table._meta.db_table} SET {column} = %s", NOWHERE)
    assert getattr(table.objects.get(), column) != NOWHERE


def test_a_revision_names_the_batch_that_replaced_it(stored) -> None:
    with pytest.raises(IntegrityError):
        execute("UPDATE measures_revision SET replaced_by_id = %s", NOWHERE)


@pytest.mark.parametrize(("column", "parent"), PARENTS.items())
def test_what_a_value_names_is_neither_deleted_nor_renumbered(stored, column, parent) -> None:
    named = getattr(stored, column)
    for statement in (f"DELETE FROM {parent} WHERE id = %s", f"UPDATE {parent} SET id = -id WHERE id = %s"):
        with pytest.raises(IntegrityError):
            execute(statement, named)
    execute(f"UPDATE {parent} SET id = id WHERE id = %s", named)
    assert getattr(Value.objects.get(), column) == named


def test_what_no_value_names_can_go(stored) -> None:
    batch = Batch.objects.create(source="空")
    execute("DELETE FROM measures_batch WHERE id = %s", batch.pk)
    assert not Batch.objects.filter(pk=batch.pk).exists()


def test_the_refusal_says_which_column_and_what_is_not_there(only_postgres, stored) -> None:
    with pytest.raises(IntegrityError, match="unit_id of measures_value names rows that orgs_unit does not have"):
        execute("UPDATE measures_value SET unit_id = %s", NOWHERE)
    with pytest.raises(IntegrityError, match=rf"row {stored.unit_id} of orgs_unit .* unit_id of measures_value"):
        execute("DELETE FROM orgs_unit WHERE id = %s", stored.unit_id)


def test_who_deletes_a_unit_waits_for_the_import_that_names_it(only_postgres, stored, small_city) -> None:
    """The other session sees nothing of the uncommitted value; it must wait, look again and be refused."""
    lonely = Unit.objects.create(code="LONELY", name="孤村", kind="village", parent=small_city.township)
    outcome: list[object] = []

    def delete() -> None:
        try:
            execute("DELETE FROM orgs_unit WHERE id = %s", lonely.pk)
            outcome.append("deleted")
        except IntegrityError as error:
            outcome.append(error)
        finally:
            connections.close_all()

    other = threading.Thread(target=delete)
    with transaction.atomic():
        Value.objects.create(
            unit=lonely, indicator_id=stored.indicator_id, period="2026-Q1", value=1, batch_id=stored.batch_id
        )
        other.start()
        other.join(1)
        assert other.is_alive(), outcome
    other.join(30)
    assert [type(each) for each in outcome] == [IntegrityError], outcome
    assert Value.objects.filter(unit=lonely).exists()


def test_a_guard_that_is_switched_off_is_found(only_postgres, stored) -> None:
    assert health.run([GUARDS]) == []
    with transaction.atomic():
        execute("ALTER TABLE measures_value DISABLE TRIGGER measures_value_insert_names_parents")
        (problem,) = health.run([GUARDS])
        transaction.set_rollback(True)
    assert problem.severity is health.Severity.ERROR
    assert "measures_value_insert_names_parents" in problem.message
    assert health.run([GUARDS]) == []


def test_the_way_back_to_keys_checks_every_row(only_postgres, stored) -> None:
    before, after = [("measures", "0006_flags")], [("measures", "0007_references_by_statement")]
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        MigrationExecutor(connection).migrate(before)
        assert keys("measures_value") == set(PARENTS)
        assert keys("measures_revision") == {*PARENTS, "replaced_by_id"}
        with pytest.raises(IntegrityError):
            execute("UPDATE measures_value SET unit_id = %s", NOWHERE)
        MigrationExecutor(connection).migrate(after)
        assert keys("measures_value") == keys("measures_revision") == set()
    finally:
        MigrationExecutor(connection).migrate(leaves)
    assert health.run([GUARDS]) == []


def keys(table: str) -> set[str]:
    """Columns of the table that are foreign keys."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table).values()
    return {column for each in found if each["foreign_key"] for column in each["columns"]}
