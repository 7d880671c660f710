"""Take a filled workbook in for checking 上传填报表."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kanjian.collecting.models import Sheet
from kanjian.collecting.rules import Do, require
from kanjian.collecting.workbooks.preview import preview_workbook
from kanjian.jobs.actions import run
from kanjian.jobs.progress import Reporter
from kanjian.ledger.actions import append_event
from kanjian.measures.files import keep, kept
from kanjian.measures.models import Upload
from kanjian.orgs.models import User
from kanjian.tables import Source

ROOM = "collecting"


def stage_workbook(sheet: Sheet, source: Source, *, by: User) -> Upload:
    """Keep the file, note that it came, and begin to check it in the background; nothing is written into the sheet.

    Raises ``PermissionDenied`` for others than its reporters, ``CollectingError`` when it takes nothing now. What is
    wrong with the file is found by the check and shown in the preview.
    """
    require(Do.FILL, [sheet], by)
    place = keep(source)
    with transaction.atomic():
        upload = Upload.objects.create(
            room=ROOM,
            source=source.name[:200],
            sha256=source.sha256,
            file=place,
            options={"sheet": sheet.pk},
            created_by=by,
        )
        data = {"sheet": sheet.pk, "source": source.name, "sha256": source.sha256}
        append_event("collecting.stage_workbook", f"upload:{upload.pk}", by=by, data=data)
    name = _("校验 %(file)s") % {"file": upload.source[:80]}
    upload.job = run(name, check_workbook, {"upload": upload.pk}, owner=by)
    upload.save(update_fields=["job"])
    upload.refresh_from_db()
    return upload


def sheet_of(upload: Upload) -> Sheet:
    """The sheet that an upload is meant for."""
    rows = Sheet.objects.select_related("reporter", "window__collection__owner", "window__collection__root")
    return rows.get(pk=upload.options["sheet"])


def check_workbook(reporter: Reporter, upload: int) -> dict[str, str]:
    """The background work: read, check, compare, and keep the preview with the upload."""
    row = Upload.objects.select_related("created_by").get(pk=upload, state=Upload.State.STAGED, room=ROOM)
    reporter.start(0, _("正在读取和校验"))
    preview, _cells = preview_workbook(sheet_of(row), kept(row.file, row.source), by=row.created_by)
    Upload.objects.filter(pk=upload).update(preview=preview.to_json())
    return {"url": reverse("collecting:workbook_upload", args=[upload])}
