"""Put a unit into a track 归入赛道."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.orgs import policies
from kanjian.orgs.actions.common import lock, record
from kanjian.orgs.models import Membership, Post, Track, Unit, User


@transaction.atomic
def assign_track(
    unit: Unit, track: Track | None, *, by: User | None, day: date | None = None, reason: str = ""
) -> Membership | None:
    """The unit competes in the track from the day on (None: since ever, for units never assigned); None leaves all.

    The membership before ends on that day. Needs a methodologist of the unit. Raises ``ValidationError`` when the
    day is not after the start of the current membership, ``PermissionDenied``.
    """
    policies.require(by, Post.Role.METHODOLOGIST, unit)
    lock(unit)
    before = _end_current(unit, track, day)
    membership = None
    if track is not None:
        membership = Membership.objects.create(unit=unit, track=track, valid_from=day, reason=reason)
    codes = {"before": before and before.track.code, "after": track and track.code}
    record("assign_track", unit, by=by, **codes, day=day, reason=reason)
    return membership


def _end_current(unit: Unit, track: Track | None, day: date | None) -> Membership | None:
    held = Membership.objects.filter(unit=unit).select_related("track")
    current = held.filter(valid_to=None).first()
    if current is None:
        if day is None and held.exists():
            raise ValidationError(_("“%(unit)s”曾归入赛道，请写明生效日") % {"unit": unit}, code="day")
        last = held.order_by("valid_to").last()
        if last is not None and day is not None and last.valid_to is not None and day < last.valid_to:
            _refuse(unit, last.valid_to)
        return None
    if track == current.track:
        raise ValidationError(_("“%(unit)s”已在赛道“%(track)s”") % {"unit": unit, "track": track}, code="same")
    if day is None or (current.valid_from is not None and day <= current.valid_from):
        _refuse(unit, current.valid_from)
    current.valid_to = day
    current.save(update_fields=["valid_to"])
    return current


def _refuse(unit: Unit, limit: date | None) -> None:
    message = _("“%(unit)s”现赛道归属自 %(day)s 起，新的生效日必须在此之后") % {
        "unit": unit,
        "day": limit or _("建立之日"),
    }
    raise ValidationError(message, code="order")
