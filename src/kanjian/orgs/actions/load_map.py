"""Load the boundaries that maps are drawn from 载入边界."""

import hashlib
import json
import os
from pathlib import Path
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs import policies
from kanjian.orgs.maps import MapError, checked_map, map_path
from kanjian.orgs.models import Post, Unit, User


def load_map(root: Unit, text: str, *, by: User | None) -> int:
    """Check a GeoJSON text and keep it as the map of ``root``'s inner areas. Returns how many areas it holds.

    Raises ``MapError`` for wrong GeoJSON or codes that are no units, ``PermissionDenied`` unless administrator there.
    The file is written beside its place and renamed, so that a page never reads half a map.
    """
    policies.require(by, Post.Role.ADMINISTRATOR, root)
    collection = checked_map(text)
    codes = {feature["properties"]["code"] for feature in collection["features"]}
    known = set(Unit.objects.filter(code__in=codes).values_list("code", flat=True))
    if unknown := sorted(codes - known):
        raise MapError(_("边界中的单位代码不存在：%(codes)s") % {"codes": ", ".join(unknown[:10])})
    body = json.dumps(collection, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    place = map_path(root.code)
    place.parent.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        digest = hashlib.sha256(body).hexdigest()
        append_event("orgs.load_map", f"unit:{root.code}", by=by, data={"areas": len(codes), "sha256": digest})
        _replace(place, body)
    return len(codes)


def _replace(place: Path, body: bytes) -> None:
    """Write beside the place and rename; whatever fails leaves the map that was there and nothing else."""
    draft = place.with_name(f".{uuid4().hex}.part")
    try:
        draft.write_bytes(body)
        os.replace(draft, place)  # noqa: PTH105 - atomic on every system
    finally:
        draft.unlink(missing_ok=True)
