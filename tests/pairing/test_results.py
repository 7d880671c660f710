"""Progress, the bonus F4, the evaluation: numbers worked by hand, and honest silence."""

from dataclasses import replace
from datetime import date

import pytest

from kanjian.boards.models import Edition
from kanjian.measures import derived
from kanjian.orgs.models import Unit
from kanjian.pairing import actions
from kanjian.pairing.bonus import MOST, pairing_results, points_of
from kanjian.pairing.derived import PAIRING_RESULT, pairs_of
from kanjian.pairing.evaluating import comparable_editions, evaluate
from kanjian.pairing.models import Pair
from kanjian.pairing.progress import ManyPairs, Reading, courses, editions_around, gained, read_pair

pytestmark = pytest.mark.django_db


def readings(mentee, mentor=90.0, medians=None) -> list[Reading]:
    """Q1 … Q5, the choice in Q3."""
    medians = medians or [80.0] * len(mentee)
    return [
        Reading(f"2025-Q{at + 1}", points, mentor, median, comparable=True)
        for at, (points, median) in enumerate(zip(mentee, medians, strict=True))
    ]


def test_the_share_of_the_gap_closed_by_hand() -> None:
    """Before 66 and 70, chosen at 60: start is their mean, 68; gap 90 − 68 = 22; now 79, median +1: (11 − 1) / 22."""
    start, gap, closed = gained(readings([66, 70, 60, 72, 79], medians=[80, 80, 80, 80.5, 81]), "2025-Q3")
    assert (start, gap) == (68, 22)
    assert closed == pytest.approx(10 / 22)


def test_coming_back_from_one_bad_period_is_no_progress() -> None:
    assert gained(readings([70, 70, 50, 69, 70]), "2025-Q3")[2] == 0.0
    assert gained(readings([50, 50, 60, 75, 75]), "2025-Q3") == (
        60,
        30,
        0.5,
    )  # chosen above its past: counts from there
    assert gained(readings([60, 60, 60, 95, 99]), "2025-Q3")[2] == 1.0


def test_no_share_without_a_gap_a_figure_or_a_later_period() -> None:
    assert gained(readings([95, 95, 80, 96, 97]), "2025-Q3") == (95, -5, None)
    assert gained(readings([60, 60, 60]), "2025-Q3") == (60, 30, None)
    assert gained(readings([60, 60, 60, 70, None]), "2025-Q3")[2] is None
    assert gained(readings([60, 60, None, 70, 70]), "2025-Q3") == (None, None, None)
    assert gained(readings([60, 60, 60, 70, 70], mentor=None), "2025-Q3") == (60, None, None)
    other_method = readings([60, 60, 60, 70, 70])
    other_method[-1] = replace(other_method[-1], comparable=False)
    assert gained(other_method, "2025-Q3")[2] is None


