"""Staged sets: collected, computed, looked at, applied or cancelled as a whole; nothing in force changes before."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kanjian.boards.actions import add_scheme_version, propose_application, propose_publication, publish
from kanjian.boards.actions.objections import file_objection
from kanjian.boards.actions.staging import (
    add_correction,
    apply_staged,
    cancel_staged,
    choose_method,
    compute_staged,
    open_staged,
    remove_correction,
)
from kanjian.boards.changes import CellChange, Changes, TrackChange
from kanjian.boards.effects import effect
from kanjian.boards.models import Edition, Objection, Release, StagedSet
from kanjian.boards.recomputing import verify
from kanjian.boards.store.editions import open_edition
from kanjian.ledger.models import Event
from kanjian.ledger.selectors import verify_chain
from kanjian.measures.models import Batch, Revision, Value
from kanjian.orgs.models import Membership

from .conftest import scheme_text
from .objecting import PERIOD, decided, income, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def upheld(filed) -> Objection:
    """The objection of V004 to its income, upheld: 250 instead of what was there."""
    return decided(filed)


def working(unit: str, indicator: str = "B1") -> Value:
    return Value.objects.get(unit__code=unit, indicator__code=indicator, period=PERIOD)


def everything() -> list[object]:
    """All that is in force: values, tracks, editions, releases."""
    tables = (
        Value.objects.order_by("pk").values_list("pk", "value", "status", "batch"),
        Revision.objects.values_list("pk", "value"),
        Membership.objects.order_by("pk").values_list("pk", "track", "valid_from", "valid_to"),
        Edition.objects.order_by("pk").values_list("pk", "state", "hash"),
        Release.objects.order_by("pk").values_list("pk", "hash"),
        Batch.objects.order_by("pk").values_list("pk"),
    )
    return [list(table) for table in tables]


def test_upheld_objections_and_other_corrections_are_applied_together(upheld, shown, villages, office, home) -> None:
    before = everything()
    staged = open_staged(villages.board, PERIOD, by=office.methodologist)
    assert open_staged(villages.board, PERIOD, by=office.kezhang) == staged
    moved = Changes((CellChange("V006", "B3", PERIOD, 0.0),), (TrackChange("V000", "far"),))
    add_correction(staged, moved, by=office.kezhang, reason="执法局更正", document="湖执〔2026〕2号")
    staged = compute_staged(staged, by=office.methodologist)
    assert everything() == before  # files of a candidate, nothing in force
    candidate = open_edition(home, staged.edition_hash)
    assert candidate.detail("V004")["input.B1"] == 250.0
    assert candidate.row("V000")["track"] == "far"
    refused_alone(staged, office)
    propose_application(staged, by=office.kezhang)
    edition = apply_staged(staged, by=office.administrator)
    shown.refresh_from_db()
    assert (edition.state, edition.hash, edition.objection_until) == (
        "objection",
        staged.edition_hash,
        shown.objection_until,
    )
    assert shown.state == "superseded"
    assert (working("V004").value, working("V006", "B3").value) == (250.0, 0.0)
    batch = working("V004").batch
    assert batch.created_by == office.administrator
    assert f"#{upheld.pk}" in batch.note
    assert "湖执〔2026〕2号" in batch.note
    assert Revision.objects.filter(replaced_by=batch).count() == 2
    upheld.refresh_from_db()
    assert upheld.state == "applied"
    event = Event.objects.order_by("-sequence").first()
    assert event.verb == "boards.apply_staged"
    assert (event.data["proposed_by"], event.actor) == ("kezhang", "guanliyuan")
    assert verify(home, edition.hash).holds
    assert verify_chain().is_whole


def refused_alone(staged: StagedSet, office) -> None:
    """No single person applies it, and only who may publish."""
    with refused("needs_proposal"):
        apply_staged(staged, by=office.kezhang)
    with pytest.raises(PermissionDenied):
        propose_application(staged, by=office.methodologist)
    with pytest.raises(PermissionDenied):
        apply_staged(staged, by=office.methodologist)


def test_who_proposes_does_not_confirm(upheld, villages, office) -> None:
    staged = compute_staged(open_staged(villages.board, PERIOD, by=None), by=None)
    propose_application(staged, by=office.kezhang)
    with refused("same_person"):
        apply_staged(staged, by=office.kezhang)
    assert working("V004").value != 250.0


def test_a_published_edition_gives_its_place_and_the_publication_goes_on(published, villages, office, home) -> None:
    first = published(PERIOD)
    staged = open_staged(villages.board, PERIOD, by=office.methodologist)
    add_correction(staged, Changes((income("V004", 250.0),)), by=office.methodologist, reason="复核发现")
    staged = compute_staged(staged, by=office.methodologist)
    propose_application(staged, by=office.kezhang)
    edition = apply_staged(staged, by=office.administrator)
    first.refresh_from_db()
    assert (first.state, edition.state, edition.published_by) == ("superseded", "published", office.administrator)
    assert edition.created_by == office.methodologist
    assert Edition.objects.filter(state="published", period=PERIOD).get() == edition
    supersede = Event.objects.get(verb="boards.supersede")
    assert supersede.data["successor"] == edition.pk


def test_a_corrected_track_holds_for_the_period_and_for_freezing_it_again(published, villages, office) -> None:
    published(PERIOD)
    staged = open_staged(villages.board, PERIOD, by=None)
    add_correction(staged, Changes(tracks=(TrackChange("V000", "far"),)), by=None, reason="地处远郊")
    apply_staged(compute_staged(staged, by=None), by=None)
    held = [
        (row.track.code, row.valid_from, row.valid_to)
        for row in Membership.objects.filter(unit__code="V000").select_related("track").order_by("valid_from")
    ]
    assert held == [("near", date(2024, 1, 1), date(2025, 10, 1)), ("far", date(2025, 10, 1), None)]
    assert Event.objects.filter(verb="orgs.correct_track").count() == 1


def test_cancelling_changes_nothing_and_the_objection_waits_for_the_next_set(upheld, villages, office) -> None:
    before = everything()
    staged = compute_staged(open_staged(villages.board, PERIOD, by=office.methodologist), by=office.methodologist)
    propose_application(staged, by=office.kezhang)
    with refused("text_missing"):
        cancel_staged(staged, by=office.administrator, reason=" ")
    cancel_staged(staged, by=office.administrator, reason="漏了一件")
    assert everything() == before
    assert staged.proposals.get().state == "withdrawn"
    with refused("staged_finished"):
        apply_staged(staged, by=None)
    again = open_staged(villages.board, PERIOD, by=office.methodologist)
    assert again != staged
    assert again.items.get().objection == upheld


def test_what_is_upheld_later_joins_the_open_set_which_must_be_computed_again(shown, villages, office, filed) -> None:
    staged = open_staged(villages.board, PERIOD, by=office.methodologist)
    add_correction(staged, Changes((CellChange("V006", "B3", PERIOD, 0.0),)), by=office.kezhang, reason="更正")
    compute_staged(staged, by=office.methodologist)
    decided(filed)
    staged.refresh_from_db()
    assert (staged.state, staged.items.count()) == ("open", 2)
    with refused("not_computed"):
        propose_application(staged, by=office.kezhang)


def test_stale_when_a_value_changed_meanwhile(upheld, villages, office) -> None:
    staged = compute_staged(open_staged(villages.board, PERIOD, by=None), by=None)
    propose_application(staged, by=office.kezhang)
    Value.objects.filter(unit__code="V006", indicator__code="B1", period=PERIOD).update(value=1.0)  # another cell
    Value.objects.filter(unit__code="V004", indicator__code="B1", period=PERIOD).update(value=77.0)
    before = everything()
    with refused("stale"):
        apply_staged(staged, by=office.administrator)
    assert everything() == before
    apply_staged(compute_staged(staged, by=None), by=office.administrator)
    assert working("V004").value == 250.0


def test_stale_when_the_base_was_replaced_and_computing_moves_on_to_what_is_in_force(
    published, villages, office, home
) -> None:
    published(PERIOD)
    staged = open_staged(villages.board, PERIOD, by=None)
    add_correction(staged, Changes((income("V004", 250.0),)), by=None, reason="更正")
    staged = compute_staged(staged, by=None)
    Value.objects.filter(unit__code="V006", indicator__code="B1", period=PERIOD).update(value=9.0)
    fresh = published(PERIOD)
    with refused("stale"):
        apply_staged(staged, by=None)
    staged = compute_staged(staged, by=None)
    assert staged.base == fresh
    edition = apply_staged(staged, by=None)
    row = open_edition(home, edition.hash)
    assert (row.detail("V004")["input.B1"], row.detail("V006")["input.B1"]) == (250.0, 9.0)


def test_damaged_candidates_are_never_applied(upheld, villages, home) -> None:
    staged = compute_staged(open_staged(villages.board, PERIOD, by=None), by=None)
    with (home / "editions" / staged.edition_hash / "scores.parquet").open("ab") as file:
        file.write(b"x")
    before = everything()
    with refused("files_damaged"):
        apply_staged(staged, by=None)
    assert everything() == before


def test_two_items_that_contradict_each_other_are_named(upheld, villages, office) -> None:
    staged = open_staged(villages.board, PERIOD, by=None)
    add_correction(staged, Changes((income("V004", 111.0),)), by=None, reason="另一个数")
    with pytest.raises(ValueError, match="V004/B1/2025-Q4"):
        compute_staged(staged, by=None)
    item = staged.items.get(objection=None)
    remove_correction(item, by=office.kezhang)
    with refused("is_objection"):
        remove_correction(staged.items.get(), by=office.kezhang)
    assert compute_staged(staged, by=None).state == "computed"


def test_what_makes_no_sense_is_refused(published, villages, office, xiaowang) -> None:
    with refused("nothing_in_force"):
        open_staged(villages.board, PERIOD, by=None)
    published(PERIOD)
    with pytest.raises(PermissionDenied):
        open_staged(villages.board, PERIOD, by=xiaowang)
    staged = open_staged(villages.board, PERIOD, by=None)
    for code, changes, reason in (
        ("text_missing", Changes((income("V004", 1.0),)), " "),
        ("nothing_differs", Changes(), "x"),
        ("no_unit", Changes((income("V999", 1.0),)), "x"),
        ("no_indicator", Changes((CellChange("V004", "Z", PERIOD, 1.0),)), "x"),
    ):
        with refused(code):
            add_correction(staged, changes, by=office.kezhang, reason=reason)
    with refused("nothing_staged"):
        compute_staged(staged, by=None)
    with refused("not_computed"):
        apply_staged(staged, by=None)
    with pytest.raises(PermissionDenied):
        compute_staged(staged, by=office.kezhang)


def test_a_method_is_corrected_through_the_set_too(shown, villages, office) -> None:
    method = file_objection(shown, villages.units[5], "method", by=None, grounds="组织权重偏低")
    decided(method, "uphold", "method_flaw")
    staged = open_staged(villages.board, PERIOD, by=office.methodologist)
    with refused("nothing_staged"):
        compute_staged(staged, by=office.methodologist)
    better = add_scheme_version(villages.board, scheme_text("2025.2", 55), valid_from=PERIOD, by=None)
    choose_method(staged, better, by=office.methodologist)
    edition = apply_staged(compute_staged(staged, by=office.methodologist), by=None)
    assert edition.scheme == better
    method.refresh_from_db()
    assert method.state == "applied"


def test_publishing_goes_on_after_the_correction(upheld, shown, villages, office) -> None:
    Edition.objects.filter(pk=shown.pk).update(objection_until=timezone.localdate() - timedelta(days=1))
    with refused("objections_open"):
        propose_publication(shown, by=office.kezhang)
    edition = apply_staged(compute_staged(open_staged(villages.board, PERIOD, by=None), by=None), by=None)
    propose_publication(edition, by=office.kezhang)
    assert publish(edition, by=office.administrator).state == "published"


# The effect that was shown is the effect that comes.


def test_the_preview_is_what_applying_brings_for_every_kind(shown, villages, office, home) -> None:
    """V004's income, V003's veto, V029's exclusion, V000's track: score and places of everybody, to the last bit."""
    units = villages.units
    filed = [
        file_objection(shown, units[4], "value", by=None, grounds="x", node="B1", cells=[income("V004", 290.0)]),
        file_objection(shown, units[3], "veto", by=None, grounds="x", node="V"),
        file_objection(shown, units[29], "exclusion", by=None, grounds="x"),
        file_objection(shown, units[0], "track", by=None, grounds="x", track="far"),
    ]
    shown_before = open_edition(home, shown.hash)
    for objection in filed:
        changes = Changes.from_json(objection.changes)
        found = effect(home, shown.hash, changes)
        staged = open_staged(villages.board, PERIOD, by=None, title=objection.kind)
        add_correction(staged, changes, by=None, reason="试")
        staged = compute_staged(staged, by=None)
        after = open_edition(home, staged.edition_hash)
        for each in (*found.concerned, *found.others):
            row, old = after.row(each.after.unit), shown_before.row(each.after.unit)
            assert (row["score"], row["track_rank"], row["band"]) == (
                each.after.score, each.after.track_rank, each.after.band
            )  # fmt: skip
            assert (old["score"], old["track_rank"]) == (each.before.score, each.before.track_rank)
        told = {each.after.unit for each in found.others} | set(changes.units())
        for unit in units:
            if unit.code not in told:
                was, now = shown_before.row(unit.code), after.row(unit.code)
                assert (was["track_rank"], was["band"]) == (now["track_rank"], now["band"]), unit
        cancel_staged(staged, by=None, reason="只是试算")
    value, veto, exclusion, track = (effect(home, shown.hash, Changes.from_json(o.changes)) for o in filed)
    assert value.concerned[0].gain > 0
    assert value.concerned[0].places > 0
    assert len(value.others) >= value.concerned[0].places
    assert veto.concerned[0].before.band != veto.concerned[0].after.band or veto.is_nothing
    assert exclusion.concerned[0].before.track_rank is None
    assert exclusion.concerned[0].after.track_rank is not None
    assert (track.concerned[0].before.track, track.concerned[0].after.track) == ("near", "far")
    assert track.concerned[0].places is None  # places in two tracks do not compare
