"""Import a file of values 导入数值: all of it or nothing."""

from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.jobs.progress import SILENT, Reporter
from kanjian.ledger.actions import append_event
from kanjian.measures.comparing import Comparison, compare
from kanjian.measures.files import keep
from kanjian.measures.intake import IntakeError, Options, Source
from kanjian.measures.intake.systems import Channel
from kanjian.measures.models import Batch
from kanjian.measures.policies import require_import
from kanjian.measures.preview import Preview
from kanjian.measures.store.writing import lock_values, write_cells
from kanjian.orgs.models import User

VERBS = {
    Channel.FILE: "measures.import_values",
    Channel.COMPUTED: "measures.compute_indicators",
}


class StaleError(Exception):
    """Between preview and acceptance somebody else changed what the preview was compared with."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was written; ``batch`` is None when every cell already said the same."""

    batch: Batch | None
    preview: Preview


def import_values(
    source: Source,
    options: Options | None = None,
    *,
    by: User | None,
    expected: str = "",
    note: str = "",
    reporter: Reporter = SILENT,
) -> Imported:
    """Write the new and changed cells of a file as one batch, keep what they said before, record it in the ledger.

    ``expected`` is the fingerprint of the preview that was accepted. Raises ``IntakeError`` when anything in the file
    is wrong, ``StaleError`` when the fingerprint no longer holds, ``PermissionDenied``. Nothing is written then, and
    nothing is half written when the process dies. ``reporter`` counts cells: once when checked, once when written.
    """
    require_import(by)
    options = options or Options()
    options = replace(options, note=note or options.note)
    return bring_in(source, options, by=by, expected=expected, reporter=reporter)


def bring_in(
    source: Source,
    options: Options,
    *,
    by: User | None,
    channel: Channel = Channel.FILE,
    expected: str = "",
    reporter: Reporter = SILENT,
) -> Imported:
    """The one way in for tables of values (approved sheets: ``record_values``); the caller has asked for permission."""
    place = keep(source)
    with transaction.atomic():
        lock_values()
        reporter.start(0, _("正在读取和校验"))
        comparison = compare(source, options, by, reporter, channel)
        preview = comparison.preview
        if preview.findings:
            raise IntakeError(preview.findings)
        if expected and expected != preview.fingerprint:
            raise StaleError(_("预览之后数据已被他人修改，请重新预览"))
        if not preview.may_apply:
            return Imported(None, preview)
        batch = _write(comparison, place, VERBS[channel], by=by, note=options.note, reporter=reporter)
    return Imported(batch, preview)


def _write(comparison: Comparison, place: str, verb: str, *, by: User | None, note: str, reporter: Reporter) -> Batch:
    preview, cells = comparison.preview, comparison.to_write
    batch = Batch.objects.create(
        source=preview.source,
        sha256=preview.sha256,
        file=place,
        sheet=preview.sheet,
        rows=preview.rows,
        new=preview.new,
        changed=preview.changed,
        note=note,
        created_by=by,
    )
    reporter.start(cells.height, _("正在写入"))
    write_cells(cells, batch.pk, reporter)
    append_event(
        verb,
        f"batch:{batch.pk}",
        by=by,
        data={
            "source": preview.source,
            "sha256": preview.sha256,
            "rows": preview.rows,
            "new": preview.new,
            "changed": preview.changed,
            "unchanged": preview.unchanged,
            "periods": list(preview.periods),
            "note": note,
        },
    )
    return batch
