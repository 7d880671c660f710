"""``kanjian quality …``: look for strange values, and list what was found."""

from typing import TYPE_CHECKING, Annotated

import typer

from kanjian.cli.console import done, fail, table
from kanjian.cli.importing import Demo, start
from kanjian.cli.progress import bar

if TYPE_CHECKING:
    from kanjian.orgs.models import Unit

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
Root = Annotated[str, typer.Option("--root", metavar="UNIT", help="Only the units at and below this code.")]


@app.command(epilog="[bold]Example[/bold]  kanjian quality run 2026-Q3")
def run(
    period: Annotated[str, typer.Argument(metavar="[PERIOD]", help="Such as 2026-Q3; default the latest.")] = "",
    root: Root = "",
    demo: Demo = False,
) -> None:
    """Run the quality checks 质量检查: strange values become flags for people to look at. No value is changed.

    Meant for every night, by cron or a systemd timer.
    """
    start(demo=demo)
    from django.core.exceptions import ValidationError

    from kanjian.measures.actions import run_quality
    from kanjian.measures.selectors import latest_period

    wanted = period or latest_period()
    if wanted is None:
        fail("there are no values yet", details=["import values first: kanjian import values FILE"])
    failed, checked = [], 0
    for unit in _roots(root):
        try:
            with bar(f"Checking {unit.name} {wanted} …") as progress:
                made = run_quality(unit, wanted, by=None, reporter=progress)
        except ValidationError as error:
            failed += error.messages
            continue
        counts = f"{made.found} flags ({made.new} new, {made.closed} closed)"
        done(f"{unit.name} {made.period}: {made.cells:,} values, {counts}")
        checked += 1
    if not checked:
        fail("nothing was checked", details=failed)


@app.command("list", epilog="[bold]Example[/bold]  kanjian quality list --state open --kind outlier")
def show(
    state: Annotated[str, typer.Option(help="open, error, explained, accepted, closed or all.")] = "open",
    kind: Annotated[str, typer.Option(help="rule, outlier, uniform, copied_neighbour, copy_forward, …")] = "",
    period: Annotated[str, typer.Option(help="Such as 2026-Q3.")] = "",
    root: Root = "",
    most: Annotated[int, typer.Option("--most", min=1, help="How many to print.")] = 30,
    demo: Demo = False,
) -> None:
    """List flags 质疑, strongest first."""
    start(demo=demo)
    from kanjian.measures.models import Flag
    from kanjian.measures.words.flags import sentence
    from kanjian.orgs.tree import ids_below

    _known(state, [*Flag.State.values, "all"], "--state")
    _known(kind, [*Flag.Kind.values, ""], "--kind")
    found = Flag.objects.select_related("unit", "other", "indicator", "rule")
    asked = {"kind": kind, "period": period, "state": "" if state == "all" else state}
    found = found.filter(**{name: value for name, value in asked.items() if value})
    if root:
        found = found.filter(unit__in=ids_below([unit.pk for unit in _roots(root)]))
    rows = [
        (
            flag.pk,
            flag.period,
            flag.get_kind_display(),
            flag.unit.code,
            flag.unit.name,
            flag.indicator.code if flag.indicator else "",
            sentence(flag, flag.other.name if flag.other else ""),
            flag.get_state_display(),
        )
        for flag in found[:most]
    ]
    columns = ["id", "period", "kind", "unit", "name", "indicator", "what", "state"]
    table(f"{found.count():,} flags", columns, rows, right=["id"])


def _known(value: str, among: list[str], option: str) -> None:
    if value not in among:
        fail(f"{option} {value!r} is none of {', '.join(name for name in among if name)}")


def _roots(code: str) -> "list[Unit]":
    """The unit, or all that have none above them and something below."""
    from kanjian.orgs.models import Unit

    if code:
        unit = Unit.objects.filter(code=code).first()
        if unit is None:
            fail(f"there is no unit {code}")
        return [unit]
    return list(Unit.objects.filter(parent=None, valid_to=None, children__isnull=False).distinct())
