"""The own personal tokens 个人令牌."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kanjian.limits import limited
from kanjian.orgs import actions
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.forms import TokenForm


@require_GET
@require_role()
def index(request: SignedIn) -> HttpResponse:
    """All tokens of the person, newest first."""
    return render(request, "orgs/tokens.html", {"tokens": request.user.tokens.all()})


@never_cache
@require_http_methods(["GET", "POST"])
@require_role()
@reauthentication_required
@limited("tokens")
def create(request: SignedIn) -> HttpResponse:
    """A new token; its secret is shown on this answer and nowhere else. Asks for the password again.

    A computer left alone must not be enough to take away a key that lasts a year.
    """
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = actions.create_token(request.user, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return render(request, "orgs/token_made.html", {"token": token, "secret": secret})
    return render(request, "orgs/token_create.html", {"form": form})


@require_POST
@require_role()
def revoke(request: SignedIn, token_id: int) -> HttpResponse:
    """Withdraw an own token."""
    token = get_object_or_404(request.user.tokens, pk=token_id)
    try:
        actions.revoke_token(token, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("令牌已停用"))
    return redirect("orgs:tokens")
