"""Take a file in for checking 上传待确认."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kanjian.jobs.actions import run
from kanjian.jobs.progress import Reporter
from kanjian.ledger.actions import append_event
from kanjian.measures.actions.preview_values import preview_values
from kanjian.measures.files import keep, kept
from kanjian.measures.intake import Options, Source
from kanjian.measures.models import Upload
from kanjian.measures.policies import require_import
from kanjian.orgs.models import User


def stage_upload(source: Source, options: Options, *, by: User) -> Upload:
    """Keep the file, note that it came, and begin to check it in the background; nothing is imported.

    Raises ``PermissionDenied``. What is wrong with the file is found by the check and shown in the preview.
    """
    require_import(by)
    place = keep(source)
    with transaction.atomic():
        upload = Upload.objects.create(
            source=source.name[:200], sha256=source.sha256, file=place, options=options.to_json(), created_by=by
        )
        data = {"source": source.name, "sha256": source.sha256, "options": options.to_json()}
        append_event("measures.stage_upload", f"upload:{upload.pk}", by=by, data=data)
    upload.job = run(_("校验 %(file)s") % {"file": upload.source[:80]}, check_upload, {"upload": upload.pk}, owner=by)
    upload.save(update_fields=["job"])
    upload.refresh_from_db()
    return upload


def check_upload(reporter: Reporter, upload: int) -> dict[str, str]:
    """The background work: check the file as its owner may import it, keep the preview with it."""
    row = Upload.objects.select_related("created_by").get(pk=upload, state=Upload.State.STAGED)
    reporter.start(0, _("正在读取和校验"))
    source = kept(row.file, row.source)
    preview = preview_values(source, Options.from_json(row.options), by=row.created_by, reporter=reporter)
    Upload.objects.filter(pk=upload).update(preview=preview.to_json())
    return {"url": reverse("measures:upload", args=[upload])}
