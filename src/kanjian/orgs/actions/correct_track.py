"""Correct the track a unit stood in 更正赛道归属: for a stretch that has begun, as a decision says."""

from datetime import date, timedelta

from django.db.models import Q

from kanjian.orgs.actions.common import lock, record
from kanjian.orgs.models import Membership, Track, Unit, User


def correct_track(unit: Unit, track: Track, *, since: date, day: date, by: User | None, reason: str) -> Membership:
    """The unit stands in the track since that day, where it stood in another on ``day``, which lies not before it.

    What it stood in between the two days gives way; memberships before and after stay as they are. The step itself,
    inside the caller's transaction and permission check; the event names the track before.
    """
    lock(unit)
    held = Membership.objects.filter(unit=unit).select_related("track")
    current = held.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=day)).first()
    end = current.valid_to if current is not None else _next_start(unit, day)
    for each in held.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=since)):
        if each.valid_from is not None and each.valid_from >= since:
            each.delete()
        else:
            each.valid_to = since
            each.save(update_fields=["valid_to"])
    fresh = Membership.objects.create(unit=unit, track=track, valid_from=since, valid_to=end, reason=reason[:200])
    codes = {"before": current.track.code if current else None, "after": track.code}
    record("correct_track", unit, by=by, **codes, since=since, until=end and end - timedelta(days=1), reason=reason)
    return fresh


def _next_start(unit: Unit, day: date) -> date | None:
    later = Membership.objects.filter(unit=unit, valid_from__gt=day).order_by("valid_from").first()
    return later.valid_from if later else None
