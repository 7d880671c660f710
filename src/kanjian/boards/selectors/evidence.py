"""The evidence behind a cell 依据: the values of the release that an indicator was computed from, and their sources."""

from django.conf import settings
from django.http import Http404

from kanjian.boards.inputs import read_column
from kanjian.boards.models import Edition, StagedSet
from kanjian.boards.selectors.editions import files_of, head
from kanjian.boards.selectors.shapes import Evidence, EvidenceCell
from kanjian.boards.selectors.units import indicator_rows, unit_head, unit_row
from kanjian.boards.store.releases import read_cells
from kanjian.calendars.periods import Period
from kanjian.measures.models import Batch, Indicator, Value
from kanjian.scoring.scheme.columns import node_numbers, node_texts


def evidence(edition: Edition, unit: str, indicator: str) -> Evidence:
    """From an indicator of a unit's report to the rows of the files that its values came from.

    ``Http404`` for a unit or an indicator that the edition does not have.
    """
    files = files_of(edition)
    row = unit_row(files, unit)
    found = next((each for each in indicator_rows(files, row) if each.code == indicator), None)
    if found is None:
        raise Http404(f"no indicator {indicator!r}")
    node = files.scheme.node(indicator)
    period = Period.parse(edition.period)
    reads = [read_column(column, period) for column in (*node_numbers(node), *node_texts(node))]
    wanted = list(dict.fromkeys((read.indicator, read.period) for read in reads))
    return Evidence(head(edition), unit_head(files, row), found, _cells(edition.release.hash, unit, wanted))


def _cells(release: str, unit: str, wanted: list[tuple[str, str]]) -> list[EvidenceCell]:
    frozen = {
        (row["indicator"], row["period"]): row for row in read_cells(settings.HOME, release, unit).iter_rows(named=True)
    }
    codes = {code for code, _ in wanted}
    indicators = {each.code: each for each in Indicator.objects.filter(code__in=codes)}
    working = Value.objects.filter(unit__code=unit, indicator__code__in=codes, period__in={p for _, p in wanted})
    now = {(code, period): value for code, period, value in working.values_list("indicator__code", "period", "value")}
    numbers = {frozen[key]["batch"] for key in wanted if key in frozen}
    batches = {each.pk: each for each in Batch.objects.filter(pk__in=numbers).select_related("created_by")}
    _add_correction(frozen, release, batches)
    return [_cell(key, frozen.get(key), indicators.get(key[0]), batches, now) for key in wanted]


def _cell(
    key: tuple[str, str],
    frozen: dict[str, object] | None,
    indicator: Indicator | None,
    batches: dict[int, Batch],
    now: dict[tuple[str, str], float | None],
) -> EvidenceCell:
    value = frozen["value"] if frozen else None
    batch = batches.get(frozen["batch"]) if frozen else None  # type: ignore[call-overload]  # an integer column
    return EvidenceCell(
        code=key[0],
        name=indicator.name if indicator else "",
        name_en=indicator.name_en if indicator else "",
        period=key[1],
        value=value,  # type: ignore[arg-type]  # a float column
        status=str(frozen["status"]) if frozen else "missing",
        source=batch.source if batch else "",
        row=frozen["row"] if frozen else None,  # type: ignore[arg-type]  # an integer column
        recorded_at=batch.created_at if batch else None,
        recorded_by=str(batch.created_by) if batch and batch.created_by else "",
        current_value=now.get(key),
        differs=now.get(key) != value,
    )


def _add_correction(frozen: dict[tuple[str, str], dict[str, object]], release: str, batches: dict[int, Batch]) -> None:
    """Cells that a staged set corrected name no batch of their own: they came in with the batch of its application."""
    corrected = [cell for cell in frozen.values() if cell["batch"] is None]
    if not corrected:
        return
    applied = StagedSet.objects.filter(release_hash=release, batch__isnull=False).select_related("batch__created_by")
    staged = applied.order_by("-pk").first()
    if staged is None or staged.batch is None:
        return
    batches[staged.batch.pk] = staged.batch
    for cell in corrected:
        cell["batch"] = staged.batch.pk
