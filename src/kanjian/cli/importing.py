"""``kanjian import …``: units, values and boundaries into the platform; all of a file or nothing."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kanjian.cli import platform
from kanjian.cli.console import CALLED_WRONGLY, DATA_IS_WRONG, console, done, errors, fail, table, warn
from kanjian.cli.progress import bar

if TYPE_CHECKING:
    from kanjian.measures.intake import Findings
    from kanjian.measures.preview import Preview
    from kanjian.orgs.unit_table import RowProblem

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX or Parquet.", exists=True, dir_okay=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would happen; write nothing.")]
Demo = Annotated[bool, typer.Option("--demo", help="Into the data of `kanjian demo`.")]
LISTED = 20


def start(*, demo: bool) -> None:
    """Bring Django up and refuse a database that is not ready."""
    if demo:
        platform.demo_environment()
    platform.setup()
    if waiting := platform.pending_migrations():
        fail(f"the database lacks {len(waiting)} migrations", details=["run: kanjian prepare"])


@app.command(epilog="[bold]Example[/bold]  kanjian import values 2026-Q3.xlsx --period 2026-Q3 --dry-run")
def values(
    file: File,
    period: Annotated[str, typer.Option(help="Period of a file without a period column, such as 2026-Q3.")] = "",
    sheet: Annotated[str, typer.Option(help="Sheet of a workbook.")] = "",
    unit_column: Annotated[str, typer.Option("--unit-column", help="Heading of the units' codes.")] = "",
    skip_unknown: Annotated[bool, typer.Option("--skip-unknown-columns", help="Ignore other columns.")] = False,
    note: Annotated[
        str, typer.Option(help="Release of official statistics (publication, date), or why entered values come so.")
    ] = "",
    dry_run: DryRun = False,
    demo: Demo = False,
) -> None:
    """Import values of indicators, wide or long. Shows what changes; wrong cells are named with row and remedy."""
    start(demo=demo)
    from kanjian.measures.actions.import_values import import_values
    from kanjian.measures.actions.preview_values import preview_values
    from kanjian.measures.intake import IntakeError, Options, Source

    options = Options(period=period, sheet=sheet, unit_column=unit_column, skip_unknown_columns=skip_unknown, note=note)
    try:
        with bar(f"Reading {file.name} …") as progress:
            source = Source.open(file)
            if dry_run:
                preview = preview_values(source, options, by=None, reporter=progress)
            else:
                preview = import_values(source, options, by=None, reporter=progress).preview
    except IntakeError as error:
        _refuse(file, error.findings)
    _show(preview)
    if preview.findings:
        _refuse(file, preview.findings)
    done("nothing was written (dry run)" if dry_run else f"{preview.new + preview.changed:,} values written")


def _show(preview: "Preview") -> None:
    console.print(
        f"{preview.rows:,} rows, {preview.units:,} units, {preview.indicators} indicators, "
        f"periods {', '.join(preview.periods)}: "
        f"{preview.new:,} new, {preview.changed:,} changed, {preview.unchanged:,} unchanged",
        soft_wrap=True,
    )
    if preview.skipped_columns:
        warn(f"ignored columns: {', '.join(preview.skipped_columns)}")
    shown = preview.differences.head(LISTED)
    if shown.height:
        rows = shown.select("unit", "unit_name", "indicator", "period", "old", "new").rows()
        table(f"First {shown.height} changes", ["unit", "name", "indicator", "period", "old", "new"], rows)


def _refuse(file: Path, findings: "Findings") -> None:
    """Say what is wrong, with place and remedy, and stop; nothing was written."""
    rows = [(p.sheet, p.row or "", p.column, p.message, p.remedy) for p in findings.items[:LISTED]]
    table(f"{file.name}: {findings.total:,} problems", ["sheet", "row", "column", "what", "remedy"], rows)
    if findings.total > len(rows):
        errors.print(f"… and {findings.total - len(rows):,} more")
    fail(f"{file}: nothing was written")


@app.command(epilog="[bold]Example[/bold]  kanjian import units units.xlsx --day 2026-01-01 --dry-run")
def units(
    file: File,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day on which moves and tracks begin; default today.")
    ] = None,
    document: Annotated[str, typer.Option(help="Decision that moves rest on; default the file's name.")] = "",
    synthetic: Annotated[bool, typer.Option("--synthetic", help="Mark new units as invented sample data.")] = False,
    dry_run: DryRun = False,
    demo: Demo = False,
) -> None:
    """Import units with parents, dates, places and tracks. A second import of the same file changes nothing."""
    start(demo=demo)
    from django.core.exceptions import ValidationError

    from kanjian.orgs.actions.import_units import import_units
    from kanjian.orgs.unit_plan import plan_units
    from kanjian.orgs.unit_table import UnitTableError

    on = day.date() if day else None
    try:
        with bar(f"Reading {file.name} …") as progress:
            if dry_run:
                plan = plan_units(file.name, file.read_bytes(), day=on)
            else:
                plan = import_units(
                    file.name,
                    file.read_bytes(),
                    by=None,
                    day=on,
                    document=document,
                    synthetic=synthetic,
                    reporter=progress,
                )
    except UnitTableError as error:
        _refuse_units(file, error.problems, error.total)
    except ValidationError as error:
        fail(f"{file}: {'; '.join(error.messages)}")
    if plan.problem_count:
        _refuse_units(file, plan.problems, plan.problem_count)
    console.print(", ".join(f"{name} {count:,}" for name, count in plan.summary().items()), soft_wrap=True)
    done("nothing was written (dry run)" if dry_run else f"{file.name} imported")


def _refuse_units(file: Path, problems: "Sequence[RowProblem]", count: int) -> None:
    rows = [(p.row or "", p.column, p.message, p.remedy) for p in problems[:LISTED]]
    table(f"{file.name}: {count:,} problems", ["row", "column", "what", "remedy"], rows)
    fail(f"{file}: nothing was written")


@app.command(epilog="[bold]Example[/bold]  kanjian import indicators --from-scheme scheme.yaml")
def indicators(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="CSV, XLSX or Parquet: code, name, name_en, unit, direction, source, …", exists=True
        ),
    ] = None,
    from_scheme: Annotated[
        Path | None, typer.Option("--from-scheme", help="Take those that a scheme reads and nobody has registered.")
    ] = None,
    dry_run: DryRun = False,
    demo: Demo = False,
) -> None:
    """Register indicators 指标: what is measured, in which unit, which way is better, who answers for it."""
    if (file is None) == (from_scheme is None):
        fail("name a file of indicators, or --from-scheme SCHEME, and not both", code=CALLED_WRONGLY)
    start(demo=demo)
    from django.core.exceptions import ValidationError

    from kanjian.boards import needs
    from kanjian.cli.schemes import load
    from kanjian.measures.actions import register_indicators
    from kanjian.measures.definitions import read_definitions
    from kanjian.measures.intake import IntakeError, Source

    try:
        found = needs.missing(load(from_scheme)) if from_scheme else read_definitions(Source.open(file or Path()))
    except IntakeError as error:
        _refuse(file or Path(), error.findings)
    rows = [(each.code, each.name, each.unit, "up" if each.higher_is_better else "down", each.source) for each in found]
    table(f"{len(rows)} indicators", ["code", "name", "unit", "better", "source"], rows[:LISTED])
    if dry_run:
        done("nothing was written (dry run)")
        return
    try:
        made = register_indicators(found, by=None, only_missing=from_scheme is not None)
    except ValidationError as error:
        fail(f"{file or from_scheme}: nothing was written", details=error.messages)
    done(f"{len(made.created)} registered, {len(made.changed)} changed, {len(made.unchanged)} as they were")


@app.command("map", epilog="[bold]Example[/bold]  kanjian import map townships.geojson --root 3305")
def boundaries(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="GeoJSON, WGS84.", exists=True, dir_okay=False)],
    root: Annotated[str, typer.Option(help="Code of the unit whose inner areas these are.")],
    demo: Demo = False,
) -> None:
    """Import the boundaries that maps are drawn from."""
    start(demo=demo)
    from kanjian.orgs.actions.load_map import load_map
    from kanjian.orgs.maps import MapError
    from kanjian.orgs.models import Unit

    unit = Unit.objects.filter(code=root).first()
    if unit is None:
        fail(f"no unit {root!r}", code=CALLED_WRONGLY)
    try:
        count = load_map(unit, file.read_text(encoding="utf-8-sig"), by=None)
    except (MapError, UnicodeDecodeError) as error:
        fail(f"{file}: {error}", code=DATA_IS_WRONG)
    done(f"{count} areas")


@app.command(epilog="[bold]Example[/bold]  kanjian import notice 2027 notice-2027.csv --source 国办发明电〔2026〕1号")
def notice(
    year: Annotated[int, typer.Argument(help="Year of the notice.")],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV with date,kind,name, or JSON.", exists=True, dir_okay=False)
    ],
    source: Annotated[str, typer.Option(help="Number or title of the notice.")],
    demo: Demo = False,
) -> None:
    """Load a year's holiday notice 放假通知: its days off and make-up working days become official."""
    start(demo=demo)
    from kanjian.calendars.actions import load_notice
    from kanjian.calendars.notice import NoticeError

    try:
        loaded = load_notice(year, file.read_bytes(), source=source, by=None)
    except NoticeError as error:
        rows = [(p.row or "", p.column, p.message, p.remedy) for p in error.problems[:LISTED]]
        table(f"{file.name}: {len(error.problems):,} problems", ["row", "column", "what", "remedy"], rows)
        fail(f"{file}: nothing was written")
    done(f"{year} is official: {loaded.days} days, {len(loaded.changed)} differ from what the calendar said before")
