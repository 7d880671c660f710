import json

import numpy as np
import polars as pl
import pytest

from kanjian.demo import geography, names, places, polygons
from kanjian.demo.city import City, make_city
from kanjian.demo.surprises import REGISTERS
from kanjian.demo.values import PERIODS, catalogue

COUNTED = r"^[A-E]\d"


def wide(city: City, period: str = PERIODS[-1]) -> pl.DataFrame:
    cells = city.values.filter(pl.col("period") == period)
    return cells.pivot("indicator", index="unit", values="value").join(city.villages, left_on="unit", right_on="code")


def spearman(frame: pl.DataFrame, a: str, b: str) -> float:
    return float(frame.select(pl.corr(a, b, method="spearman")).item())


def test_public_places():
    assert len(places.counties()) == 7
    assert sum(seat.county == "330502" for seat in places.townships()) == 14
    assert sum(seat.villages for seat in places.townships()) == 914
    assert len(places.departments()) >= 20
    assert {seat.county for seat in places.townships()} == {county.code for county in places.counties()}


def test_counts(city: City):
    last = city.values.filter(pl.col("period") == PERIODS[-1])
    assert last["unit"].n_unique() == 914
    assert city.villages.height == 916  # two of them ended when a third began
    assert PERIODS == ("2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
    assert city.villages["track"].value_counts()["count"].min() > 100
    assert city.villages["track"].n_unique() == 3
    drawn = {code for code in city.values["indicator"].unique() if not code.startswith("V")}
    counted = {f"{rate}n" for rate in ("D3", "D4", "D5", "E3", "E4", "E5")}  # how many cases a rate is of
    assert drawn - counted == {row["code"] for row in places.rows("indicators.csv")} - {"F3"}  # F3 comes from ranks
    assert counted <= drawn


def test_the_same_seed_makes_the_same_city(city: City):
    assert make_city().fingerprint == city.fingerprint
    assert make_city(seed=7).fingerprint != city.fingerprint


def test_values_respect_what_the_catalogue_allows(city: City):
    limits = pl.DataFrame(catalogue()).select(
        pl.col("code").alias("indicator"),
        pl.col("minimum", "maximum").cast(pl.Float64),
        pl.col("decimals").cast(pl.Int32),
    )
    cells = city.values.join(limits, on="indicator").filter(pl.col("value").is_not_null())
    assert cells.filter((pl.col("value") < pl.col("minimum")) | (pl.col("value") > pl.col("maximum"))).is_empty()
    scaled = pl.col("value") * pl.lit(10.0).pow(pl.col("decimals"))
    assert cells.filter((scaled - scaled.round()).abs() > 1e-6).is_empty()


@pytest.mark.parametrize(
    ("indicator", "low", "high"),
    [("A3", 82, 98), ("B1", 80, 420), ("B2", -10, 40), ("B3", 35_000, 70_000), ("C8", 80, 98), ("E3", 53, 100)],
)
def test_levels_are_those_of_the_public_table(city: City, indicator: str, low: float, high: float):
    value = city.values.filter(pl.col("indicator") == indicator)["value"].drop_nulls()
    assert low < value.quantile(0.05) < value.median() < value.quantile(0.95) <= high


def test_status_and_value_agree(city: City):
    present = pl.col("status") == "present"
    assert city.values.filter(present & (pl.col("value").is_null() | pl.col("value").is_nan())).is_empty()
    assert city.values.filter(~present & pl.col("value").is_not_null()).is_empty()


def test_about_two_per_cent_are_missing_and_gaps_come_in_clusters(city: City):
    counted = city.values.filter(
        pl.col("indicator").str.contains(COUNTED) & ~pl.col("indicator").is_in(list(REGISTERS))
    )
    missing = counted.with_columns((pl.col("status") == "missing").alias("missing"))
    assert 0.015 < missing["missing"].mean() < 0.03
    shares = missing.group_by("indicator", "period", pl.col("unit").str.head(6)).agg(pl.col("missing").mean())[
        "missing"
    ]
    assert shares.max() > 0.3  # a whole feed failed
    assert (shares < 0.05).mean() > 0.8  # nearly all others arrived


def test_not_applicable_follows_the_villages(city: City):
    dry = city.villages.filter(pl.col("cropland_mu") == 0)["code"]
    cells = city.values.filter(pl.col("indicator") == "B6")
    without = cells.filter(pl.col("unit").is_in(dry.to_list()))
    assert len(dry) > 10
    assert (without["status"] == "not_applicable").all()
    assert (cells.filter(~pl.col("unit").is_in(dry.to_list()))["status"] != "not_applicable").all()


def test_correlations_have_the_right_sign(city: City):
    frame = wide(city)
    assert spearman(frame, "B1", "distance_km") < -0.2
    assert spearman(frame, "B1", "B9") > 0.3
    assert spearman(frame, "B1", "B3") > 0.5
    assert spearman(frame, "A1", "C9") > 0.3
    assert spearman(frame, "E1", "E2") > 0.2
    assert spearman(frame, "D5", "E4") < -0.05
    assert spearman(frame, "C6", "A1") < -0.1
    assert spearman(frame, "C8", "forest_mu") > 0.1


def test_growth_is_computed_from_income(city: City):
    income = city.values.filter(pl.col("indicator") == "B1").select("unit", "period", "value", "status")
    growth = city.values.filter(pl.col("indicator") == "B2").select("unit", "period", "value")
    now, before = (income.filter(pl.col("period") == p) for p in ("2026-Q3", "2025-Q3"))
    joined = now.join(before, on="unit", suffix="_before").join(growth.filter(pl.col("period") == "2026-Q3"), on="unit")
    joined = joined.drop_nulls(["value", "value_before", "value_right"])
    expected = 100 * (joined["value"] / joined["value_before"] - 1)
    assert joined.height > 850
    assert (expected - joined["value_right"]).abs().max() < 0.35  # both incomes are rounded to a decimal


def test_quarters_move_but_modestly(city: City):
    before, after = (wide(city, p) for p in PERIODS[-2:])
    both = before.join(after, on="unit", suffix="_after")
    for code, least in (("A1", 0.85), ("B1", 0.95), ("B6", 0.9), ("C1", 0.8)):
        assert least < both.select(pl.corr(code, f"{code}_after", method="spearman")).item() < 1


def test_seasons_show(city: City):
    mean = city.values.filter(pl.col("indicator") == "C8").group_by("period").agg(pl.col("value").mean())
    by_quarter = dict(mean.iter_rows())
    assert by_quarter["2025-Q3"] < by_quarter["2025-Q2"]  # storms and weeds in the third quarter


def test_the_merger(city: City):
    heir = city.villages.filter(pl.col("code") == city.merger.successor).row(0, named=True)
    pair = city.villages.filter(pl.col("code").is_in(city.merger.predecessors))
    assert heir["valid_from"] == city.merger.day
    assert pair["valid_to"].to_list() == [city.merger.day] * 2
    assert pair["population"].sum() == heir["population"]
    assert set(pair["township"]) == {heir["township"]}
    periods = city.values.filter(pl.col("unit") == city.merger.successor)["period"].unique().sort().to_list()
    assert periods == list(PERIODS[3:])
    gone = city.values.filter(pl.col("unit") == city.merger.predecessors[0])["period"].unique().sort().to_list()
    assert gone == list(PERIODS[:3])


def test_surprises_carry_notes(city: City):
    notes = city.values.filter(pl.col("note") != "")
    assert notes.filter(pl.col("note").str.contains("统一计95分"))["value"].drop_nulls().unique().to_list() == [95.0]
    vetoes = city.values.filter(pl.col("indicator").str.starts_with("V") & (pl.col("value") > 0))
    assert vetoes.height == 4
    assert vetoes["note"].str.contains("虚构").all()
    rates = notes.filter((pl.col("indicator") == "E3") & (pl.col("status") == "present"))
    cases = rates["note"].str.strip_prefix("n=").cast(pl.Int64)
    assert cases.min() >= 5
    hits = rates["value"] * cases / 100
    assert ((hits - hits.round()).abs() < 0.0006 * cases).all()  # the rate is a count over n, to one decimal


def test_every_village_lies_in_its_township_and_townships_do_not_overlap(city: City):
    rings = city.geography.townships
    for (township,), group in city.villages.group_by("township"):
        points = group.select("longitude", "latitude").to_numpy()
        assert polygons.inside(rings[str(township)], points).all(), township
        others = [code for code, ring in rings.items() if polygons.inside(ring, points).any()]
        assert others == [township]


def test_the_map_is_sound(city: City):
    assert len(city.geography.city) == 1
    assert not any(polygons.crosses_itself(ring) for ring in city.geography.townships.values())
    whole = polygons.area(city.geography.city[0])
    assert sum(polygons.area(ring) for ring in city.geography.townships.values()) == pytest.approx(whole, rel=1e-9)
    for seat in places.townships():
        assert polygons.inside(city.geography.townships[seat.code], np.array([[seat.longitude, seat.latitude]]))[0]


def test_geojson(city: City):
    collection = geography.geojson(city.geography, places.counties(), places.townships())
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    assert len(text) < 150_000
    levels = [feature["properties"]["level"] for feature in collection["features"]]
    assert (levels.count("county"), levels.count("township")) == (7, 72)
    for feature in collection["features"]:
        shapes = feature["geometry"]["coordinates"]
        rings = shapes if feature["geometry"]["type"] == "Polygon" else [ring for shape in shapes for ring in shape]
        assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in rings)


def test_names_are_invented_and_unique(city: City):
    assert city.villages["name"].n_unique() == city.villages.height
    assert not {name.removesuffix("村") for name in city.villages["name"]} & names.WELL_KNOWN
    assert city.villages["name_en"].str.ends_with(" Village").all()
    assert names.romanise("云溪村") == "Yunxi Village"
    assert names.romanise("东安村") == "Dong'an Village"
