"""Write a previewed workbook into its sheet 确认写入."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kanjian.collecting.actions.record_entries import record_entries
from kanjian.collecting.actions.stage_workbook import ROOM, check_workbook, sheet_of
from kanjian.collecting.models import Entry
from kanjian.collecting.rules import Do, require
from kanjian.collecting.states import locked
from kanjian.collecting.workbooks.preview import SheetPreview
from kanjian.collecting.workbooks.problems import WorkbookError
from kanjian.collecting.workbooks.reading import Workbook
from kanjian.jobs.actions import run
from kanjian.jobs.progress import Reporter
from kanjian.measures.files import kept
from kanjian.measures.models import Upload
from kanjian.measures.policies import may_see_upload
from kanjian.orgs.models import User


def accept_workbook(upload: Upload, *, by: User) -> Upload:
    """Begin to write in the background; exactly what the preview showed is written, or nothing.

    Raises ``ValidationError`` when the file does not wait for acceptance or its preview has problems,
    ``PermissionDenied`` for anybody but its owner, ``CollectingError`` when the sheet takes nothing now.
    """
    if not may_see_upload(by, upload):
        raise PermissionDenied(_("只有上传者本人可以确认"))
    require(Do.FILL, [sheet_of(upload)], by)
    if upload.state != Upload.State.STAGED or upload.preview is None:
        raise ValidationError(_("该文件不在待确认状态"))
    if not SheetPreview.from_json(upload.preview).may_apply:
        raise ValidationError(_("预览中还有问题，或没有需要写入的数据"))
    name = _("写入 %(file)s") % {"file": upload.source[:80]}
    upload.job = run(name, write_workbook, {"upload": upload.pk}, owner=by)
    Upload.objects.filter(pk=upload.pk).update(job=upload.job)
    upload.refresh_from_db()
    return upload


def write_workbook(reporter: Reporter, upload: int) -> dict[str, str]:
    """The background work. When the sheet changed since the preview, it makes a new preview instead of writing."""
    here = reverse("collecting:workbook_upload", args=[upload])
    try:
        with transaction.atomic():
            # The lock on the row keeps two acceptances of one file apart; the second finds it accepted.
            row = Upload.objects.select_for_update(of=("self",)).select_related("created_by").get(pk=upload, room=ROOM)
            if row.state != Upload.State.STAGED or row.preview is None:
                return {"url": here}
            reporter.start(0, _("正在写入"))
            sheet = locked(sheet_of(row))
            if sheet.version == row.preview["version"]:
                cells = Workbook(kept(row.file, row.source), sheet).read().cells
                record_entries(sheet, cells, by=row.created_by, origin=Entry.Origin.EXCEL, upload=row)
                row.state = Upload.State.ACCEPTED
                row.save(update_fields=["state"])
                return {"url": here}
    except WorkbookError:
        pass  # units or fields changed meanwhile: the new preview says so
    check_workbook(reporter, upload)
    return {"url": f"{here}?stale=1"}
