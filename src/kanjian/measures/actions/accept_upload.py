"""Import a file whose preview was accepted 确认导入."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kanjian.jobs.actions import run
from kanjian.jobs.progress import Reporter
from kanjian.measures.actions.import_values import StaleError, import_values
from kanjian.measures.actions.stage_upload import check_upload
from kanjian.measures.files import kept
from kanjian.measures.intake import IntakeError, Options
from kanjian.measures.models import Upload
from kanjian.measures.policies import may_see_upload, require_import
from kanjian.measures.preview import Preview
from kanjian.orgs.models import User


def accept_upload(upload: Upload, *, by: User) -> Upload:
    """Begin the import in the background; exactly what the preview showed is written, or nothing.

    Raises ``ValidationError`` when the file does not wait for acceptance or its preview has problems,
    ``PermissionDenied`` for anybody but its owner.
    """
    if not may_see_upload(by, upload):
        raise PermissionDenied(_("只有上传者本人可以确认导入"))
    require_import(by)
    if upload.state != Upload.State.STAGED or upload.preview is None:
        raise ValidationError(_("该文件不在待确认状态"))
    if not Preview.from_json(upload.preview).may_apply:
        raise ValidationError(_("预览中还有问题，或没有需要写入的数据"))
    upload.job = run(_("导入 %(file)s") % {"file": upload.source[:80]}, import_upload, {"upload": upload.pk}, owner=by)
    Upload.objects.filter(pk=upload.pk).update(job=upload.job)
    upload.refresh_from_db()
    return upload


def import_upload(reporter: Reporter, upload: int) -> dict[str, str]:
    """The background work. When values changed since the preview, it makes a new preview instead of writing."""
    try:
        with transaction.atomic():
            # The lock on the row keeps two acceptances of one file apart; the second finds it accepted.
            row = Upload.objects.select_for_update(of=("self",)).select_related("created_by").get(pk=upload)
            if row.state == Upload.State.STAGED and row.preview is not None:
                options, expected = Options.from_json(row.options), str(row.preview["fingerprint"])
                source = kept(row.file, row.source)
                done = import_values(source, options, by=row.created_by, expected=expected, reporter=reporter)
                row.batch, row.state = done.batch, Upload.State.ACCEPTED
                row.save(update_fields=["batch", "state"])
    except (IntakeError, StaleError):
        check_upload(reporter, upload)
        return {"url": reverse("measures:upload", args=[upload]) + "?stale=1"}
    return {"url": reverse("measures:upload", args=[upload])}
