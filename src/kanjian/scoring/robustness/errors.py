"""The one error of this package."""


class RobustnessError(ValueError):
    """A check of robustness cannot be run as asked.

    ``code`` is stable and made for translation: ``bad_tree``, ``bad_weights``, ``bad_option``, ``unknown_column``,
    ``unknown_unit``, ``duplicate_unit``, ``not_finite``, ``not_positive``, ``no_units``, ``too_large``,
    ``mismatch``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
