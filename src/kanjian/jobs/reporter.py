"""What long work tells about itself 进度接口. Pure: needs no settings and no database, so that libraries may use it."""

from typing import Protocol


class Reporter(Protocol):
    """What long work tells about itself; the command line draws a bar, a job writes its row."""

    def start(self, total: int, message: str = "") -> None:
        """Begin a step of `total` pieces (0: unknown)."""

    def advance(self, done: int = 1, message: str | None = None) -> None:
        """`done` more pieces are finished."""


class Silent:
    """A reporter for when nobody watches."""

    def start(self, total: int, message: str = "") -> None:
        """Say nothing."""

    def advance(self, done: int = 1, message: str | None = None) -> None:
        """Say nothing."""


SILENT = Silent()
