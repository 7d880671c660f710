"""What several pages need: the sheet one may see, the buttons of a person, errors as messages."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from kanjian.collecting import policies
from kanjian.collecting.models import Sheet
from kanjian.collecting.next_steps import NextStep, next_steps
from kanjian.collecting.selectors.sheets import get_sheets
from kanjian.collecting.states import CollectingError
from kanjian.orgs.access import SignedIn


def sheet_or_404(request: SignedIn, number: int) -> Sheet:
    """The sheet; 404 for whoever may not read it."""
    found = get_sheets().filter(pk=number).first()
    if found is None or not policies.may_see_sheet(request.user, found):
        raise Http404(_("没有这份填报单，或您无权查看"))
    return found


def steps_by_verb(request: SignedIn, sheet: Sheet) -> dict[str, NextStep]:
    """Verb → what the person may do with the sheet now, and why not."""
    return {step.do: step for step in next_steps(request.user, sheet)}


def attempt(request: SignedIn, work: Callable[[], Any], done: str) -> bool:
    """Run an action; its refusal becomes a message. ``PermissionDenied`` of a rule, too: the page says why."""
    try:
        work()
    except (CollectingError, PermissionDenied) as error:
        messages.error(request, str(error) or _("没有权限"))
        return False
    messages.success(request, done)
    return True
