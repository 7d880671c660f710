"""Drop a file that was not accepted 取消导入."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.measures.files import forget
from kanjian.measures.models import Batch, Upload
from kanjian.measures.policies import may_see_upload
from kanjian.orgs.models import User


def cancel_upload(upload: Upload, *, by: User) -> Upload:
    """Mark the upload as cancelled and remove its file, unless a batch or another upload is the same file.

    Raises ``ValidationError`` when it does not wait for acceptance, ``PermissionDenied`` for anybody but its owner.
    """
    if not may_see_upload(by, upload):
        raise PermissionDenied(_("只有上传者本人可以取消"))
    with transaction.atomic():
        row = Upload.objects.select_for_update().get(pk=upload.pk)
        if row.state != Upload.State.STAGED:
            raise ValidationError(_("该文件不在待确认状态"))
        row.state = Upload.State.CANCELLED
        row.save(update_fields=["state"])
        append_event("measures.cancel_upload", f"upload:{row.pk}", by=by, data={"sha256": row.sha256})
        others = Upload.objects.filter(file=row.file).exclude(state=Upload.State.CANCELLED)
        is_needed = others.exists() or Batch.objects.filter(file=row.file).exists()
    if not is_needed:
        forget(row.file)
    return row
