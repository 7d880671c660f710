"""The one error of this package."""


class TreatmentError(ValueError):
    """A column cannot be treated as asked.

    ``code`` is stable and made for translation: ``not_finite``, ``nothing_present``, ``bad_limit``, ``bad_bounds``,
    ``unknown_method``, ``unknown_column``, ``length``, ``repeated_period``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
