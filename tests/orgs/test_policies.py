"""Both directions of "may": this person here, and where may this person."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kanjian.orgs import policies
from kanjian.orgs.models import Post, Unit, User

pytestmark = pytest.mark.django_db


def test_a_post_reaches_its_unit_and_everything_below(small_city, reviewer):
    assert policies.may(reviewer, "reviewer", small_city.township)
    assert policies.may(reviewer, "reviewer", small_city.village)
    assert not policies.may(reviewer, "reviewer", small_city.county)
    assert not policies.may(reviewer, "reviewer", small_city.far_village)


def test_any_post_lets_its_holder_read_there_and_nowhere_else(small_city, village_clerk):
    assert policies.may(village_clerk, "reader", small_city.village)
    assert not policies.may(village_clerk, "reader", small_city.sister_village)
    assert not policies.may(village_clerk, "reader", small_city.township)


def test_roles_do_not_include_one_another(small_city, administrator, methodologist):
    for role in ("reporter", "reviewer", "methodologist"):
        assert not policies.may(administrator, role, small_city.village)
    assert not policies.may(methodologist, "administrator", small_city.city)


@pytest.mark.parametrize("person", ["xiaowang", "anonymous", "inactive"])
def test_strangers_may_nothing(person, small_city, xiaowang, ligong):
    ligong.is_active = False
    user = {"xiaowang": xiaowang, "anonymous": AnonymousUser(), "inactive": ligong}[person]
    for role in Post.Role:
        assert not policies.has_role(user, role)
        assert not policies.may(user, role, small_city.village)
        assert not policies.units_in_scope(user, role).exists()


def test_posts_hold_between_their_days_only(small_city, xiaowang):
    today = timezone.localdate()
    Post.objects.create(
        user=xiaowang,
        unit=small_city.village,
        role="reporter",
        valid_from=today - timedelta(days=10),
        valid_to=today,
    )
    assert policies.may(xiaowang, "reporter", small_city.village, today - timedelta(days=10))
    assert policies.may(xiaowang, "reporter", small_city.village, today - timedelta(days=1))
    assert not policies.may(xiaowang, "reporter", small_city.village, today - timedelta(days=11))
    assert not policies.may(xiaowang, "reporter", small_city.village, today)
    assert not policies.has_role(xiaowang, "reporter")


@pytest.mark.parametrize("role", list(Post.Role))
def test_both_directions_agree(
    role, small_city, xiaowang, ligong, village_clerk, reviewer, methodologist, administrator
):
    for person in (xiaowang, ligong, village_clerk, reviewer, methodologist, administrator):
        scope = set(policies.units_in_scope(person, role))
        assert scope == {unit for unit in Unit.objects.all() if policies.may(person, role, unit)}


def test_a_superuser_administers_and_reads_everything_and_is_nothing_else(small_city):
    root = User.objects.create_superuser("root", password="x")
    assert policies.may(root, "administrator", small_city.village)
    assert policies.may(root, "reader", small_city.village)
    assert policies.units_in_scope(root, "administrator").count() == Unit.objects.count()
    assert not policies.has_role(root, "reviewer")
    assert not policies.has_role(root, "methodologist")
    assert root.is_administrator


def test_require_stops_actions_and_lets_the_system_pass(small_city, ligong, administrator):
    with pytest.raises(PermissionDenied, match="东县"):
        policies.require(ligong, "administrator", small_city.county)
    with pytest.raises(PermissionDenied):
        policies.require(ligong, "administrator", None)
    policies.require(administrator, "administrator", None)
    policies.require(None, "administrator", small_city.county)


def test_a_county_administrator_is_no_administrator_of_the_city(small_city, county_administrator):
    assert policies.may(county_administrator, "administrator", small_city.village)
    assert not policies.may(county_administrator, "administrator", small_city.other_county)
    assert not policies.has_role_everywhere(county_administrator, "administrator")


def test_one_question_costs_two_queries_and_one_where_the_post_is_the_units_own(
    small_city, reviewer, village_clerk, django_assert_num_queries
):
    with django_assert_num_queries(2):  # the person's posts, the units above; see ``test_held`` for whole requests
        assert policies.may(reviewer, "reviewer", small_city.village)
    with django_assert_num_queries(1):
        assert policies.may(village_clerk, "reporter", small_city.village)


def test_passwords_are_reset_only_by_whoever_administers_all_posts_of_the_person(
    small_city, county_administrator, administrator, village_clerk, methodologist, xiaowang
):
    root = User.objects.create_superuser("root", password="x")
    Post.objects.create(user=root, unit=small_city.village, role="reader")
    assert policies.may_reset_password(county_administrator, village_clerk)
    assert not policies.may_reset_password(county_administrator, methodologist)
    assert not policies.may_reset_password(county_administrator, xiaowang)
    assert not policies.may_reset_password(county_administrator, root)
    assert not policies.may_reset_password(administrator, root)
    assert policies.may_reset_password(administrator, xiaowang)
    assert not policies.may_reset_password(village_clerk, village_clerk)
