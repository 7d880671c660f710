"""On PostgreSQL the references of values are checked once a statement, not once a row; see docs/adr/0007.

The guards are triggers of two functions. ``kanjian_rows_name_parents`` looks at all rows a statement wrote: the
parents they name are locked against deletion, and must all be there. ``kanjian_parent_is_needed`` refuses to delete
or renumber a parent that is still named. Together they promise what the foreign keys promised. SQLite keeps its keys.
"""

from django.db import migrations

VALUES, REVISIONS = "measures_value", "measures_revision"
UNITS, INDICATORS, BATCHES = "orgs_unit", "measures_indicator", "measures_batch"
PARENTS = {
    VALUES: {"unit_id": UNITS, "indicator_id": INDICATORS, "batch_id": BATCHES},
    REVISIONS: {"unit_id": UNITS, "indicator_id": INDICATORS, "batch_id": BATCHES, "replaced_by_id": BATCHES},
}
FUNCTIONS = """
CREATE FUNCTION kanjian_rows_name_parents() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    named bigint;
    held bigint;
BEGIN
    FOR place IN 0 .. TG_NARGS - 1 BY 2 LOOP
        EXECUTE format('SELECT count(DISTINCT %I) FROM fresh', TG_ARGV[place]) INTO named;
        -- Locked as a foreign key would: nobody can delete a parent until this transaction ends.
        EXECUTE format(
            'SELECT count(*) FROM (SELECT FROM %I WHERE id IN (SELECT %I FROM fresh) FOR KEY SHARE) AS parents',
            TG_ARGV[place + 1], TG_ARGV[place]
        ) INTO held;
        IF held < named THEN
            RAISE foreign_key_violation USING
                MESSAGE = format('%s of %s names rows that %s does not have', TG_ARGV[place], TG_TABLE_NAME,
                                 TG_ARGV[place + 1]),
                TABLE = TG_TABLE_NAME, COLUMN = TG_ARGV[place];
        END IF;
    END LOOP;
    RETURN NULL;
END $body$;

CREATE FUNCTION kanjian_parent_is_needed() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    needed boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN
        RETURN NULL;
    END IF;
    FOR place IN 0 .. TG_NARGS - 1 BY 2 LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %I = $1)', TG_ARGV[place], TG_ARGV[place + 1])
        USING OLD.id INTO needed;
        IF needed THEN
            RAISE foreign_key_violation USING
                MESSAGE = format('row %s of %s is still named by %s of %s', OLD.id, TG_TABLE_NAME,
                                 TG_ARGV[place + 1], TG_ARGV[place]),
                TABLE = TG_TABLE_NAME;
        END IF;
    END LOOP;
    RETURN NULL;
END $body$;
"""


def guard_by_statement(_apps, schema_editor):
    """Foreign keys out, guards in; what is stored already was checked by the keys."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        for table, columns in PARENTS.items():
            for name, each in connection.introspection.get_constraints(cursor, table).items():
                if each["foreign_key"]:
                    cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            pairs = ", ".join(f"'{column}', '{parent}'" for column, parent in columns.items())
            for event in ("insert", "update"):
                cursor.execute(
                    f"CREATE TRIGGER {table}_{event}_names_parents AFTER {event} ON {table}"
                    " REFERENCING NEW TABLE AS fresh"
                    f" FOR EACH STATEMENT EXECUTE FUNCTION kanjian_rows_name_parents({pairs})"
                )
        for parent, children in _children().items():
            pairs = ", ".join(f"'{table}', '{column}'" for table, column in children)
            cursor.execute(
                f"CREATE TRIGGER {parent}_is_needed AFTER DELETE OR UPDATE OF id ON {parent}"
                f" FOR EACH ROW EXECUTE FUNCTION kanjian_parent_is_needed({pairs})"
            )


def guard_by_row(_apps, schema_editor):
    """Guards out, foreign keys in; the database checks every row it holds."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS kanjian_rows_name_parents, kanjian_parent_is_needed CASCADE")
        for table, columns in PARENTS.items():
            for column, parent in columns.items():
                cursor.execute(
                    f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ({column})"
                    f" REFERENCES {parent} (id) DEFERRABLE INITIALLY DEFERRED"
                )


def _children():
    """For every parent the columns that name it."""
    found = {}
    for table, columns in PARENTS.items():
        for column, parent in columns.items():
            found.setdefault(parent, []).append((table, column))
    return found


class Migration(migrations.Migration):
    dependencies = [("measures", "0006_flags"), ("orgs", "0001_initial")]

    operations = [migrations.RunPython(guard_by_statement, guard_by_row)]
