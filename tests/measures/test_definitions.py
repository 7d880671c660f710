"""Tables of indicators, read by the common reader."""

from kanjian.measures.definitions import read_definitions
from kanjian.measures.intake import Source


def test_titles_may_stand_above_the_headings_and_a_unit_of_measure_is_no_unit() -> None:
    text = "单位：湖城市,,\n指标编码,指标名称,计量单位\nA1,集体经济收入,万元\n"
    (found,) = read_definitions(Source("a.csv", text.encode("gb18030")))
    assert (found.code, found.name, found.unit) == ("A1", "集体经济收入", "万元")
