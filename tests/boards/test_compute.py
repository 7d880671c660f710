"""An edition: right by hand, the same bit for bit every time, and honest about what cannot be compared."""

import subprocess
import sys
from itertools import pairwise
from math import fsum
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings

from kanjian.boards.actions import add_scheme_version
from kanjian.boards.inputs import read_column, release_values
from kanjian.boards.models import Edition
from kanjian.boards.recomputing import build, verify
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.store.editions import TABLES, open_edition
from kanjian.boards.store.folders import StoreError
from kanjian.boards.store.hashing import json_hash
from kanjian.boards.store.releases import folder_of as releases_folder
from kanjian.boards.store.releases import read_release
from kanjian.calendars.periods import Period
from kanjian.measures.models import Value
from kanjian.orgs.models import Membership, Track
from kanjian.scoring import Scheme

from .conftest import PERIODS, scheme_text

pytestmark = pytest.mark.django_db


def value(unit: str, indicator: str, period: str = "2025-Q4") -> float:
    return Value.objects.get(unit__code=unit, indicator__code=indicator, period=period).value


def test_one_village_by_hand(computed) -> None:
    """The whole chain from the cells of the database to the score, written out."""
    edition = computed()
    near = [f"V{n:03d}" for n in range(18)]
    incomes = [value(unit, "B1") for unit in near]
    growth = {
        unit: min(
            50.0, max(-50.0, 100 * (value(unit, "B1") - value(unit, "B1", "2025-Q3")) / value(unit, "B1", "2025-Q3"))
        )
        for unit in [*near, *(f"V{n:03d}" for n in range(18, 28))]
    }
    stars = {5.0: 100, 4.0: 80, 3.0: 50}
    a = (2 * min(value("V005", "A1") / 92, 1) * 100 + stars[value("V005", "A2")]) / 3
    b1 = 100 * (value("V005", "B1") - min(incomes)) / (max(incomes) - min(incomes))
    b2 = 100 * (growth["V005"] - min(growth.values())) / (max(growth.values()) - min(growth.values()))
    b3 = max(0.0, 100 - 20 * value("V005", "B3"))
    expected = 0.4 * a + 0.6 * (b1 + b2 + b3) / 3 + min(3.0, value("V005", "F"))
    row = files_of(edition).detail("V005")
    assert row["score"] == pytest.approx(expected, abs=1e-9)
    assert row["points.A"] == pytest.approx(a, abs=1e-9)
    assert row["value.B2"] == pytest.approx(growth["V005"], abs=1e-9)
    assert row["input.B1@-1"] == value("V005", "B1", "2025-Q3")


def test_places_are_places_in_the_track(computed) -> None:
    scores = files_of(computed()).table("scores")
    for track, part in scores.group_by("track"):
        ranked = part.drop_nulls("track_rank")
        expected = ranked["score"].rank("min", descending=True)
        assert ranked["track_rank"].to_list() == expected.to_list(), track
        assert set(ranked["track_size"]) == {ranked.height}
    assert scores["position"].to_list() == list(range(30))
    order = scores.select("track", "track_rank").to_dicts()
    assert [row["track"] for row in order] == ["near"] * 18 + ["far"] * 12
    assert [row["track_rank"] for row in order[-2:]] == [None, None]


def test_units_without_enough_data_are_not_ranked_and_it_says_why(computed) -> None:
    files = files_of(computed())
    assert {code: files.row(code)["reason"] for code in ("V028", "V029", "V005")} == {
        "V028": "missing",
        "V029": "coverage",
        "V005": None,
    }
    assert files.row("V028")["score"] is None
    assert files.summary["ranked"] == 28


def test_not_applicable_is_not_missing(computed) -> None:
    """V010 has no stars to earn: its attendance alone makes the dimension, and its coverage is whole."""
    row = files_of(computed()).detail("V010")
    assert row["points.A"] == pytest.approx(row["points.A1"])
    assert row["coverage"] == 1.0
    earlier = files_of(computed("2025-Q3")).detail("V010")
    assert earlier["coverage"] < 1.0


def test_a_veto_with_its_document_caps_the_band_only(computed) -> None:
    row = files_of(computed()).detail("V003")
    assert "veto" in row["flags"]
    assert row["band"] in {"B", "C"}
    assert row["text.V@note"] == "湖纪〔2025〕3号"


