"""The own account 我的账号."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kanjian.orgs import actions, foreign_logins, policies, second_factor
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Post


@require_GET
@require_role()
def account(request: SignedIn) -> HttpResponse:
    """Who I am and what I may do where."""
    posts = request.user.posts.select_related("unit")
    administers_all = policies.has_role_everywhere(request.user, Post.Role.ADMINISTRATOR)
    context = {
        "posts": posts,
        "administers_all": administers_all,
        "second_factor": second_factor.described(request.user),
        "has_foreign_logins": bool(foreign_logins.configured()),
    }
    return render(request, "orgs/account.html", context)


@require_POST
@require_role()
def end_session(request: SignedIn, session_id: int) -> HttpResponse:
    """End one of the other sessions of the person."""
    session = get_object_or_404(UserSession, pk=session_id, user=request.user)
    actions.end_session(session, by=request.user)
    messages.success(request, _("登录已结束"))
    return redirect("usersessions_list")
