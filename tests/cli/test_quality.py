"""``kanjian quality``: run, list, and what may be called wrongly."""

import pytest
from django.utils import translation

pytestmark = pytest.mark.django_db
QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1")


@pytest.fixture(autouse=True)
def language():
    with translation.override("en"):
        yield


@pytest.fixture
def slip(small_city, settings, tmp_path) -> None:
    from kanjian.measures.actions import define_indicator, import_values
    from kanjian.measures.intake import Options, Source
    from kanjian.orgs.models import Unit

    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    define_indicator("A1", name="收入", by=None)
    for n in range(10, 24):
        Unit.objects.create(code=f"C101{n}", name=f"村{n}", kind="village", parent=small_city.township)
    for place, quarter in enumerate(QUARTERS):
        rows = [f"C101{n},{100 + n + place * 2 + (n * 7 + place * 3) % 10 / 10}" for n in range(10, 24)]
        rows.append(f"C10101,{1043 if quarter == QUARTERS[-1] else 103 + place / 10}")
        text = "unit,A1\n" + "\n".join(rows) + "\n"
        import_values(Source("q.csv", text.encode()), Options(period=quarter), by=None)


def test_run_and_list(call, slip) -> None:
    done = call("quality", "run")
    assert done.exit_code == 0, done.output
    assert "湖城市 2026-Q1: 15 values, 1 flags (1 new, 0 closed)" in done.output
    assert "东县 2026-Q1: 15 values, 1 flags (1 new" in call("quality", "run", "2026-Q1", "--root", "C1").output
    listed = call("quality", "list", "--kind", "outlier", "--root", "C101")
    assert "荷塘村" in listed.output
    assert "1,043" in listed.output
    assert "荷塘村" not in call("quality", "list", "--state", "closed").output
    assert (
        call("quality", "list", "--state", "all").output.count("荷塘村") == 2
    )  # of the city's run and of the county's


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "2031-Q1"), "no values"),
        (("run", "yesterday"), "not a period"),
        (("run", "2026-Q1", "--root", "XX"), "no unit XX"),
        (("list", "--state", "shut"), "none of open"),
        (("list", "--kind", "odd"), "none of rule"),
    ],
)
def test_what_is_called_wrongly(call, slip, words, said: str) -> None:
    answer = call("quality", *words)
    assert answer.exit_code == 1
    assert said in answer.output


def test_without_values(call, db) -> None:
    answer = call("quality", "run")
    assert answer.exit_code == 1
    assert "no values yet" in answer.output
