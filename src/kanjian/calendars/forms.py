"""Periods in forms 周期字段."""

from django import forms
from django.utils.translation import gettext

from kanjian.calendars.periods import Period, PeriodError


class PeriodField(forms.CharField):
    """A text that names a period in any of the accepted ways; cleaned, it is the period's code, or nothing."""

    def clean(self, value: object) -> str:
        """The code. Raises ``ValidationError`` that says what is accepted."""
        text: str = super().clean(value)
        if not text:
            return ""
        try:
            return Period.parse(text).code
        except PeriodError as error:
            raise forms.ValidationError(gettext("不是周期：写 2026、2026-H1、2026-Q1 或 2026-03")) from error