def test_rank_intervals_hold_the_place(computed) -> None:
    files = files_of(computed())
    ranked = files.table("scores").drop_nulls("track_rank")
    assert ranked["rank_low"].null_count() == 0
    assert ((ranked["rank_low"] >= 1) & (ranked["rank_high"] <= ranked["track_size"])).all()
    assert (ranked["rank_low"] <= ranked["rank_high"]).all()
    inside = (ranked["rank_low"] <= ranked["track_rank"]) & (ranked["track_rank"] <= ranked["rank_high"])
    assert inside.mean() > 0.8
    assert files.summary["intervals"] == {"draws": 1000, "seed": 20260101, "spread": 0.25, "reason": None}


def test_the_same_inputs_give_the_same_hash(season, home) -> None:
    for edition in season:
        files = files_of(edition)
        history = list(files.manifest.identity["history"])
        again = build(home, Scheme.load(edition.scheme.text), edition.release.hash, history).identity()
        assert json_hash(again) == edition.hash
        assert again == files.manifest.identity


def test_another_process_with_other_threads_gives_the_same_hash(season, home) -> None:
    edition = season[-1]
    script = (
        "import sys; from pathlib import Path; from kanjian.boards.recomputing import verify\n"
        "found = verify(Path(sys.argv[1]), sys.argv[2])\n"
        "assert found.holds, found"
    )
    setup = "import os, django; os.environ['POLARS_MAX_THREADS'] = '1'; django.setup()\n"
    environment = {
        "DJANGO_SETTINGS_MODULE": "kanjian.settings",
        "KANJIAN_SECRET_KEY": "only-for-tests",
        "KANJIAN_HOME": str(home / "elsewhere"),
        "POLARS_MAX_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-c", setup + script, str(home), edition.hash]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_verification_finds_whatever_was_touched(season, home) -> None:
    edition = season[-1]
    assert verify(home, edition.hash).holds
    folder = home / "editions" / edition.hash
    table = pl.read_parquet(folder / "scores.parquet")
    forged = table.with_columns(score=pl.when(pl.col("position") == 0).then(99.9).otherwise(pl.col("score")))
    forged.write_parquet(folder / "scores.parquet")
    found = verify(home, edition.hash)
    assert not found.holds
    assert any("scores.parquet" in each for each in found.differences)


def test_a_forged_release_is_found_even_when_the_manifest_agrees(season, home) -> None:
    edition = season[-1]
    path = releases_folder(home) / edition.release.hash / "values.parquet"
    table = pl.read_parquet(path)
    table.with_columns(value=pl.col("value") + 1).write_parquet(path)
    with pytest.raises(StoreError) as caught:
        verify(home, edition.hash)
    assert caught.value.code == "different"


def test_the_hash_names_every_table(season) -> None:
    identity = files_of(season[-1]).manifest.identity
    assert set(identity["tables"]) == set(TABLES)
    assert len(set(identity["tables"].values())) == len(TABLES)
    assert identity["history"] == [edition.hash for edition in season[:-1]]


def test_movement_and_sparkline_count_from_the_editions_before(season) -> None:
    rows = [files_of(edition).row("V001") for edition in season]
    assert rows[0]["movement"] is None
    assert rows[0]["movement_reason"] == "first"
    for before, after in pairwise(rows):
        assert after["movement"] == before["track_rank"] - after["track_rank"]
    assert rows[-1]["sparkline"] == [row["score"] for row in rows]
    assert files_of(season[-1]).row("V028")["movement_reason"] == "unranked"


def test_another_method_is_not_compared(villages, published) -> None:
    published("2025-Q3")
    version = add_scheme_version(villages.board, scheme_text("2025.2", 50), valid_from="2025-Q4", by=None)
    files = files_of(published("2025-Q4", version))
    scores = files.table("scores")
    assert scores["movement"].null_count() == 30
    assert set(scores["movement_reason"]) == {"scheme"}
    assert files.summary["movement_reason"] == "scheme"
    assert scores["sparkline"].list.len().unique().to_list() == [2]


def test_a_track_with_other_members_is_not_compared_the_others_are(villages, published) -> None:
    published("2025-Q3")
    Membership.objects.filter(unit__code="V017").update(track=Track.objects.get(code="far"))
    Value.objects.filter(indicator__code="F", period="2025-Q4").update(value=0)
    scores = files_of(published("2025-Q4")).table("scores")
    assert set(scores["movement_reason"].drop_nulls()) == {"membership"}
    assert scores["movement"].null_count() == 30  # V017 left one track and entered the other


