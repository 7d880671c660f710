"""How a file is to be read 导入选项."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Shape = Literal["auto", "wide", "long"]


@dataclass(frozen=True, slots=True)
class Options:
    """What the file does not say itself; empty texts mean "find out".

    ``period`` holds for every row of a file without a period column and is demanded of every row of a file with one.
    A blank cell says nothing and leaves what is stored alone, unless ``blank_is_missing``: then it says 未采集.
    ``note`` is kept with the batch: the release of official statistics, or why entered values come as a file.
    """

    shape: Shape = "auto"
    period: str = ""
    sheet: str = ""
    unit_column: str = ""
    period_column: str = ""
    skip_unknown_columns: bool = False
    blank_is_missing: bool = False
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """As JSON can say it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The inverse of ``to_json``."""
        return cls(**data)
