"""Numbers in the reader's writing 数字: as Django's ``number_format`` writes them, without its questions per number."""

from functools import cache

from django.utils.formats import get_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext


class Writer:
    """Writes the numbers of one language; ``writer()`` gives that of the reader. An em dash where there is none."""

    def __init__(self, language: str | None) -> None:
        """Ask for the language's marks, once."""
        point, mark, group = (
            get_format(name, language) for name in ("DECIMAL_SEPARATOR", "THOUSAND_SEPARATOR", "NUMBER_GROUPING")
        )
        self._comma = mark if mark and group else ""
        self._is_plain = point == "." and (not self._comma or (mark, group) == (",", 3))

    def number(self, value: float | None, decimals: int) -> str:
        """A number rounded to ``decimals``."""
        if value is None:
            return "—"
        if self._is_plain:
            return SafeString(f"{value:z{self._comma}.{decimals}f}")  # z: what is rounded to zero has no sign
        # Rounded here, because Django cuts decimals off: 71.29 would become 71.2.
        return number_format(f"{value:z.{decimals}f}", decimal_pos=decimals, use_l10n=True, force_grouping=True)

    def signed(self, value: float | None, decimals: int = 2) -> str:
        """A difference with its sign, a real minus."""
        if value is None:
            return "—"
        text = self.number(abs(value), decimals)
        return text if round(value, decimals) == 0 else ("+" if value > 0 else "−") + text

    def measured(self, value: float | None, decimals: int = 2) -> str:
        """A measured value without trailing zeros; 未采集 where there is none, never zero."""
        if value is None:
            return gettext("未采集")
        text = self.number(float(value), decimals)
        return text.rstrip("0").rstrip(".") if "." in text else text

    def percent(self, share: float | None, decimals: int = 0) -> str:
        """A share 0..1 as per cent."""
        return "—" if share is None else self.number(share * 100, decimals) + "%"


def writer() -> Writer:
    """The writer of the active language."""
    return _writer_of(get_language())


_writer_of = cache(Writer)
