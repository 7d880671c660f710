"""Addresses of rows are those that Django would find, whatever stands in a code."""

import pytest
from django.urls import reverse, set_script_prefix
from hypothesis import given
from hypothesis import strategies as st

from kanjian.boards import addresses

# A code is one part of an address; Django itself refuses one with a slash.
CODES = st.text(st.characters(exclude_characters="/", exclude_categories=("Cs",)), min_size=1, max_size=12).filter(
    lambda code: "\n" not in code
)


@given(unit=CODES, indicator=CODES)
def test_the_address_of_a_report_and_of_a_cell(unit, indicator):
    at = ["villages", "2026-Q3"]
    assert addresses.report(*at, unit) == reverse("boards:report", args=[*at, unit])
    assert addresses.evidence(*at, unit, indicator) == reverse("boards:evidence", args=[*at, unit, indicator])


@pytest.mark.parametrize("name", ["boards:board", "boards:compare", "boards:data", "boards:objections", "boards:help"])
def test_the_address_of_a_page_of_an_edition(name):
    for period in ("2026-Q3", "2026-Q2"):
        assert addresses.edition(name, "villages", period) == reverse(name, args=["villages", period])


def test_a_code_that_looks_like_the_stand_in():
    assert addresses.report("x", "x", "x") == reverse("boards:report", args=["x", "x", "x"])


def test_below_another_prefix():
    plain = addresses.report("villages", "2026-Q3", "V1")
    set_script_prefix("/kanjian/")
    try:
        assert addresses.report("villages", "2026-Q3", "V1") == "/kanjian" + plain
    finally:
        set_script_prefix("/")
    assert addresses.report("villages", "2026-Q3", "V1") == plain