def test_a_track_whose_members_stayed_is_compared(villages, published) -> None:
    published("2025-Q3")
    villages.units[20].valid_to = "2025-10-01"
    villages.units[20].save()
    scores = files_of(published("2025-Q4")).table("scores")
    near, far = scores.filter(track="near"), scores.filter(track="far")
    assert near["movement"].null_count() == 0
    assert set(far["movement_reason"]) == {"membership"}
    assert scores.height == 29


def test_corrected_cells_of_the_edition_before_are_known(villages, published) -> None:
    published("2025-Q3")
    assert files_of(published("2025-Q4")).corrections.is_empty()
    was = value("V004", "A1", "2025-Q3")
    Value.objects.filter(unit__code="V004", indicator__code="A1", period="2025-Q3").update(value=was - 10)
    found = files_of(published("2025-Q4")).corrections
    assert found.rows() == [("V004", "A1", was, was - 10)]


def test_figures_beside_the_scores_agree_with_them(computed) -> None:
    files = files_of(computed())
    scores = files.table("scores")
    for row in files.tracks.iter_rows(named=True):
        part = scores.slice(row["offset"], row["count"])
        assert set(part["track"]) == {row["track"]}
        present = part["score"].drop_nulls().to_list()
        assert row["mean"] == fsum(present) / len(present)
        assert row["median"] == pytest.approx(part["score"].median())
        assert sum(row["histogram"]) == len(present)
    for row in files.areas.iter_rows(named=True):
        part = scores.filter(pl.col(row["level"]) == row["code"])
        assert (row["units"], row["ranked"]) == (part.height, part["rank"].count())
        assert row["best"] == part["score"].max()
        assert sum(row["bands"]) == part["band"].count()
    nodes = files.nodes("near")
    details = files.table("details").filter(track="near")
    for row in nodes.iter_rows(named=True):
        assert row["median"] == pytest.approx(details[f"points.{row['node']}"].median())
        assert row["best"] == details[f"points.{row['node']}"].max()
    assert sum(files.summary["histogram"]) == scores["score"].count()
    assert sum(band["count"] for band in files.summary["bands"]) == scores["band"].count()


def test_eight_editions_make_a_sparkline(season, home) -> None:
    """No more are read than are shown."""
    history = [edition.hash for edition in season]
    assert len(history) == len(PERIODS)
    tables = build(home, Scheme.load(season[-1].scheme.text), season[-1].release.hash, history).tables
    assert tables["scores"]["sparkline"].list.len().unique().to_list() == [len(PERIODS) + 1]


@pytest.mark.parametrize(
    ("column", "indicator", "period", "is_note"),
    [
        ("B1", "B1", "2025-Q2", False),
        ("B1@-1", "B1", "2025-Q1", False),
        ("B1@-4", "B1", "2024-Q2", False),
        ("B1@last_year", "B1", "2024-Q2", False),
        ("A8@note", "A8", "2025-Q2", True),
    ],
)
def test_columns_name_indicators_and_periods(column: str, indicator: str, period: str, is_note: bool) -> None:
    assert read_column(column, Period.parse("2025-Q2")) == (indicator, period, is_note)


def test_a_word_that_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="last_year"):
        read_column("B1@yesterday", Period.parse("2025-Q2"))


def test_a_scheme_may_read_any_attribute_of_a_unit_as_a_group(villages, published, home) -> None:
    edition = published()
    release = read_release(home, edition.release.hash)
    text = scheme_text("x").replace("tracks: {by: track}", "tracks: {by: population}")
    values = release_values(Scheme.load(text), release)
    assert values.frame["population"].to_list()[:2] == ["1000", "1001"]


def test_an_edition_that_is_not_there_says_so(home: Path) -> None:
    with pytest.raises(StoreError) as caught:
        open_edition(settings.HOME, "0" * 64)
    assert caught.value.code == "missing"
    assert not Edition.objects.exists()


def test_names_are_those_of_the_period(villages, computed, administrator) -> None:
    """A village renamed later keeps the old name in the old edition, with the spelling that finds it."""
    from datetime import date

    from kanjian.orgs.actions.rename_unit import rename_unit

    rename_unit(villages.units[4], name="新荷村", day=date(2026, 2, 1), document="民〔2026〕1号", by=administrator)
    rename_unit(villages.units[4], name="大荷村", day=date(2026, 3, 1), document="民〔2026〕2号", by=administrator)
    row = files_of(computed()).row("V004")
    assert (row["name"], row["name_en"], row["initials"]) == ("村04", "", "c04")
