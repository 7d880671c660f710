"""Guards of pages 页面权限.

Who is not signed in goes to the log-in, who lacks the right gets 403, what one may not even see is 404.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kanjian.orgs import policies
from kanjian.orgs.models import Post, Unit, User

P = ParamSpec("P")


class SignedIn(HttpRequest):
    """A request of a person who is signed in; what guarded views receive."""

    user: User


Page = Callable[Concatenate[HttpRequest, P], HttpResponse]
GuardedPage = Callable[Concatenate[SignedIn, P], HttpResponse]


def require_role(*roles: str) -> Callable[[GuardedPage[P]], Page[P]]:
    """Only for people who hold one of the roles somewhere; without roles, for everybody who is signed in.

    What the page then shows is the view's matter: ``unit_or_404``, ``policies.units_in_scope``.
    """
    return _guard(lambda user: not roles or any(policies.has_role(user, role) for role in roles))


def require_role_everywhere(role: str) -> Callable[[GuardedPage[P]], Page[P]]:
    """Only for people who hold the role at a root unit."""
    return _guard(lambda user: policies.has_role_everywhere(user, role))


def require_audit(view: GuardedPage[P]) -> Page[P]:
    """Only for people who may read the ledger."""
    return _guard(policies.may_audit)(view)


def unit_or_404(user: User, code: str, role: str = Post.Role.READER) -> Unit:
    """The unit: 404 when there is none or the person may not even read it, 403 when only the role is lacking."""
    unit = Unit.objects.filter(code=code).first()
    if unit is None or not policies.may(user, Post.Role.READER, unit):
        raise Http404(_("没有代码为“%(code)s”的单位") % {"code": code})
    policies.require(user, role, unit)
    return unit


def _guard(allowed: Callable[[User], bool]) -> Callable[[GuardedPage[P]], Page[P]]:
    def guard(view: GuardedPage[P]) -> Page[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            if not allowed(request.user):
                raise PermissionDenied(_("此页面需要相应岗位"))
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        return guarded

    return guard
