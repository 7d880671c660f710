"""What the command line prints with, and how it says that something is wrong."""

from collections.abc import Iterable, Sequence
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)
WIDEST = 10_000

DATA_IS_WRONG = 1
CALLED_WRONGLY = 2
SHOWN = 30
"""So many findings are printed one by one; the rest are counted."""


def fail(message: str, *, details: Iterable[str] = (), code: int = DATA_IS_WRONG) -> NoReturn:
    """Say what is wrong, in full, on standard error, and stop."""
    errors.print(f"[bold red]✗[/] {escape(message)}", soft_wrap=True)
    lines = list(details)
    for line in lines[:SHOWN]:
        errors.print(f"  • {line}", markup=False, soft_wrap=True)
    if (rest := len(lines) - SHOWN) > 0:
        errors.print(f"  … and {rest:,} more problems", soft_wrap=True)
    raise typer.Exit(code)


def warn(message: str) -> None:
    """Something the reader should know, on standard error so that piped output stays clean."""
    errors.print(f"[yellow]![/] {escape(message)}", soft_wrap=True)


def done(message: str) -> None:
    """A step that is finished."""
    errors.print(f"[green]✓[/] {escape(message)}", soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[str] = ()) -> None:
    """A small table; columns named in ``right`` are set flush right."""
    console.print(f"[bold]{escape(title)}[/]", soft_wrap=True)  # a table's own title would be broken at its width
    view = Table(header_style="bold", pad_edge=False)
    flush = set(right)
    for name in columns:
        view.add_column(name, justify="right" if name in flush else "left")
    for row in rows:
        view.add_row(*map(_cell, row))
    _whole_unless_terminal(view)


def _whole_unless_terminal(view: Table) -> None:
    """A terminal gets what fits its width; a file or another program gets every cell whole."""
    if console.is_terminal:
        console.print(view)
    else:
        width = Measurement.get(console, console.options.update(max_width=WIDEST), view).maximum
        Console(file=console.file, width=width, highlight=False).print(view)


def _cell(value: object) -> str:
    """A cell's text; brackets in people's names are no markup."""
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) else escape(str(value))
