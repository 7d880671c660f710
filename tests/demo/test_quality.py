"""The surprises that are planted in the sample turn up on the review list, and the list stays short enough to read."""

import polars as pl
import pytest

from kanjian.demo import places
from kanjian.demo.city import City
from kanjian.demo.surprises import MISSED_ROUND, SLIP, WINDFALLS
from kanjian.demo.values import PERIODS, catalogue
from kanjian.measures.entry_context import ReadyRule
from kanjian.measures.models import Rule
from kanjian.measures.quality import Found, Material, check_all
from kanjian.measures.rule_files import read_rules
from kanjian.measures.validation import cells_of, parse
from kanjian.orgs.models import Unit
from kanjian.tables import Source

RULES = Source("rules.csv", (places.DATA / "rules.csv").read_bytes())
CLEAN = PERIODS.index("2026-Q3")  # the last quarter: nothing is planted there


def rules() -> tuple[ReadyRule, ...]:
    return tuple(ReadyRule(Rule(code=row.code, **row.columns())) for row in read_rules(RULES))


def limits() -> pl.DataFrame:
    numbers = [
        (row["code"], int(row["decimals"]), float(row["minimum"]), float(row["maximum"]), row["source"], order)
        for order, row in enumerate(catalogue())
    ]
    names = ["indicator", "decimals", "minimum", "maximum", "source", "order"]
    return pl.DataFrame(numbers, schema=names, orient="row")


@pytest.fixture(scope="module")
def found(city: City) -> dict[int, list[Found]]:
    """What the checks find in the quarters in which something is planted, and in one in which nothing is."""
    townships = city.villages.select(unit="code", group="township")
    values = (
        city.values.filter(pl.col("value").is_not_null())
        .join(townships, on="unit")
        .with_columns(kind=pl.lit("village"))
    )
    answer = {}
    for quarter in (*WINDFALLS, SLIP, CLEAN):
        steps = {code: place - quarter for place, code in enumerate(PERIODS) if place <= quarter}
        past = values.filter(pl.col("period").is_in(list(steps)))
        numbered = past.with_columns(pl.col("period").replace_strict(steps, return_dtype=pl.Int64))
        material = Material(Unit(code="3305"), PERIODS[quarter], 4, numbered, limits(), rules(), ())
        answer[quarter] = check_all(material)
    return answer


def of(found: list[Found], kind: str, indicator: str) -> list[Found]:
    return [each for each in found if (each.kind, each.indicator) == (kind, indicator)]


@pytest.mark.parametrize("quarter", WINDFALLS)
def test_every_windfall_is_asked_about(city: City, found: dict[int, list[Found]], quarter: int) -> None:
    noted = city.values.filter((pl.col("note") == "含一次性资产处置收入") & (pl.col("period") == PERIODS[quarter]))
    (village,) = noted["unit"]
    assert village in {each.unit for each in of(found[quarter], "outlier", "B1")}
    if quarter >= 4:  # a year before is in the sample
        assert "income-not-tripled" in {each.rule for each in found[quarter] if each.unit == village}


def test_the_lost_decimal_point_is_the_strongest_of_its_quarter(found: dict[int, list[Found]]) -> None:
    (slip,) = of(found[SLIP], "outlier", "D2")
    assert slip.strength == max(each.strength for each in found[SLIP] if each.kind == "outlier")
    assert slip.numbers["value"] > 5 * slip.numbers["base"]
    assert slip.unit in {each.unit for each in found[SLIP] if each.rule == "errands-not-tenfold"}


def test_the_township_with_one_score_for_all_is_named(found: dict[int, list[Found]]) -> None:
    township, quarter = MISSED_ROUND
    (uniform,) = [each for each in found[quarter] if each.kind == "uniform"]
    assert (uniform.unit, uniform.indicator, uniform.numbers["value"]) == (township, "C8", 95.0)
    assert uniform.numbers["equal"] == uniform.numbers["n"]


def test_the_list_can_be_read(found: dict[int, list[Found]]) -> None:
    """At most 3 in 1,000 of some 40,000 cells, and nothing about guessed digits, copied sheets or crowding."""
    for quarter, asked in found.items():
        assert len(asked) < 130, PERIODS[quarter]
        assert {each.kind for each in asked} <= {"outlier", "rule", "copy_forward", "uniform"}
    assert [each for each in found[CLEAN] if each.kind == "uniform"] == []


def test_the_rules_of_the_sample_name_indicators_of_the_sample() -> None:
    known = {row["code"] for row in catalogue()}
    rows = read_rules(RULES)
    assert len(rows) >= 8
    for row in rows:
        read = cells_of(parse(row.left)) | cells_of(parse(row.right))
        assert {cell.code for cell in read} <= known, row.code
        assert row.instruction_en
    assert {row.importance for row in rows} == set(Rule.Importance.values)
