"""``score``, ``explain``, ``robust``: the scoring library from the command line, without a database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from kanjian.cli.console import CALLED_WRONGLY, console, done, fail, table, warn
from kanjian.cli.progress import bar
from kanjian.cli.reading import Output, Period, PeriodColumn, UnitColumn, Units, ValuesFile, read
from kanjian.cli.schemes import SchemeFile, Sheet, load
from kanjian.cli.tables import check_output, write_table

if TYPE_CHECKING:
    import polars as pl

    from kanjian.scoring import Note, Result

NOTES_SHOWN = 12
INTERVAL = ("unit", "score", "rank", "rank_low", "rank_mid", "rank_high")
REASONS = {
    "missing": "too little data for a score",
    "coverage": "share of collected data below the scheme's minimum",
    "not_applicable": "the scheme does not apply to them",
}


def score(
    scheme: SchemeFile,
    values: ValuesFile,
    units: Units = None,
    unit_column: UnitColumn = "unit",
    period: Period = None,
    period_column: PeriodColumn = "period",
    sheet: Sheet = "",
    output: Output = None,
    flags: Annotated[
        Path | None, typer.Option("--flags", help="Also write which cells were imputed, winsorised, capped, vetoed …")
    ] = None,
    node_ranks: Annotated[
        bool, typer.Option("--node-ranks", help="Also write the rank of every node, as columns CODE.rank.")
    ] = False,
    top: Annotated[int, typer.Option(min=0, help="How many of the first and last to print.")] = 5,
) -> None:
    """Score and rank a table by a scheme. Missing stays missing; a unit that cannot be ranked says why."""
    for path in (output, flags):
        if path is not None:
            check_output(path, [scheme, values, units])
    found = load(scheme)
    with bar(f"Scoring {values.name} …"):
        given = read(found, values, units=units, unit_column=unit_column, period_column=period_column, sheet=sheet)
        result = given.result(period)
    _summary(result, top)
    if output is not None:
        with bar(f"Writing {output.name} …"):
            write_table(output_frame(result, node_ranks=node_ranks), output)
        done(f"wrote {output}: {result.scores.height:,} rows")
    if flags is not None:
        write_table(result.flags, flags)
        done(f"wrote {flags}: {result.flags.height:,} rows")


def output_frame(result: "Result", *, node_ranks: bool = False) -> "pl.DataFrame":
    """Columns in the order of the documentation: unit, nodes, score, rank, track, track_rank, the rest."""
    from kanjian.scoring import rank_nodes

    scores = result.scores
    nodes = [node.code for node in result.scheme.nodes() if node.code in scores.columns]
    first = ["unit", *dict.fromkeys(nodes), "score", "rank", "track", "track_rank", "track_size"]
    kept = [name for name in dict.fromkeys(first) if name in scores.columns]
    frame = scores.select(*kept, *(name for name in scores.columns if name not in kept))
    if not node_ranks:
        return frame
    ranks = rank_nodes(result.scheme, scores).drop("unit")
    return frame.hstack(ranks.rename({name: f"{name}.rank" for name in ranks.columns}))


def _summary(result: "Result", top: int) -> None:
    import polars as pl

    scores = result.scores
    ranked = scores.filter(pl.col("rank").is_not_null()).sort("rank", "unit")
    coverage = float(scores.select(pl.col("coverage").mean()).item() or 0.0)
    name = result.scheme.name or result.scheme.code
    console.print(
        f"[bold]{escape(name)}[/] {escape(result.scheme.version)}: {scores.height:,} units, "
        f"{ranked.height:,} ranked, coverage {coverage:.1%}, "
        f"{int(scores['imputed'].sum()):,} imputed cells",
        soft_wrap=True,
    )
    columns = [name for name in ("rank", "unit", "score", "band", "track", "track_rank") if name in scores.columns]
    columns = [name for name in columns if name != "band" or scores["band"].null_count() < scores.height]
    right = {"rank", "score", "track_rank"}
    if top and ranked.height:
        table("First", columns, ranked.head(top).select(columns).rows(), right=right)
        if ranked.height > 2 * top:
            table("Last", columns, ranked.tail(top).select(columns).rows(), right=right)
    if left_out := scores.height - ranked.height:
        reasons = scores.filter(pl.col("rank").is_null()).group_by("reason").len().sort("reason").rows()
        warn(
            f"{left_out:,} of {scores.height:,} units are not ranked: "
            + "; ".join(f"{count:,} {reason} ({REASONS.get(reason, reason)})" for reason, count in reasons)
        )
    for note in result.notes[:NOTES_SHOWN]:
        warn(_told(note))
    if (rest := len(result.notes) - NOTES_SHOWN) > 0:
        warn(f"… and {rest:,} more notes")


def _told(note: "Note") -> str:
    """A note with the node or unit it belongs to, where its message does not begin with that."""
    return ": ".join([part for part in (note.node, note.unit) if part and part not in note.message] + [note.message])


def _require(result: "Result", unit: str) -> None:
    if unit not in result.scores["unit"]:
        fail(f"unit {unit!r} is not among the values", code=CALLED_WRONGLY)


def explain(
    scheme: SchemeFile,
    values: ValuesFile,
    unit: Annotated[str, typer.Option(help="The unit to explain.")],
    versus: Annotated[str | None, typer.Option(help="Another unit: where does the gap come from?")] = None,
    since: Annotated[str | None, typer.Option(help="An earlier period of the same table: why did it move?")] = None,
    rank: Annotated[int | None, typer.Option(min=1, help="The cheapest path to this place.")] = None,
    band: Annotated[str | None, typer.Option(help="The cheapest path to this band.")] = None,
    units: Units = None,
    unit_column: UnitColumn = "unit",
    period: Period = None,
    period_column: PeriodColumn = "period",
    sheet: Sheet = "",
) -> None:
    """Say why: a gap to another unit, a movement since a period, or the cheapest path up. All parts sum exactly."""
    if rank is not None and band is not None:
        fail("--rank and --band are two questions; ask one", code=CALLED_WRONGLY)
    with bar(f"Scoring {values.name} …"):
        given = read(
            load(scheme), values, units=units, unit_column=unit_column, period_column=period_column, sheet=sheet
        )
        result = given.result(period)
        earlier = None if since is None else given.result(since)
    _require(result, unit)
    if versus is not None:
        _require(result, versus)
        _gap(result, unit, versus)
    if earlier is not None:
        _require(earlier, unit)
        _change(earlier, result, unit)
    if rank is not None or band is not None:
        _path(result, unit, rank, band)
    if versus is None and since is None and rank is None and band is None:
        _points(result, unit)


def _gap(result: "Result", unit: str, versus: str) -> None:
    from kanjian.scoring.explanation import ExplanationError, gap

    try:
        found = gap(result, unit, versus)
    except ExplanationError as error:
        fail(str(error))
    rows = [(node, points) for node, points in found.by_node().items() if points]
    title = f"{unit} {found.score:.4f} − {versus} {found.versus_score:.4f} = {found.difference:+.4f}"
    table(title, ["node", "points"], rows, right={"points"})


def _change(before: "Result", after: "Result", unit: str) -> None:
    from kanjian.scoring.explanation import ExplanationError, change

    try:
        found = change(before, after, unit)
    except ExplanationError as error:
        fail(str(error))
    score = f"{unit}: score {found.score_before:.4f} → {found.score_after:.4f} ({found.difference:+.4f})"
    table(score, ["cause", "points"], list(found.parts.items()), right={"points"})
    nodes = [(node, points) for node, points in found.by_node("own").items() if points]
    if nodes:
        table("of these, own values by indicator", ["node", "points"], nodes, right={"points"})
    if found.rank is not None:
        moved = found.rank
        places = f"rank {moved.before} of {moved.size_before} → {moved.after} of {moved.size_after}"
        table(
            f"{unit}: {places}",
            ["cause", "places (− is up)"],
            list(found.rank.parts.items()),
            right={"places (− is up)"},
        )
        if not found.rank.comparable:
            warn("method or membership changed: the plain movement must not be published")
    for note in found.notes:
        warn(note.message)


def _path(result: "Result", unit: str, rank: int | None, band: str | None) -> None:
    from kanjian.scoring.explanation import ExplanationError, path_to

    try:
        found = path_to(result, unit, rank=rank, band=band)
    except ExplanationError as error:
        fail(str(error))
    rows = [(step.node, step.value, step.to, step.gain, step.cost) for step in found.steps]
    title = (
        f"{unit}: cheapest path to {found.goal}: {found.score:.4f} → {found.new_score:.4f} (needs {found.target:.4f})"
    )
    table(title, ["indicator", "from", "to", "points", "cost"], rows, right={"from", "to", "points", "cost"})
    if not found.reached:
        warn("not reachable by these indicators alone; this is the best that is")
    for note in found.assumptions:
        console.print(f"assumed: {note.message}", soft_wrap=True, markup=False)


def _points(result: "Result", unit: str) -> None:
    row = result.scores.filter(result.scores["unit"] == unit).row(0, named=True)
    names = {node.code: node.name or node.name_en for node in result.scheme.nodes()}
    rows = [(code, names[code], row[code]) for code in names if code in row]
    table(f"{unit}: score {row['score']}, rank {row['rank']}", ["node", "name", "points"], rows, right={"points"})


def robust(
    scheme: SchemeFile,
    values: ValuesFile,
    units: Units = None,
    unit_column: UnitColumn = "unit",
    period: Period = None,
    period_column: PeriodColumn = "period",
    sheet: Sheet = "",
    draws: Annotated[int, typer.Option(min=10, max=100_000, help="Monte-Carlo runs.")] = 1000,
    seed: Annotated[int, typer.Option(help="Same seed, same intervals.")] = 1,
    spread: Annotated[float, typer.Option(min=0.0, max=1.0, help="How far each weight moves, as a share.")] = 0.25,
    output: Output = None,
    top: Annotated[int, typer.Option(min=0, help="How many rows to print.")] = 10,
) -> None:
    """Rank intervals when the weights are moved: how sensitive a place is, not a confidence interval."""
    from kanjian.scoring.robustness import RobustnessError
    from kanjian.scoring.robustness import robust as run

    if output is not None:
        check_output(output, [scheme, values, units])
    with bar(f"Scoring {values.name} …") as progress:
        given = read(
            load(scheme), values, units=units, unit_column=unit_column, period_column=period_column, sheet=sheet
        )
        result = given.result(period)
        progress.start(0, f"{draws:,} runs …")
        try:
            frame = run(result, draws=draws, seed=seed, spread=spread)
        except RobustnessError as error:
            fail(str(error))
    shown = (
        result.scores.select("unit", "score", "rank").join(frame, on="unit", how="left").sort("rank", nulls_last=True)
    )
    if top:
        head = shown.select(*INTERVAL).head(top)
        table(f"First {head.height} of {shown.height:,}", head.columns, head.rows(), right=set(INTERVAL) - {"unit"})
        share = float(shown["stable"].mean() or 0.0)  # type: ignore[arg-type]
        console.print(f"{share:.0%} of the places are stable; more columns with --output", markup=False, soft_wrap=True)
    if output is not None:
        write_table(shown, output)
        done(f"wrote {output}: {shown.height:,} rows")
