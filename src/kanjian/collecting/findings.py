"""What a check found about one cell of a sheet 校验结果."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much it weighs."""

    REFUSED = "refused"  # cannot be stored at all: not a number, outside the limits, not a cell of this sheet
    HIGH = "high"  # may be stored, but the sheet cannot be handed in like this
    SOFT = "soft"  # unusual: the sheet can be handed in when a note beside the value says why


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, in the reader's language. Empty ``unit``: about the sheet; ``row``: line of the file, if any."""

    severity: Severity
    code: str
    text: str
    unit: str = ""
    indicator: str = ""
    row: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The cell: codes of unit and indicator."""
        return self.unit, self.indicator
