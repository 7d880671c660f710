"""Pages of the portal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kanjian.boards.policies import may_create
from kanjian.boards.selectors.shapes import Band
from kanjian.orgs.models import User
from kanjian.portal.selectors import front, to_dos


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, the latest editions, what changed."""
    user = request.user
    context: dict[str, object] = {"boards": front.front(user), "to_dos": [], "roles": []}
    if isinstance(user, User):
        context |= {"to_dos": to_dos.to_dos(user), "roles": to_dos.roles(user), "may_create": may_create(user)}
    return render(request, "portal/home.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What Kanjian does, how to read its pages, what it never does 关于与帮助."""
    names = (_("优秀"), _("良好"), _("达标"), _("待提升"))
    bands = [Band("", name, name, 0.0, position, len(names)) for position, name in enumerate(names)]
    context = {"bands": bands, "course": [61.0, 62.5, 62.0, None, 65.5, 67.0, 66.5, 70.0], "nothing": None}
    return render(request, "portal/about.html", context)


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """Browsers ask for this address whatever the page says."""
    return redirect(static("kanjian/mark.svg"), permanent=True)


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Search engines may read what everybody may read, but not every filtered view of a table."""
    lines = ["User-agent: *", "Disallow: /accounts/", "Disallow: /api/", "Disallow: /*?"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
