"""Posts asked once a request: fewer questions, never an older answer."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from kanjian.orgs import policies
from kanjian.orgs.actions import end_post, grant_post, move_unit
from kanjian.orgs.held import asked_once, held_by
from kanjian.orgs.middleware import posts_asked_once
from kanjian.orgs.models import Post

pytestmark = pytest.mark.django_db


def test_a_request_asks_for_the_posts_and_for_the_units_above_once(small_city, reviewer, django_assert_num_queries):
    with asked_once(), django_assert_num_queries(2):
        for _ in range(3):
            assert policies.may(reviewer, "reviewer", small_city.township)
            assert policies.may(reviewer, "reviewer", small_city.village)
            assert not policies.may(reviewer, "methodologist", small_city.village)
            assert not policies.has_role_everywhere(reviewer, "reviewer")


def test_outside_a_request_every_question_is_asked_anew(small_city, reviewer, django_assert_num_queries):
    with django_assert_num_queries(2):
        held_by(reviewer)
        held_by(reviewer)


def test_a_post_given_or_ended_counts_within_the_same_request(small_city, administrator, xiaowang):
    with asked_once():
        assert not policies.may(xiaowang, "reporter", small_city.village)
        post = grant_post(xiaowang, unit=small_city.village, role="reporter", by=administrator)
        assert policies.may(xiaowang, "reporter", small_city.village)
        post.valid_from = timezone.localdate() - timedelta(days=3)
        post.save()
        end_post(post, by=administrator)
        assert not policies.may(xiaowang, "reporter", small_city.village)


def test_a_unit_moved_elsewhere_is_no_longer_below(small_city, reviewer):
    with asked_once():
        assert policies.may(reviewer, "reviewer", small_city.village)
        elsewhere = small_city.far_village.parent
        move_unit(small_city.village, to=elsewhere, day=timezone.localdate(), document="样发〔2026〕1号", by=None)
        assert not policies.may(reviewer, "reviewer", small_city.village)


def test_another_person_and_another_day_have_their_own_answers(small_city, reviewer, village_clerk):
    with asked_once():
        assert {post.role for post in held_by(reviewer)} == {"reviewer"}
        assert {post.role for post in held_by(village_clerk)} == {"reporter"}
        Post.objects.filter(user=reviewer).update(valid_from=timezone.localdate())
        assert held_by(reviewer, timezone.localdate() - timedelta(days=1)) == ()


def test_nothing_is_carried_from_one_request_to_the_next(small_city, reviewer):
    found = []

    def answer(request):
        found.append(policies.may(reviewer, "reviewer", small_city.village))

    pages = posts_asked_once(answer)
    request = RequestFactory().get("/")
    request.user = reviewer
    pages(request)
    Post.objects.filter(user=reviewer).update(valid_to=timezone.localdate())
    pages(request)
    assert found == [True, False]


def test_an_error_ends_the_request_as_well(small_city, reviewer, django_assert_num_queries):
    def fails(request):
        raise RuntimeError(held_by(request.user))

    request = RequestFactory().get("/")
    request.user = reviewer
    with pytest.raises(RuntimeError):
        posts_asked_once(fails)(request)
    with django_assert_num_queries(2):
        held_by(reviewer)
        held_by(reviewer)
