"""Who sees and may what: both directions of every question agree; help lists are not public."""

import pytest
from django.contrib.auth.models import AnonymousUser

from kanjian.pairing import actions, policies
from kanjian.pairing.models import Pair, Round
from kanjian.pairing.selectors.to_dos import waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def everybody(
    world, proposed, holder, leader, willows, pines, xiaowang, ligong, methodologist, administrator, reviewer
):
    """People on all sides, and outside."""
    first = proposed.pairs.select_related("mentee", "mentor").first()
    return [
        *(AnonymousUser(), xiaowang, ligong, leader, willows, pines, methodologist, administrator, reviewer),
        holder("mentee-clerk", "reporter", first.mentee),
        holder("mentor-reader", "reader", first.mentor),
        holder("department", "administrator", world.organiser),
    ]


@pytest.mark.parametrize("is_public", [False, True])
def test_both_directions_agree(everybody, proposed, is_public: bool) -> None:
    pairs = list(Pair.objects.select_related("mentee__parent", "mentor__parent", "round__organiser"))
    for pair, state in zip(pairs, ["agreed", "running", "closed", "lapsed", "replaced"], strict=False):
        Pair.objects.filter(pk=pair.pk).update(state=state)
    actions.agree(pairs[6], "mentee", by=everybody[4] if pairs[6].mentee.parent.code == "C101" else everybody[5])
    Round.objects.update(is_public=is_public)
    for person in everybody:
        seen, inside = set(policies.visible_pairs(person)), set(policies.inside_pairs(person))
        work, confirm = set(policies.workable_pairs(person)), set(policies.confirmable_pairs(person))
        for pair in Pair.objects.select_related("mentee__parent", "mentor__parent", "round__organiser")[:7]:
            assert policies.may_view(person, pair) == (pair in seen), (person, pair)
            assert policies.may_view_inside(person, pair) == (pair in inside)
            assert policies.may_work(person, pair) == (pair in work)
            assert bool(policies.open_sides(person, pair)) == (pair in confirm), (person, pair)
        opened = set(policies.visible_rounds(person))
        found = Round.objects.get()
        assert policies.may_open(person, found) == (found in opened)
        units = set(policies.organised_units(person))
        assert policies.may_lead(person, found.organiser) == (found.organiser in units)


def test_help_lists_are_for_those_who_can_help(everybody, proposed) -> None:
    anonymous, stranger, _county, leader, willows, *_rest, mentee_clerk, mentor_reader, _department = everybody
    for outsider in (anonymous, stranger):
        assert not policies.visible_rounds(outsider).exists()
    assert policies.visible_pairs(leader).count() == proposed.pairs.count()
    first = proposed.pairs.first()
    assert list(policies.visible_pairs(mentee_clerk)) == list(
        Pair.objects.filter(mentee=first.mentee) | Pair.objects.filter(mentor=first.mentee)
    )
    assert first in policies.visible_pairs(mentor_reader)
    own = [pair for pair in Pair.objects.all() if "C101" in {pair.mentee.parent.code, pair.mentor.parent.code}]
    assert set(policies.visible_pairs(willows)) == set(own)


def test_opened_rounds_show_agreed_pairs_only_and_nothing_inside(running, xiaowang) -> None:
    stranger = xiaowang
    lapsed = running.pairs.first()
    Pair.objects.filter(pk=lapsed.pk).update(state="lapsed")
    assert not policies.visible_pairs(stranger).exists()
    actions.open_round(running, is_public=True, by=None)
    seen = policies.visible_pairs(stranger).filter(round=running)
    assert seen.count() == running.pairs.count() - 1
    assert lapsed not in seen
    assert not policies.inside_pairs(stranger).exists()


def test_to_dos_for_those_who_must_agree_and_for_late_milestones(everybody, proposed, running_milestone) -> None:
    _, stranger, _, leader, willows, *_ = everybody
    assert waiting(stranger) == []
    titles = [each.title for each in waiting(leader)]
    assert any("待确认" in title for title in titles)
    assert any("逾期" in title for title in titles)
    assert waiting(willows)[0].url.startswith("/pairing/")


@pytest.fixture
def running_milestone(proposed):
    """One pair runs already and its milestone is late."""
    from datetime import date

    pair = proposed.pairs.first()
    Pair.objects.filter(pk=pair.pk).update(state="running")
    weak = pair.reasons["weak"][0]["dimension"]
    return actions.set_milestone(pair, actions.Step(weak, "学", "mentee", "书记", date(2026, 1, 5)), by=None)
