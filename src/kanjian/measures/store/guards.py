"""The guards of the values' references on PostgreSQL, where they are triggers and no keys (docs/adr/0007)."""

from django.db import connection

GUARDS = frozenset(
    {
        "measures_value_insert_names_parents",
        "measures_value_update_names_parents",
        "measures_revision_insert_names_parents",
        "measures_revision_update_names_parents",
        "orgs_unit_is_needed",
        "measures_indicator_is_needed",
        "measures_batch_is_needed",
    }
)


def missing_guards() -> list[str]:
    """Guards that are gone or switched off, sorted; none on SQLite, whose keys do the work."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname = ANY(%s) AND tgenabled IN ('O', 'A')", [[*GUARDS]])
        return sorted(GUARDS - {name for (name,) in cursor.fetchall()})
