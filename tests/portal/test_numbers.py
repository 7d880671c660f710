"""Numbers are written as Django writes them, in every language; missing is said, and zero has no sign."""

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.formats import number_format
from hypothesis import example, given
from hypothesis import strategies as st

from kanjian.portal.numbers import Writer, writer

# Languages of the pages, and some that write numbers otherwise: by comma, by blanks, by apostrophes, in groups of two.
LANGUAGES = [*(code for code, _ in settings.LANGUAGES), "de", "fr", "de-ch", "es", "hi", "en-gb"]
NUMBERS = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**9), 10**9), st.decimals(-9, 9))


def by_django(value, decimals: int) -> str:
    """Rounded first, since ``number_format`` cuts off; without the sign of what is rounded to zero."""
    text = f"{value:.{decimals}f}"
    text = text.removeprefix("-") if float(text) == 0 else text
    return number_format(text, decimal_pos=decimals, use_l10n=True, force_grouping=True)


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=NUMBERS, decimals=st.integers(0, 6))
@example(value=-0.004, decimals=2)
@example(value=1234567.895, decimals=2)
@example(value=0.5, decimals=0)
@example(value=1e22, decimals=1)
def test_numbers_are_those_of_django(language, value, decimals):
    with translation.override(language):
        assert writer().number(value, decimals) == by_django(value, decimals)


@given(value=st.floats(-1e9, 1e9), decimals=st.integers(0, 4))
def test_a_difference_has_a_sign_unless_it_is_shown_as_zero(value, decimals):
    text = writer().signed(value, decimals)
    plain = by_django(abs(value), decimals)
    if plain == by_django(0, decimals):
        assert text == plain
    else:
        assert text == ("+" if value > 0 else "−") + plain


def test_missing_is_said():
    write = writer()
    assert (write.number(None, 2), write.signed(None), write.percent(None)) == ("—", "—", "—")
    assert write.measured(None) == "未采集"


def test_measured_values_end_where_they_are_exact():
    write = Writer("en")
    assert [write.measured(value, 3) for value in (100.0, 1200.5, 0.12345, -0.0)] == ["100", "1,200.5", "0.123", "0"]


def test_the_writer_is_that_of_the_reader():
    for language, written in {"zh-hans": "690000", "en": "690,000", "zh-hant": "690000"}.items():
        with translation.override(language):
            assert writer().number(690_000, 0) == written
            assert writer() is writer()
