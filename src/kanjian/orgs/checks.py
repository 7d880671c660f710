"""What ``kanjian check`` asks of units and posts."""

from collections.abc import Iterator

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian import health
from kanjian.orgs.models import Membership, Placement, Post, User

SHOWN = 20


@health.check("orgs.tracks")
def tracks_do_not_overlap() -> Iterator[health.Problem]:
    """A unit is in one track at a time."""
    starts_before_end = Q(unit__memberships__valid_from=None) | Q(valid_to=None)
    starts_before_end |= Q(unit__memberships__valid_from__lt=F("valid_to"))
    ends_after_start = Q(unit__memberships__valid_to=None) | Q(valid_from=None)
    ends_after_start |= Q(unit__memberships__valid_to__gt=F("valid_from"))
    twice = Membership.objects.filter(starts_before_end & ends_after_start, unit__memberships__pk__gt=F("pk"))
    for name in twice.order_by("unit__code").values_list("unit__name", flat=True).distinct()[:SHOWN]:
        message = _("“%(unit)s”同一时间归入了两个赛道") % {"unit": name}
        yield health.Problem("orgs.tracks", health.Severity.ERROR, message, _("核对赛道归属的起止日期"))


@health.check("orgs.placements")
def placements_agree_with_parents() -> Iterator[health.Problem]:
    """Where a moved unit belongs today is the same by its placement and by its parent."""
    wrong = Placement.objects.filter(valid_to=None).exclude(
        Q(parent=F("unit__parent")) | Q(parent=None, unit__parent=None)
    )
    for placement in wrong.select_related("unit")[:SHOWN]:
        message = _("“%(unit)s”的隶属记录与现上级不一致") % {"unit": placement.unit}
        yield health.Problem("orgs.placements", health.Severity.ERROR, message, _("重新办理划转"))


@health.check("orgs.administrators")
def somebody_administers() -> Iterator[health.Problem]:
    """Without an administrator of the whole nobody can open accounts."""
    held = Post.objects.on(timezone.localdate()).filter(
        role=Post.Role.ADMINISTRATOR, unit__parent=None, user__is_active=True
    )
    if not held.exists() and not User.objects.filter(is_superuser=True, is_active=True).exists():
        remedy = _("运行 manage.py createsuperuser 建立系统管理员")
        yield health.Problem("orgs.administrators", health.Severity.WARNING, _("没有全域的系统管理员"), remedy)
