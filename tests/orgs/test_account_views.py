"""Log-in, lock-out, one-time passwords, the own account."""

import pytest
from django.urls import reverse

from kanjian.ledger.models import Event
from kanjian.orgs import actions

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def fresh_cache():
    """The limits on log-ins count in the cache."""
    from django.core.cache import cache

    cache.clear()


def sign_in(client, username, password):
    return client.post(LOGIN, {"login": username, "password": password})


def test_the_right_password_opens_and_a_wrong_one_does_not(client, xiaowang):
    assert client.get(LOGIN).status_code == 200
    assert sign_in(client, "xiaowang", "wrong").status_code == 200
    assert client.get("/people/me/").status_code == 302
    answer = sign_in(client, "xiaowang", "password-of-xiaowang")
    assert answer.status_code == 302
    assert client.get("/people/me/").status_code == 200


def test_five_wrong_passwords_lock_the_name_out_for_a_while(client, xiaowang):
    answers = [sign_in(client, "xiaowang", f"wrong-{number}") for number in range(5)]
    assert answers[-1].status_code == 429
    assert sign_in(client, "xiaowang", "password-of-xiaowang").status_code == 429
    assert client.get("/people/me/").status_code == 302
    assert "暂时不能登录" in answers[-1].content.decode()


def test_inactive_people_stay_outside(client, xiaowang):
    xiaowang.is_active = False
    xiaowang.save()
    sign_in(client, "xiaowang", "password-of-xiaowang")
    assert client.get("/people/me/").status_code == 302


def test_nobody_signs_up(client):
    page = client.get("/accounts/signup/")
    assert page.status_code == 200
    assert "<input" not in page.content.decode().split("<main")[1].replace('type="hidden"', "")
    client.post("/accounts/signup/", {"username": "intruder", "password1": "a long password here"})
    assert client.get("/people/me/").status_code == 302


@pytest.mark.parametrize("path", ["/accounts/email/", "/accounts/password/reset/", "/accounts/password/set/"])
def test_addresses_that_need_a_mailbox_do_not_exist(client, path):
    assert client.get(path).status_code == 404


def test_a_one_time_password_leads_to_the_form_until_it_is_changed(client, small_city):
    _, password = actions.create_user(username="xinren", by=None, unit=small_city.village, role="reporter")
    sign_in(client, "xinren", password)
    form = reverse("account_change_password")
    assert client.get("/people/me/").url == form
    assert client.get("/people/me/", headers={"HX-Request": "true"}).status_code == 403
    assert client.get(form).status_code == 200
    new = "山高水长 2026 lake"
    answer = client.post(form, {"oldpassword": password, "password1": new, "password2": new})
    assert answer.url == "/people/me/"
    assert client.get("/people/me/").status_code == 200
    assert Event.objects.latest("sequence").verb == "orgs.change_password"


def test_weak_passwords_are_refused(client, xiaowang):
    sign_in(client, "xiaowang", "password-of-xiaowang")
    form = reverse("account_change_password")
    for weak in ("short", "1234567890", "xiaowang12"):
        data = {"oldpassword": "password-of-xiaowang", "password1": weak, "password2": weak}
        assert client.post(form, data).status_code == 200
    xiaowang.refresh_from_db()
    assert xiaowang.check_password("password-of-xiaowang")


def test_signing_out_needs_a_click(client_of, xiaowang):
    client = client_of(xiaowang)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/people/me/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/people/me/").status_code == 302


def test_the_own_account_shows_the_own_posts(client_of, village_clerk, xiaowang):
    page = client_of(village_clerk).get("/people/me/").content.decode()
    assert "荷塘村" in page
    assert "填报" in page
    assert "还没有岗位" in client_of(xiaowang).get("/people/me/").content.decode()


def test_an_open_session_ends_when_the_password_is_reset(client_of, village_clerk):
    client = client_of(village_clerk)
    assert client.get("/people/me/").status_code == 200
    actions.reset_password(village_clerk, by=None)
    assert client.get("/people/me/").status_code == 302


def test_the_way_to_administration_is_shown_to_administrators(
    client_of, administrator, county_administrator, village_clerk
):
    def links(person):
        page = client_of(person).get("/people/me/").content.decode().split("<main")[1]
        return ["/people/users/" in page, "/people/health/" in page]

    assert links(administrator) == [True, True]
    assert links(county_administrator) == [True, False]
    assert links(village_clerk) == [False, False]
