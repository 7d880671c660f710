"""What several actions of this room need."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from kanjian.collecting.models import Collection, Sheet, Step
from kanjian.collecting.states import CollectingError
from kanjian.orgs.models import User

LONGEST = 300  # of a comment


def require_state(collection: Collection, state: str, code: str) -> None:
    """Raise ``CollectingError`` unless the collection is in the state."""
    if collection.state != state:
        names = {"name": collection.name, "state": collection.get_state_display()}
        raise CollectingError(code, _("采集项目“%(name)s”处于“%(state)s”，不能这样办理") % names)


def require_reason(reason: str, comment: str) -> str:
    """The comment without its margins; raise ``CollectingError`` (bad_reason, no_comment) without either."""
    comment = comment.strip()
    if reason not in Step.Reason.values:
        raise CollectingError("bad_reason", _("请选择退回原因"))
    if not 0 < len(comment) <= LONGEST:
        raise CollectingError("no_comment", _("请写明要改什么（1 到 300 个字）"))
    return comment


def step(sheet: Sheet, verb: Step.Verb, by: User | None, at: datetime, **more: Any) -> Step:
    """A step of the sheet at the level where it lies, not yet saved."""
    known = {"level": sheet.level, "arrived_at": sheet.arrived_at, "version": sheet.version}
    return Step(sheet=sheet, verb=verb, by=by, at=at, **(known | more))


def move(sheets: Sequence[Sheet], **columns: Any) -> None:
    """Give all the (locked) sheets these columns and a new version, in the rows and in the objects."""
    Sheet.objects.filter(pk__in=[sheet.pk for sheet in sheets]).update(version=F("version") + 1, **columns)
    for sheet in sheets:
        sheet.version += 1
        for name, value in columns.items():
            setattr(sheet, name, value)
