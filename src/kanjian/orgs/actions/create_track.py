"""Create a track 新设赛道."""

from django.db import transaction

from kanjian.ledger.actions import append_event
from kanjian.orgs import policies
from kanjian.orgs.models import Post, Track, User


@transaction.atomic
def create_track(
    *, code: str, name: str, by: User | None, name_en: str = "", description: str = "", order: int = 0
) -> Track:
    """A comparison group. Who may be compared with whom is part of the method: needs a methodologist of the whole city.

    Raises ``ValidationError`` for a code in use, ``PermissionDenied``.
    """
    policies.require(by, Post.Role.METHODOLOGIST, None)
    track = Track(code=code, name=name, name_en=name_en, description=description, order=order)
    track.full_clean()
    track.save(force_insert=True)
    append_event("orgs.create_track", f"track:{code}", by=by, data={"name": name, "description": description})
    return track
