"""Accounts and posts, for administrators: those of their part of the tree 用户与岗位."""

from collections.abc import Callable

from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kanjian.orgs import actions, foreign_logins, lockout, policies, second_factor, selectors
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.forms import IdentityForm, PostForm, UserForm
from kanjian.orgs.models import Post, Unit, User

ADMINISTRATOR = Post.Role.ADMINISTRATOR
PER_PAGE = 50
SUGGESTIONS = 20


@require_GET
@require_role(ADMINISTRATOR)
def index(request: SignedIn) -> HttpResponse:
    """Accounts, found by name."""
    text = request.GET.get("search", "").strip()[:60]
    users = _visible(request.user)
    if text:
        users = users.filter(Q(username__icontains=text) | Q(display_name__icontains=text))
    current = Prefetch("posts", Post.objects.on(selectors.today()).select_related("unit"), to_attr="current_posts")
    page = Paginator(users.order_by("username").prefetch_related(current), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "orgs/users.html", {"page": page, "users": page.object_list, "text": text})


@never_cache
@require_http_methods(["GET", "POST"])
@require_role(ADMINISTRATOR)
def create(request: SignedIn) -> HttpResponse:
    """A new account with its first post; the one-time password is shown on this answer and nowhere else."""
    form = UserForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = actions.create_user(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            _put_errors(form, error)
        else:
            return render(request, "orgs/password.html", {"person": user, "password": password})
    return render(request, "orgs/user_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require_role(ADMINISTRATOR)
def detail(request: SignedIn, username: str) -> HttpResponse:
    """One account and its posts; POST grants a post."""
    person = get_object_or_404(_visible(request.user), username=username)
    form = PostForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.grant_post(person, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            _put_errors(form, error)
        else:
            messages.success(request, _("已授予岗位"))
            return redirect("orgs:user", username=username)
    scope = policies.units_in_scope(request.user, ADMINISTRATOR)
    mine = set(person.posts.filter(unit__in=scope).values_list("pk", flat=True))
    context = {
        "person": person,
        "posts": person.posts.select_related("unit"),
        "mine": mine,
        "form": form,
        "may_reset": policies.may_reset_password(request.user, person),
        "is_locked": lockout.is_locked_out(person),
        "second_factor": second_factor.described(person),
        "identity_form": IdentityForm() if foreign_logins.configured() else None,
        "identities": SocialAccount.objects.filter(user=person),
    }
    return render(request, "orgs/user.html", context)


@require_POST
@require_role(ADMINISTRATOR)
def end_post(request: SignedIn, username: str, post_id: int) -> HttpResponse:
    """End a post today."""
    person = get_object_or_404(_visible(request.user), username=username)
    post = get_object_or_404(person.posts.select_related("unit"), pk=post_id)
    try:
        actions.end_post(post, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("岗位已结束"))
    return redirect("orgs:user", username=username)


@never_cache
@require_POST
@require_role(ADMINISTRATOR)
def reset_password(request: SignedIn, username: str) -> HttpResponse:
    """A new one-time password, shown on this answer and nowhere else."""
    person = get_object_or_404(_visible(request.user), username=username)
    password = actions.reset_password(person, by=request.user)
    return render(request, "orgs/password.html", {"person": person, "password": password})


@require_POST
@require_role(ADMINISTRATOR)
def unlock(request: SignedIn, username: str) -> HttpResponse:
    """Let a person who was locked out try again."""
    person = get_object_or_404(_visible(request.user), username=username)
    return _done(request, person, lambda: actions.unlock_user(person, by=request.user), _("已解除锁定"))


@require_POST
@require_role(ADMINISTRATOR)
def reset_second_factor(request: SignedIn, username: str) -> HttpResponse:
    """Take away a second factor that was lost."""
    person = get_object_or_404(_visible(request.user), username=username)
    return _done(request, person, lambda: actions.reset_second_factor(person, by=request.user), _("已取消双因素"))


@require_POST
@require_role(ADMINISTRATOR)
def identity(request: SignedIn, username: str) -> HttpResponse:
    """Say which identity of another system opens the account."""
    person = get_object_or_404(_visible(request.user), username=username)
    form = IdentityForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {"provider": "", "identifier": ""}
    return _done(
        request, person, lambda: actions.connect_identity(person, by=request.user, **given), _("外部登录已绑定")
    )


@require_POST
@require_role(ADMINISTRATOR)
def identity_end(request: SignedIn, username: str, identity_id: int) -> HttpResponse:
    """The identity opens the account no more."""
    person = get_object_or_404(_visible(request.user), username=username)
    held = get_object_or_404(SocialAccount, user=person, pk=identity_id)
    return _done(request, person, lambda: actions.disconnect_identity(held, by=request.user), _("外部登录已解除绑定"))


@require_GET
@require_role(ADMINISTRATOR)
def unit_options(request: SignedIn) -> HttpResponse:
    """Units of the own part of the tree that fit what is being typed."""
    scope: QuerySet[Unit] = policies.units_in_scope(request.user, ADMINISTRATOR)
    found = selectors.search(request.GET.get("unit", "")[:40], scope).select_related("parent")[:SUGGESTIONS]
    return render(request, "orgs/unit_options.html", {"units": found})


def _visible(user: User) -> QuerySet[User]:
    return User.objects.filter(policies.users_in_scope(user))


def _put_errors(form: PostForm, error: ValidationError) -> None:
    """Errors of an action at the form's fields; those of no field, or of one the form lacks, on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)


def _done(request: SignedIn, person: User, act: Callable[[], object], said: str) -> HttpResponse:
    """Do it and say so, or say what was wrong; back to the person's page."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, said)
    return redirect("orgs:user", username=person.username)