def test_progress_is_read_from_the_editions(pair, world) -> None:
    editions = editions_around(pair.round)
    assert [edition.period for edition in editions] == ["2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]
    found = courses(pair, editions)
    assert [course.code for course in found] == [weak["dimension"] for weak in pair.reasons["weak"]]
    for course, weak in zip(found, pair.reasons["weak"], strict=True):
        assert course.readings[2].mentee == pytest.approx(weak["mentee"])
        assert course.readings[2].mentor == pytest.approx(weak["mentor"])
    assert found == courses(pair, editions, ManyPairs())


def test_points_are_the_same_for_both_sides_and_not_by_heads(running, world) -> None:
    found = pairing_results(world.board, "2026-Q3")
    pairs = list(running.pairs.select_related("mentee", "mentor", "round__edition__scheme", "round__board"))
    by_mentor: dict[str, list[float]] = {}
    for pair in pairs:
        points = points_of(pair, "2026-Q2", read_pair)
        assert points is None or 0 <= points <= MOST
        if points is not None:
            assert found[pair.mentee.code] == points
            by_mentor.setdefault(pair.mentor.code, []).append(points)
    assert by_mentor
    for code, values in by_mentor.items():
        assert found[code] == round(sum(values) / len(values), 1)


def test_nothing_that_is_only_activity_earns_points(running, world) -> None:
    before = pairing_results(world.board, "2026-Q3")
    pair = running.pairs.first()
    actions.write_plan(pair, "很长的计划", by=None)
    weak = pair.reasons["weak"][0]["dimension"]
    actions.set_milestone(
        pair, actions.Step(weak, "x", "mentee", "y", date(2026, 2, 1), done=date(2026, 2, 1)), by=None
    )
    for day in range(1, 8):
        actions.record_visit(pair, day=date(2026, 2, day), people="书记", work="看", by=None)
    assert pairing_results(world.board, "2026-Q3") == before


def test_points_never_depend_on_their_own_period(running, world) -> None:
    assert pairing_results(world.board, "2026-Q1") == {}  # only the edition of the choice came before
    later = pairing_results(world.board, "2026-Q2")
    Edition.objects.filter(period="2026-Q2").update(state="superseded")
    assert pairing_results(world.board, "2026-Q2") == later
    Pair.objects.update(closed_on=date(2026, 3, 1), state="closed")
    assert pairing_results(world.board, "2026-Q3") == {}


def test_the_indicator_is_computed_through_measures(running, world, leader, xiaowang) -> None:
    computation = derived.computation(f"{PAIRING_RESULT}:pairs")
    frame = computation.compute(Unit.objects.filter(kind="village", valid_to=None), "2026-Q3", "pairs")
    assert frame.height == len(world.villages)
    points = pairing_results(world.board, "2026-Q3")
    assert dict(frame.filter(status="present").select("unit", "value").iter_rows()) == points
    assert set(frame.filter(status="not_applicable")["value"]) == {None}
    with pytest.raises(derived.ComputationError):
        computation.compute(Unit.objects.all(), "2026-Q3", "nothing")
    pair = running.pairs.select_related("mentee").first()
    assert [each.url for each in pairs_of(pair.mentee, "2026-Q3", "pairs", leader)] == [
        f"/pairing/{running.pk}/pairs/{pair.pk}/"
    ]
    assert list(pairs_of(pair.mentee, "2026-Q3", "pairs", xiaowang)) == []


def test_the_evaluation_compares_with_units_that_were_never_paired(running, world) -> None:
    answer = evaluate(running)
    assert (answer.status, answer.chosen) == ("ok", "2025-Q4")
    assert [outcome["outcome"] for outcome in answer.outcomes] == ["score", "A", "B", "C"]
    first = answer.outcomes[0]
    assert (first["before"], first["after"]) == (["2025-Q2", "2025-Q3"], ["2026-Q1", "2026-Q2"])
    assert first["main"]["low"] <= first["main"]["value"] <= first["main"]["high"]
    assert "few" in first["cautions"]
    assert answer.stored() == evaluate(running).stored()


def test_too_early_too_few_and_another_method_are_said(running, world) -> None:
    kept = list(running.pairs.values_list("pk", flat=True)[:3])
    Pair.objects.exclude(pk__in=kept).update(state="lapsed")
    assert evaluate(running).status == "too_few"
    running.starts_on = date(2026, 4, 1)  # the first quarter was over before they began
    assert [edition.period for edition in comparable_editions(running)[0]][-2:] == ["2025-Q4", "2026-Q2"]
    assert evaluate(running).status == "too_early"
    running.starts_on = date(2026, 1, 1)
    from kanjian.boards.models import SchemeVersion

    other = SchemeVersion.objects.create(board=world.board, version="2", text="x", hash="other", valid_from="2026-Q1")
    Edition.objects.filter(period="2026-Q2").update(scheme=other)
    assert evaluate(running).status == "method_changed"
    pair = running.pairs.get(pk=kept[0])
    assert all(course.closed is None for course in courses(pair, editions_around(running)))
