"""``kanjian scheme …``: check, write, read, compare and convert methods."""

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.markup import escape
from rich.tree import Tree

from kanjian.cli import redlines, tables
from kanjian.cli.console import CALLED_WRONGLY, console, done, fail, table

if TYPE_CHECKING:
    import polars as pl

    from kanjian.scoring import ProblemsError, Scheme
    from kanjian.scoring.scheme.model import Node

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
SchemeFile = Annotated[Path, typer.Argument(metavar="SCHEME", help="YAML or JSON file of the method.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="File to write (.yaml or .json).")]
Sheet = Annotated[str, typer.Option("--sheet", help="Sheet of a workbook; by itself the first with the heading.")]
Cap = Annotated[
    bool | None, typer.Option("--cap/--no-cap", help="Distances: end the points at the target or reference.")
]
Denominate = Annotated[bool, typer.Option("--denominate", help="Divide by the Denominator column first.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that exists.")]


def load(path: Path) -> "Scheme":
    """Read a scheme or stop with every problem it has."""
    from kanjian.scoring import Scheme, SchemeError

    if not path.is_file():
        fail(f"{path}: {'is a folder' if path.is_dir() else 'no such file'}", code=CALLED_WRONGLY)
    try:
        found = Scheme.load(path)
    except SchemeError as error:
        return refuse(path, error)
    redlines.refuse_forbidden(found, path)
    return found


def refuse(path: Path, error: "ProblemsError") -> NoReturn:
    """Say everything that is wrong with a scheme or with values, and stop."""
    fail(f"{path}: {tables.count_of(error.problems)}", details=[str(problem) for problem in error.problems])


def write(scheme: "Scheme", path: Path, *, force: bool) -> None:
    """Write a scheme as YAML or JSON, by the file's ending."""
    ending = path.suffix.lower()
    if ending not in {".yaml", ".yml", ".json"}:
        fail(f"{path}: end the name in .yaml or .json", code=CALLED_WRONGLY)
    write_text(_json(scheme.to_dict()) if ending == ".json" else scheme.to_yaml(), path, force=force)


def write_text(text: str, path: Path, *, force: bool) -> None:
    """Write a file, never over another one unless asked to."""
    if path.exists() and not force:
        fail(f"{path} exists; choose another name or add --force", code=CALLED_WRONGLY)
    tables.make_folder(path)
    tables.write_text(text, path)
    done(f"wrote {path}")


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


@app.command(epilog="[bold]Example[/bold]  kanjian scheme check scheme.yaml")
def check(scheme: SchemeFile) -> None:
    """Say every problem at once, each with its place and the remedy; exit code 1 when there is one."""
    found = load(scheme)
    leaves = found.leaves()
    done(f"{found.name or found.code} {found.version}: {len(leaves)} indicators, {len(found.nodes())} nodes")
    console.print(f"hash {found.hash}", soft_wrap=True)
    console.print(f"reads {', '.join(found.inputs())}", soft_wrap=True, markup=False)
    if groups := found.group_columns():
        console.print(f"groups by {', '.join(groups)}", soft_wrap=True)
    redlines.show_warnings(found)


@app.command(epilog="[bold]Example[/bold]  kanjian scheme new scheme.yaml")
def new(
    path: Annotated[Path, typer.Argument(help="File to write.")] = Path("scheme.yaml"),
    force: Force = False,
) -> None:
    """Write an annotated scheme to start from."""
    text = files("kanjian.cli").joinpath("data/new-scheme.yaml").read_text(encoding="utf-8")
    write_text(text, path, force=force)


@app.command(epilog="[bold]Example[/bold]  kanjian scheme show scheme.yaml")
def show(scheme: SchemeFile) -> None:
    """Print the tree with weights and rules."""
    found = load(scheme)
    root = Tree(f"[bold]{escape(found.name or found.code)}[/] {escape(found.version)}  [dim]{found.hash[:12]}[/]")
    _grow(root, found.tree)
    console.print(root)


def _grow(branch: Tree, node: "Node") -> None:
    for child in node.children:
        how = child.rule.method if child.rule else (child.aggregate.method if child.aggregate else "arithmetic")
        role = "" if child.role == "score" else f" [yellow]{child.role}[/]"
        down = " ↓" if child.direction == "down" else ""
        label = (
            f"[bold]{child.code}[/] {escape(child.name or child.name_en)}{role}  [dim]×{child.weight:g} {how}{down}[/]"
        )
        _grow(branch.add(label), child)


@app.command(epilog="[bold]Example[/bold]  kanjian scheme convert scheme.yaml --output scheme.json")
def convert(scheme: SchemeFile, output: Output, force: Force = False) -> None:
    """Write the scheme in the other notation; the hash stays the same."""
    write(load(scheme), output, force=force)


@app.command(epilog="[bold]Example[/bold]  kanjian scheme diff scheme-2026.1.yaml scheme-2026.2.yaml")
def diff(before: SchemeFile, after: SchemeFile) -> None:
    """Say what differs between two versions; exit code 1 when something does."""
    found = load(before).differences(load(after))
    if not found:
        done("the two schemes mean the same")
        return
    rows = [(item.kind, item.path, _short(item.before), _short(item.after)) for item in found]
    table(f"{len(found)} differences", ["kind", "where", str(before), str(after)], rows)
    raise typer.Exit(1)


def _short(value: object, longest: int = 60) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= longest else text[: longest - 1] + "…"


@app.command(epilog="[bold]Example[/bold]  kanjian scheme schema > scheme.schema.json")
def schema() -> None:
    """Print the JSON Schema of the format, for editors."""
    from kanjian.scoring import Scheme

    console.print_json(_json(Scheme.json_schema()))


IMETA_TEXT = frozenset({"iCode", "iName", "Unit", "Denominator", "Parent", "Type"})


@app.command(
    "from-coinr",
    epilog="[bold]Example[/bold]  kanjian scheme from-coinr iMeta.csv --range 1 100 --aggregate geometric -o s.yaml",
)
def from_coinr(
    imeta: Annotated[Path, typer.Argument(help="COINr's iMeta table: iCode, Direction, Weight, Parent, Type, …")],
    output: Output,
    rule: Annotated[str, typer.Option(help="Normalisation of every indicator: minmax, zscore, rank, …")] = "minmax",
    aggregate: Annotated[
        str, typer.Option(help="One method for all levels, or one per level from the lowest up, with commas.")
    ] = "arithmetic",
    scale: Annotated[
        tuple[float, float] | None, typer.Option("--range", help="Smallest and largest points, such as 1 100.")
    ] = None,
    denominate: Denominate = False,
    reference: Annotated[str | None, typer.Option(help="Unit code, for distance_to_reference.")] = None,
    cap: Cap = None,
    within: Annotated[str, typer.Option(help="Group column inside which bounds are taken.")] = "all",
    sheet: Sheet = "",
    min_share: Annotated[
        str, typer.Option("--min-share", help="COINr's dat_thresh: least share of present values, or one per level.")
    ] = "0",
    force: Force = False,
) -> None:
    """Turn COINr's iMeta into a scheme, so that an index built in R runs unchanged."""
    from kanjian.scoring import SchemeError
    from kanjian.scoring.coinr import scheme_from_imeta

    levels = _listed(aggregate)
    try:
        found = scheme_from_imeta(
            _imeta(imeta, sheet),
            rule=rule,
            aggregate=levels[0] if len(levels) == 1 else levels,
            range=scale,
            denominate=denominate,
            reference=reference,
            within=within,
            cap=cap,
            min_share=_numbers(min_share, "--min-share"),
        )
    except SchemeError as error:
        refuse(imeta, error)
    write(found, output, force=force)


def _imeta(path: Path, sheet: str) -> "pl.DataFrame":
    """Read iMeta: texts where COINr has texts, numbers elsewhere."""
    from kanjian.scoring.intake import ROW

    table_of = tables.read_table(path, headings=["iCode"], sheet=sheet)
    names = table_of.frame.columns
    frame = tables.frame_of(path, table_of, wanted=names, numbers=set(names) - IMETA_TEXT).drop(ROW)
    return tables.typed(frame, text=IMETA_TEXT)


def _listed(text: str) -> list[str]:
    """Return the parts between commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def _numbers(text: str, option: str) -> list[float]:
    """Return the numbers between commas."""
    try:
        return [float(part) for part in _listed(text)]
    except ValueError:
        return fail(
            f"{option} takes numbers with commas between them, such as 0.9,0.5; not {text!r}", code=CALLED_WRONGLY
        )
