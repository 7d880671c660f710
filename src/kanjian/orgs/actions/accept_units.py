"""Import a file of units whose preview was accepted 确认导入单位."""

import hashlib
from datetime import date
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kanjian.jobs.actions import run
from kanjian.jobs.models import Job
from kanjian.jobs.progress import Reporter
from kanjian.orgs import policies
from kanjian.orgs.actions.import_units import import_units
from kanjian.orgs.models import Post, User
from kanjian.orgs.unit_plan import plan_units

FOLDER = "units"


class StaleUnitsError(Exception):
    """Between preview and acceptance somebody else changed what the preview was compared with."""


def keep_units(name: str, content: bytes) -> str:
    """Store the file as it was handed in, under the name of its content; its place in the storage."""
    place = f"{FOLDER}/{hashlib.sha256(content).hexdigest()}{Path(name).suffix.lower()}"
    if not default_storage.exists(place):
        default_storage.save(place, ContentFile(content))
    return place


def accept_units(place: str, name: str, *, by: User, day: date, document: str, expected: str) -> Job:
    """Begin the import in the background; exactly what the preview showed is written, or nothing.

    ``place`` is where ``keep_units`` put the file, ``expected`` the fingerprint of the plan that was shown. Raises
    ``PermissionDenied`` unless an administrator of the whole; what else goes wrong is the job's failure.
    """
    policies.require(by, Post.Role.ADMINISTRATOR, None)
    parameters = {
        "place": place,
        "name": name,
        "day": day.isoformat(),
        "document": document,
        "expected": expected,
        "user": by.pk,
    }
    return run(_("导入单位 %(file)s") % {"file": name[:60]}, import_kept_units, parameters, owner=by)


def import_kept_units(
    reporter: Reporter, *, place: str, name: str, day: str, document: str, expected: str, user: int
) -> dict[str, object]:
    """The background work, with the rights that the person has now."""
    person = User.objects.filter(pk=user, is_active=True).first()
    if person is None:  # None would be the system itself, which may do everything
        raise PermissionDenied(_("提交人的账号已停用"))
    on = date.fromisoformat(day)
    with default_storage.open(place) as file:
        content: bytes = file.read()
    with transaction.atomic():
        if plan_units(name, content, day=on).fingerprint != expected:
            raise StaleUnitsError(_("预览之后单位已被他人修改，没有写入：请重新预览"))
        plan = import_units(name, content, by=person, day=on, document=document, reporter=reporter)
    return {"url": reverse("orgs:units_import") + "?done=1", "summary": plan.summary()}
