"""What a check found about one cell of a sheet 校验结果."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much it weighs."""

    REFUSED = "refused"  # cannot be stored at all: not a number, outside the limits, not a cell of this sheet
    HIGH = "high"  # may be stored, but the sheet cannot be handed in like this
    SOFT = "soft"  # unusual: the sheet can be handed in when a note beside the value says why
    INFORM = "inform"  # worth a look, stops nothing


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, in the reader's language. Empty ``unit``: about the sheet; ``row``: line of the file, if any."""

    severity: Severity
    code: str
    text: str
    unit: str = ""
    indicator: str = ""
    row: int | None = None
    remedy: str = ""
    is_noted: bool = False  # a note beside the value says why it is so

    @property
    def key(self) -> tuple[str, str]:
        """The cell: codes of unit and indicator."""
        return self.unit, self.indicator

    @property
    def is_obstacle(self) -> bool:
        """Whether the sheet cannot be handed in while this stands."""
        is_open = self.severity == Severity.SOFT and not self.is_noted
        return is_open or self.severity in {Severity.REFUSED, Severity.HIGH}
