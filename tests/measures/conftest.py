"""Indicators and values of the small city."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kanjian.measures.models import Batch, Indicator


@pytest.fixture
def indicators(small_city) -> "dict[str, Indicator]":
    """A1 集体经济收入 (万元, not negative), A2 垃圾分类率 (0–100 %), A3 信访件数."""
    from kanjian.measures.models import Indicator

    made = (
        Indicator(code="A1", name="集体经济收入", name_en="Collective income", unit_of_measure="万元", minimum=0),
        Indicator(code="A2", name="垃圾分类率", name_en="Waste sorted", unit_of_measure="%", minimum=0, maximum=100),
        Indicator(code="A3", name="信访件数", name_en="Petitions", unit_of_measure="件", higher_is_better=False),
    )
    for order, indicator in enumerate(made):
        indicator.order, indicator.department = order, small_city.department
        indicator.save()
    return {indicator.code: indicator for indicator in made}


@pytest.fixture
def bring_in(indicators, storage) -> "Callable[..., Batch]":
    """Import a CSV text for a period as the system; the batch."""

    from kanjian.measures.actions import import_values
    from kanjian.measures.intake import Options, Source

    def bring(text: str, period: str = "2026-Q1", name: str = "values.csv", **options) -> "Batch":
        done = import_values(Source(name, text.encode()), Options(period=period, **options), by=None)
        assert done.batch is not None
        return done.batch

    return bring


@pytest.fixture
def storage(settings, tmp_path):
    """Files of this test alone."""
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    return tmp_path / "files"
