"""The tree of commands."""

import typer

from kanjian import __version__
from kanjian.cli import boards, computing, importing, quality, redlines, schemes, scoring, serving, verifying, weights
from kanjian.cli.console import console

app = typer.Typer(
    name="kanjian",
    help="看见 Kanjian: from a table and a method to a published ranking.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        console.print(f"kanjian {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Say the version."),
) -> None:
    """看见 Kanjian: from a table and a method to a published ranking."""


def example(line: str) -> str:
    """The last line of a command's help."""
    return f"[bold]Example[/bold]  {line}"


app.command("score", epilog=example("kanjian score scheme.yaml values.csv --units units.csv --output scores.xlsx"))(
    scoring.score
)
app.command("explain", epilog=example("kanjian explain scheme.yaml values.csv --unit WX001 --versus WX002"))(
    scoring.explain
)
app.command("robust", epilog=example("kanjian robust scheme.yaml values.csv --draws 1000 --seed 1"))(scoring.robust)
app.command("weights", epilog=example("kanjian weights scheme.yaml values.csv --method critic --branch economy"))(
    weights.weights
)
app.add_typer(schemes.app, name="scheme", help="Check, write, read and convert schemes 方法.")
app.add_typer(importing.app, name="import", help="Bring units, indicators and values into the platform 导入.")
app.add_typer(boards.app, name="board", help="From values and a method to a published ranking 榜单.")
app.command("compute", epilog=example("kanjian compute 2026-Q3 --only F3"))(computing.compute)
app.add_typer(quality.app, name="quality", help="Look for strange values, and list what was found 质量检查.")
app.command("verify", epilog=example("kanjian verify strong-village-2026-Q3.zip"))(verifying.verify)
app.command("demo", epilog=example("kanjian demo --port 8000"))(serving.demo)
app.command("prepare", epilog=example("kanjian prepare"))(serving.prepare)
app.command("serve", epilog=example("kanjian serve --prepare --host 0.0.0.0 --port 8000"))(serving.serve)
app.command("lint", epilog=example("kanjian lint"))(redlines.lint)
app.command("check", epilog=example("kanjian check"))(serving.check)
app.command(
    "manage",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    epilog=example("kanjian manage createsuperuser"),
)(serving.manage)
