"""Progress bars of the command line."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from kanjian.cli.console import errors


class Count(MofNCompleteColumn):
    """“12/914”, and nothing where the whole is not known."""

    def render(self, task: Task) -> Text:
        """Text of the column."""
        return super().render(task) if task.total else Text("")


class Bar:
    """One bar; has the same face as a background job's progress (``jobs.progress.Reporter``)."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def start(self, total: int, message: str = "") -> None:
        """Begin a step of ``total`` pieces."""
        self._progress.reset(self._task, total=total or None, description=message or "…")

    def advance(self, done: int = 1, message: str | None = None) -> None:
        """``done`` more pieces are finished."""
        if message is None:
            self._progress.update(self._task, advance=done)
        else:
            self._progress.update(self._task, advance=done, description=message)


@contextmanager
def bar(description: str) -> Iterator[Bar]:
    """A bar on standard error while long work runs; nothing where that is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), Count(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        yield Bar(progress, progress.add_task(description, total=None))
