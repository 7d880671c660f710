"""The own account 我的账号."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kanjian.orgs import policies
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Post


@require_GET
@require_role()
def account(request: SignedIn) -> HttpResponse:
    """Who I am and what I may do where."""
    posts = request.user.posts.select_related("unit")
    administers_all = policies.has_role_everywhere(request.user, Post.Role.ADMINISTRATOR)
    return render(request, "orgs/account.html", {"posts": posts, "administers_all": administers_all})
