"""Lock-out after failed log-ins 登录锁定: by account at one network, by account everywhere, by network.

Five wrong passwords for one account from one network lock that account there for half an hour; twenty from anywhere
lock the account everywhere (many networks guessing together); fifty for any accounts lock the network (one machine
guessing through the list of names). Counts lie in the database, so all processes share them.
"""

from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

from kanjian import limits
from kanjian.orgs.actions.note_access import note_access
from kanjian.orgs.models import User

ACCOUNT_LIMIT = 20
NETWORK_LIMIT = 50


class LockoutHandler(AxesDatabaseHandler):
    """The database handler of axes with two more counts, and its lock-outs in the ledger."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Failures as axes counts them, raised to its limit where one of the wider limits is reached."""
        failures: int = super().get_failures(request, credentials)
        limit: int = settings.AXES_FAILURE_LIMIT
        if failures < limit and self._is_beyond_wider_limits(request, credentials or {}):
            return limit
        return failures

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """Count the failure; the first one beyond the limit is an event."""
        was_locked = getattr(request, "axes_locked_out", False)
        super().user_login_failed(sender, credentials, request, **kwargs)
        user = User.objects.filter(username=credentials.get("username") or "").first()
        if request is not None and user is not None and not was_locked and getattr(request, "axes_locked_out", False):
            note_access("lock_out", user, by=None, network=limits.network_mark(request))

    def _is_beyond_wider_limits(self, request: HttpRequest, credentials: dict[str, Any]) -> bool:
        recent = AccessAttempt.objects.filter(attempt_time__gte=_since())
        username, address = credentials.get("username"), getattr(request, "axes_ip_address", None)
        if username and _sum(recent.filter(username=username)) >= ACCOUNT_LIMIT:
            return True
        return address is not None and _sum(recent.filter(ip_address=address)) >= NETWORK_LIMIT


def is_locked_out(user: User) -> bool:
    """Whether the account is locked now, at one network or everywhere; for the page of administrators."""
    recent = AccessAttempt.objects.filter(attempt_time__gte=_since(), username=user.username)
    counts = recent.values("ip_address").annotate(count=Sum("failures_since_start")).values_list("count", flat=True)
    return max(counts, default=0) >= settings.AXES_FAILURE_LIMIT or sum(counts) >= ACCOUNT_LIMIT


def forget_failures(user: User) -> int:
    """Forget the account's failures; how many rows that were. For the action that unlocks."""
    count, _rows = AccessAttempt.objects.filter(username=user.username).delete()
    return int(count)


def _since() -> datetime:
    """Failures before this are forgotten."""
    return timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)


def _sum(attempts: Any) -> int:
    return attempts.aggregate(count=Sum("failures_since_start"))["count"] or 0
