"""Administration of accounts and posts: who may open what, and what it does."""

import re

import pytest

from kanjian.ledger.models import Event
from kanjian.orgs import policies
from kanjian.orgs.models import Membership, Placement, Post, Track, User

pytestmark = pytest.mark.django_db
PAGES = [
    "/people/users/",
    "/people/users/new/",
    "/people/users/units/",
    "/people/users/of/cunwenshu/",
    "/people/health/",
]
POSTS = ["/people/users/of/cunwenshu/password/", "/people/users/of/cunwenshu/posts/{}/end/"]


@pytest.mark.parametrize("page", PAGES)
def test_strangers_stay_outside(page, client_of, village_clerk, xiaowang, ligong, reviewer, methodologist):
    answer = client_of(None).get(page)
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=/people/")
    for person in (xiaowang, village_clerk, ligong, reviewer, methodologist):
        assert client_of(person).get(page).status_code == 403


@pytest.mark.parametrize("page", POSTS)
def test_strangers_change_nothing(page, client_of, village_clerk, xiaowang, ligong, reviewer, methodologist):
    address = page.format(village_clerk.posts.get().pk)
    assert client_of(None).post(address).status_code == 302
    for person in (xiaowang, village_clerk, ligong, reviewer, methodologist):
        assert client_of(person).post(address).status_code == 403
        assert client_of(person).get(address).status_code in {403, 405}
    assert not Event.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_administrators_get_in(page, client_of, administrator, village_clerk):
    assert client_of(administrator).get(page).status_code == 200


def test_a_county_administrator_sees_the_county_only(client_of, county_administrator, methodologist, village_clerk):
    client = client_of(county_administrator)
    page = client.get("/people/users/").content.decode()
    assert "村文书" in page
    assert "方法员" not in page
    assert client.get("/people/users/of/fangfayuan/").status_code == 404
    assert client.post("/people/users/of/fangfayuan/password/").status_code == 404
    assert client.post(f"/people/users/of/fangfayuan/posts/{methodologist.posts.get().pk}/end/").status_code == 404
    assert client.get("/people/health/").status_code == 403


def test_a_post_elsewhere_of_a_person_in_scope_is_shown_but_not_ended(
    client_of, county_administrator, village_clerk, small_city
):
    post = Post.objects.create(user=village_clerk, unit=small_city.other_county, role="reader")
    client = client_of(county_administrator)
    page = client.get("/people/users/of/cunwenshu/").content.decode()
    assert "西县" in page
    assert f"/posts/{post.pk}/end/" not in page
    assert "/password/" not in page.split("<main")[1]
    assert client.post(f"/people/users/of/cunwenshu/posts/{post.pk}/end/").status_code == 403
    assert client.post("/people/users/of/cunwenshu/password/").status_code == 403


def test_an_account_is_opened_and_its_password_shown_once(client_of, administrator, small_city):
    client = client_of(administrator)
    data = {"username": "zhangsan", "display_name": "张三", "unit": "C10101", "role": "reporter", "title": "文书"}
    answer = client.post("/people/users/new/", data)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    password = re.search(r"<strong>([\w-]{19})</strong>", answer.content.decode())[1]
    person = User.objects.get(username="zhangsan")
    assert person.check_password(password)
    assert policies.may(person, "reporter", small_city.village)
    assert password not in client.get("/people/users/of/zhangsan/").content.decode()
    again = client.post("/people/users/new/", data)
    assert User.objects.filter(username="zhangsan").count() == 1
    assert "<strong>" not in again.content.decode().split("<main")[1].split("</main")[0]


@pytest.mark.parametrize("unit", ["C2", "NOPE", ""])
def test_units_outside_the_scope_are_as_good_as_unknown(unit, client_of, county_administrator, small_city):
    data = {"username": "zhangsan", "display_name": "张三", "unit": unit, "role": "reader"}
    page = client_of(county_administrator).post("/people/users/new/", data)
    assert page.status_code == 200
    assert not User.objects.filter(username="zhangsan").exists()
    if unit:
        assert "您的管理范围内没有此代码的单位" in page.content.decode()


def test_posts_are_granted_and_ended(client_of, administrator, village_clerk, small_city):
    client = client_of(administrator)
    address = "/people/users/of/cunwenshu/"
    data = {"unit": "C10102", "role": "reader", "valid_from": "2026-01-01"}
    assert client.post(address, data).status_code == 302
    post = Post.objects.get(unit=small_city.sister_village)
    assert "已有此岗位" in client.post(address, data).content.decode()
    assert client.post(f"{address}posts/{post.pk}/end/").status_code == 302
    post.refresh_from_db()
    assert not post.is_current
    client.post(f"{address}posts/{post.pk}/end/")
    assert Event.objects.filter(verb="orgs.end_post").count() == 1


def test_a_password_is_reset(client_of, administrator, village_clerk):
    answer = client_of(administrator).post("/people/users/of/cunwenshu/password/")
    password = re.search(r"<strong>([\w-]{19})</strong>", answer.content.decode())[1]
    village_clerk.refresh_from_db()
    assert village_clerk.check_password(password)


def test_units_are_suggested_from_the_own_scope(client_of, county_administrator, small_city):
    client = client_of(county_administrator)
    page = client.get("/people/users/units/", {"unit": "村"}).content.decode()
    assert page.count("<option") == 3
    assert 'value="C10101"' in page
    assert client.get("/people/users/units/", {"unit": "西县"}).content.decode().strip() == ""


def test_the_list_asks_as_often_for_many_people_as_for_few(
    client_of, administrator, small_city, django_assert_num_queries
):
    client = client_of(administrator)
    for number in range(12):
        person = User.objects.create(username=f"p{number}")
        Post.objects.create(user=person, unit=small_city.village, role="reader")
    with django_assert_num_queries(6):
        client.get("/people/users/")


def test_people_are_found_by_name(client_of, administrator, village_clerk, ligong):
    page = client_of(administrator).get("/people/users/", {"search": "文书"}).content.decode()
    assert "村文书" in page
    assert "李工" not in page


def test_the_health_page_shows_what_is_wrong_and_how_to_mend_it(client_of, administrator, small_city):
    client = client_of(administrator)
    village, track = small_city.village, Track.objects.create(code="t", name="t")
    Membership.objects.create(unit=village, track=track)
    Membership.objects.create(unit=village, track=track)
    Placement.objects.create(unit=village, parent=small_city.other_township)
    page = client.get("/people/health/").content.decode()
    assert "同一时间归入了两个赛道" in page
    assert "隶属记录与现上级不一致" in page
    Membership.objects.all().delete()
    Placement.objects.all().delete()
    page = client.get("/people/health/").content.decode()
    assert "同一时间归入了两个赛道" not in page
    assert "链头哈希" in page
