"""Health of the installation 系统健康."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kanjian import health
from kanjian.ledger.selectors import verify_chain
from kanjian.orgs.access import SignedIn, require_role_everywhere
from kanjian.orgs.models import Post


@require_GET
@require_role_everywhere(Post.Role.ADMINISTRATOR)
def health_page(request: SignedIn) -> HttpResponse:
    """Every problem with its remedy, and the ledger's head, to be kept elsewhere as a witness."""
    problems = health.run()
    return render(
        request, "orgs/health.html", {"problems": problems, "checks": health.codes(), "chain": verify_chain()}
    )
