"""Whatever is done to the stored rows behind the platform's back is found."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanjian import health
from kanjian.ledger.actions import append_event
from kanjian.ledger.models import Event
from kanjian.ledger.selectors import verify_chain

pytestmark = pytest.mark.django_db
COLUMNS = ["at", "actor", "verb", "subject", "body", "previous_hash", "hash"]


def write(count):
    for number in range(1, count + 1):
        append_event("test.write", f"thing:{number}", by=None, data={"number": number})


def execute(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def tampered(column, event):
    if column == "at":
        return event.at + timedelta(microseconds=1)
    if column in {"hash", "previous_hash"}:
        return ("0" if getattr(event, column)[0] != "0" else "1") + getattr(event, column)[1:]
    return getattr(event, column) + " "


def test_an_untouched_chain_is_whole():
    assert verify_chain().is_whole
    write(7)
    result = verify_chain()
    assert (result.events, result.broken) == (7, None)
    assert result.head_hash == Event.objects.get(sequence=7).hash


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 8).flatmap(lambda size: st.tuples(st.just(size), st.integers(1, size))), st.sampled_from(COLUMNS))
def test_any_change_of_any_column_of_any_row_is_found_at_that_row(db, place, column):
    size, row = place
    with transaction.atomic():
        write(size)
        event = Event.objects.get(sequence=row)
        # The column's name comes from the list above.
        execute(f"UPDATE ledger_event SET {column} = %s WHERE sequence = %s", tampered(column, event), row)
        broken = verify_chain().broken
        assert broken is not None
        assert broken.sequence == row
        transaction.set_rollback(True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 8).flatmap(lambda size: st.tuples(st.just(size), st.sets(st.integers(1, size), min_size=1))))
def test_any_removal_is_found_at_the_first_missing_row(db, place):
    size, rows = place
    with transaction.atomic():
        write(size)
        for row in rows:
            execute("DELETE FROM ledger_event WHERE sequence = %s", row)
        broken = verify_chain().broken
        assert broken is not None
        assert (broken.sequence, broken.code) == (min(rows), "gap")
        transaction.set_rollback(True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(list(range(1, 7))).filter(lambda order: list(order) != sorted(order)))
def test_any_new_order_is_found(db, order):
    with transaction.atomic():
        write(6)
        execute("UPDATE ledger_event SET sequence = sequence + 100")
        for old, new in enumerate(order, start=1):
            execute("UPDATE ledger_event SET sequence = %s WHERE sequence = %s", new, old + 100)
        broken = verify_chain().broken
        assert broken is not None
        assert broken.sequence == next(place for place, new in enumerate(sorted(order), 1) if order[place - 1] != new)
        transaction.set_rollback(True)


def test_a_tail_cut_off_together_with_the_head_turned_back_is_a_shorter_chain():
    """The limit, stated: whoever rewrites every table can shorten the ledger; a head hash kept elsewhere shows it."""
    write(3)
    published = verify_chain().head_hash
    execute("DELETE FROM ledger_event WHERE sequence = 3")
    assert verify_chain().broken is not None
    event = Event.objects.get(sequence=2)
    execute("UPDATE ledger_head SET sequence = 2, hash = %s", event.hash)
    result = verify_chain()
    assert result.is_whole
    assert result.head_hash != published


def test_rows_slipped_in_behind_the_end_are_found():
    write(2)
    execute(
        "INSERT INTO ledger_event (sequence, at, actor, verb, subject, body, previous_hash, hash) "
        "SELECT 3, at, actor, verb, subject, body, hash, %s FROM ledger_event WHERE sequence = 2",
        "e" * 64,
    )
    assert verify_chain().broken.sequence == 3


def test_a_well_formed_row_behind_the_head_is_found():
    write(3)
    event = Event.objects.get(sequence=2)
    execute("UPDATE ledger_head SET sequence = 2, hash = %s", event.hash)
    broken = verify_chain().broken
    assert (broken.sequence, broken.code) == (3, "head")


def test_a_head_that_names_another_hash_is_found():
    write(3)
    execute("UPDATE ledger_head SET hash = %s", "f" * 64)
    assert (verify_chain().broken.sequence, verify_chain().broken.code) == (3, "head")


def test_the_health_check_says_where_and_what_to_do():
    write(3)
    assert health.run(["ledger.chain"]) == []
    execute("UPDATE ledger_event SET actor = 'somebody' WHERE sequence = 2")
    (problem,) = health.run(["ledger.chain"])
    assert problem.severity is health.Severity.ERROR
    assert "2" in problem.message
    assert problem.remedy
