"""Accounts and posts: given by those who may, within their part of the tree, with an event each."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from kanjian.ledger.models import Event
from kanjian.orgs import actions, policies
from kanjian.orgs.actions.create_user import ALPHABET, one_time_password
from kanjian.orgs.models import Post, User

pytestmark = pytest.mark.django_db


def test_an_account_comes_with_a_one_time_password_and_its_post(small_city, administrator):
    user, password = actions.create_user(
        username="zhangsan", display_name="张三", by=administrator, unit=small_city.village, role="reporter"
    )
    assert user.check_password(password)
    assert user.must_change_password
    assert policies.may(user, "reporter", small_city.village)
    assert [event.verb for event in Event.objects.order_by("sequence")] == ["orgs.create_user", "orgs.grant_post"]
    assert password not in "".join(Event.objects.values_list("body", flat=True))


def test_one_time_passwords_are_long_readable_and_never_the_same():
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(set(password) <= {*ALPHABET, "-"} and len(password) == 19 for password in made)


def test_the_system_may_set_a_password_and_a_person_may_not(administrator):
    user, password = actions.create_user(username="demo", password="demo-password", by=None)
    assert password == "demo-password"
    assert user.check_password(password)
    assert not user.must_change_password
    with pytest.raises(PermissionDenied):
        actions.create_user(username="other", password="chosen-by-another", by=administrator)


@pytest.mark.parametrize("username", ["", "xiaowang", "with space", "x" * 151])
def test_wrong_names_are_refused_and_leave_nothing(username, xiaowang):
    with pytest.raises(ValidationError) as caught:
        actions.create_user(username=username, by=None)
    assert "username" in caught.value.message_dict
    assert User.objects.count() == 1
    assert not Event.objects.exists()


def test_a_county_administrator_makes_accounts_only_with_a_post_in_the_county(small_city, county_administrator):
    by = county_administrator
    with pytest.raises(PermissionDenied):
        actions.create_user(username="a", by=by)
    with pytest.raises(PermissionDenied):
        actions.create_user(username="a", by=by, unit=small_city.other_county, role="reader")
    with pytest.raises(ValidationError):
        actions.create_user(username="a", by=by, unit=small_city.county)
    actions.create_user(username="a", by=by, unit=small_city.county, role="reader")


def test_a_county_administrator_gives_posts_only_to_people_of_the_county(
    small_city, county_administrator, administrator, xiaowang, village_clerk
):
    by, village = county_administrator, small_city.village
    actions.grant_post(village_clerk, unit=small_city.sister_village, role="reporter", by=by)
    with pytest.raises(PermissionDenied):
        actions.grant_post(village_clerk, unit=small_city.other_county, role="reporter", by=by)
    with pytest.raises(PermissionDenied):
        actions.grant_post(xiaowang, unit=village, role="reporter", by=by)
    actions.grant_post(xiaowang, unit=village, role="reporter", by=administrator)
    assert policies.may(xiaowang, "reporter", village)


def test_nobody_else_gives_posts(small_city, reviewer, methodologist, village_clerk, xiaowang):
    for person in (reviewer, methodologist, village_clerk, xiaowang):
        with pytest.raises(PermissionDenied):
            actions.grant_post(person, unit=small_city.village, role="administrator", by=person)


def test_the_same_post_is_not_given_twice_at_a_time(small_city, xiaowang):
    village, start = small_city.village, date(2026, 1, 1)
    actions.grant_post(xiaowang, unit=village, role="reader", by=None, valid_from=start, valid_to=date(2026, 7, 1))
    with pytest.raises(ValidationError):
        actions.grant_post(xiaowang, unit=village, role="reader", by=None, valid_from=date(2026, 6, 30))
    actions.grant_post(xiaowang, unit=village, role="reader", by=None, valid_from=date(2026, 7, 1))
    with pytest.raises(ValidationError):
        actions.grant_post(xiaowang, unit=village, role="no-such-role", by=None)
    assert Post.objects.count() == 2


def test_a_post_ends_today_and_stays_in_the_books(small_city, village_clerk, county_administrator, reviewer):
    post = village_clerk.posts.get()
    with pytest.raises(PermissionDenied):
        actions.end_post(post, by=reviewer)
    actions.end_post(post, by=county_administrator)
    assert not policies.has_role(village_clerk, "reporter")
    assert policies.has_role(village_clerk, "reporter", timezone.localdate() - timedelta(days=1))
    assert Event.objects.get().verb == "orgs.end_post"
    with pytest.raises(ValidationError):
        actions.end_post(post, by=county_administrator)


def test_a_post_given_and_ended_on_one_day_was_never_held(small_city, xiaowang):
    post = actions.grant_post(xiaowang, unit=small_city.village, role="reader", by=None)
    assert post.is_current
    actions.end_post(post, by=None)
    assert not post.is_current
    assert not policies.has_role(xiaowang, "reader")
    early = actions.grant_post(
        xiaowang, unit=small_city.village, role="reader", by=None, valid_from=timezone.localdate() + timedelta(days=9)
    )
    with pytest.raises(ValidationError):
        actions.end_post(early, by=None)


def test_a_reset_password_works_once_and_only_in_scope(village_clerk, methodologist, county_administrator, xiaowang):
    password = actions.reset_password(village_clerk, by=county_administrator)
    village_clerk.refresh_from_db()
    assert village_clerk.check_password(password)
    assert village_clerk.must_change_password
    for person in (methodologist, xiaowang):
        with pytest.raises(PermissionDenied):
            actions.reset_password(person, by=county_administrator)
    actions.change_password(village_clerk, "a new long password")
    village_clerk.refresh_from_db()
    assert not village_clerk.must_change_password
    assert [event.verb for event in Event.objects.order_by("sequence")] == [
        "orgs.reset_password",
        "orgs.change_password",
    ]
