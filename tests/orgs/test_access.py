"""Guards of views: log-in, 403, 404."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from kanjian.orgs.access import require_role, require_role_everywhere, unit_or_404

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(rf):
    """Calls a guarded view as a person and gives the status code."""

    def call(guard, user):
        view = guard(lambda _request, word: HttpResponse(word))
        request = rf.get("/somewhere/?page=2")
        request.user = user
        try:
            return view(request, word="in")
        except PermissionDenied:
            return HttpResponse(status=403)

    return call


def test_the_anonymous_go_to_the_log_in_and_come_back(ask):
    answer = ask(require_role("reviewer"), AnonymousUser())
    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=/somewhere/%3Fpage%3D2"


def test_one_of_the_roles_is_enough(ask, reviewer, ligong):
    assert ask(require_role("reviewer"), reviewer).content == b"in"
    assert ask(require_role("methodologist", "reviewer"), reviewer).status_code == 200
    assert ask(require_role("reviewer"), ligong).status_code == 403


def test_without_roles_everybody_signed_in_gets_through(ask, xiaowang):
    assert ask(require_role(), xiaowang).status_code == 200
    assert ask(require_role(), AnonymousUser()).status_code == 302


def test_the_whole_city_is_more_than_a_county(ask, administrator, county_administrator):
    guard = require_role_everywhere("administrator")
    assert ask(guard, administrator).status_code == 200
    assert ask(guard, county_administrator).status_code == 403


def test_what_one_may_not_see_does_not_exist_and_what_one_may_not_do_is_forbidden(small_city, reviewer, ligong):
    assert unit_or_404(reviewer, "C10101", "reviewer") == small_city.village
    for code in ("C10201", "C2", "NOPE"):
        with pytest.raises(Http404):
            unit_or_404(reviewer, code)
    assert unit_or_404(ligong, "C10101") == small_city.village
    with pytest.raises(PermissionDenied):
        unit_or_404(ligong, "C10101", "reviewer")
