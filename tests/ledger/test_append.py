"""Appending: in the caller's transaction, chained, numbered without gaps."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from kanjian.ledger.actions import append_event
from kanjian.ledger.chain import canonical_json
from kanjian.ledger.models import GENESIS, Event, Head
from kanjian.ledger.selectors import events, verify_chain


@pytest.mark.django_db
def test_each_event_names_the_one_before_it(xiaowang):
    first = append_event("orgs.create_unit", "unit:C1", by=None, data={"name": "东县"})
    second = append_event("orgs.grant_post", "user:xiaowang", by=xiaowang)
    assert (first.sequence, first.previous_hash, first.actor) == (1, GENESIS, "system")
    assert (second.sequence, second.previous_hash, second.actor) == (2, first.hash, "xiaowang")
    assert Event.objects.get(sequence=1).data == {"name": "东县"}
    assert Head.objects.get().hash == second.hash


@pytest.mark.django_db
def test_numbers_dates_and_odd_characters_survive_the_database():
    data = {
        "float": 1e22,
        "negative zero": -0.0,
        "tiny": 5e-324,
        "nul": "a\x00b",
        "day": date(2026, 1, 4),
        "d": Decimal("1.10"),
    }
    append_event("test.write", "thing:1", by=None, data=data)
    assert json.loads(Event.objects.get().body) == {**data, "day": "2026-01-04", "d": "1.10"}
    assert verify_chain().is_whole


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_refuses():
    with pytest.raises(RuntimeError, match="atomic"):
        append_event("test.write", "thing:1", by=None)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_falls_with_its_transaction_and_leaves_no_gap():
    with transaction.atomic():
        append_event("test.kept", "thing:1", by=None)

    class ChangedMindError(Exception):
        pass

    def change_mind() -> None:
        with transaction.atomic():
            append_event("test.dropped", "thing:2", by=None)
            raise ChangedMindError

    with pytest.raises(ChangedMindError):
        change_mind()
    with transaction.atomic():
        append_event("test.kept", "thing:3", by=None)
    assert list(Event.objects.values_list("sequence", "subject")) == [(1, "thing:1"), (2, "thing:3")]
    assert verify_chain().is_whole


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "error"),
    [({"x": float("nan")}, ValueError), ({"x": float("inf")}, ValueError), ({"x": object()}, TypeError)],
)
def test_what_json_cannot_say_is_refused(data, error):
    with pytest.raises(error):
        append_event("test.write", "thing:1", by=None, data=data)
    assert not Event.objects.exists()


def test_half_a_surrogate_pair_is_refused_before_the_database_sees_it():
    with pytest.raises(UnicodeEncodeError):
        canonical_json({"x": "\ud800"})


@pytest.mark.django_db
@pytest.mark.parametrize(("verb", "subject"), [("", "thing:1"), ("v" * 81, "thing:1"), ("test.write", "s" * 201)])
def test_texts_that_do_not_fit_are_refused_on_every_database(verb, subject):
    with pytest.raises(ValueError, match="characters"):
        append_event(verb, subject, by=None)


@pytest.mark.django_db
def test_events_cannot_be_changed_or_removed_through_the_model():
    event = append_event("test.write", "thing:1", by=None)
    for attempt in (
        event.save,
        event.delete,
        Event.objects.all().delete,
        lambda: Event.objects.update(actor="someone"),
        lambda: Event.objects.filter(sequence=1).update(actor="someone"),
    ):
        with pytest.raises(TypeError):
            attempt()


@pytest.mark.django_db
def test_without_its_head_row_the_ledger_does_not_start_anew():
    append_event("test.write", "thing:1", by=None)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_head")
    with pytest.raises(RuntimeError, match="head row is missing"):
        append_event("test.write", "thing:2", by=None)


@pytest.mark.django_db
def test_auditors_filter_by_subject_verb_room_and_actor(xiaowang):
    append_event("orgs.create_unit", "unit:C1", by=None)
    append_event("orgs.close_unit", "unit:C1", by=xiaowang)
    append_event("boards.publish", "edition:1", by=xiaowang)
    assert [event.sequence for event in events()] == [3, 2, 1]
    assert [event.sequence for event in events(subject="unit:C1")] == [2, 1]
    assert [event.sequence for event in events(verb="orgs.")] == [2, 1]
    assert [event.sequence for event in events(verb="boards.publish", actor="xiaowang")] == [3]
    assert [event.sequence for event in events(since=events()[0].at)] == [3]
    assert [event.sequence for event in events(until=events(verb="orgs.close_unit")[0].at)] == [1]
