"""Chart records refuse what does not add up, and reach the page as data that cannot become markup."""

import json
import re
from dataclasses import asdict

import pytest
from django.template import Context, Template
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from kanjian import charts


def test_waterfall_must_add_up():
    with pytest.raises(ValueError, match=r"68.0 and its parts give 70.0, not 70.1"):
        charts.Waterfall(charts.Part("a", 68.0), [charts.Part("b", 2.0)], charts.Part("c", 70.1))


@given(st.lists(st.floats(-100, 100), max_size=30), st.floats(0, 100))
def test_waterfall_takes_exact_parts(parts, start):
    from math import fsum

    record = charts.Waterfall(
        charts.Part("a", start), [charts.Part("p", value) for value in parts], charts.Part("z", fsum([start, *parts]))
    )
    assert len(record.parts) == len(parts)


@pytest.mark.parametrize(
    "make",
    [
        lambda: charts.Bins("x", [0, 1], [1, 2]),
        lambda: charts.Radar([charts.Axis("a", 100)], [charts.Line("u", [1, 2])]),
        lambda: charts.History(["2026-Q1"], [charts.Line("u", [1.0, 2.0])]),
        lambda: charts.History(["2026-Q1"], [charts.Line("u", [1.0])], low=[1.0]),
    ],
)
def test_lengths_must_agree(make):
    with pytest.raises(ValueError, match=r"x|u|low"):
        make()


@pytest.mark.parametrize(
    "record",
    [
        charts.Distribution([charts.Bins("近郊", [0.0, 50.0, 100.0], [3, 4])], [charts.Mark("优秀", 75.0)]),
        charts.Radar([charts.Axis("产业", 100.0)], [charts.Line("荷塘村", [None], "unit")]),
        charts.Waterfall(charts.Part("a", 1.0), [charts.Part("b", 0.5)], charts.Part("c", 1.5)),
        charts.History(["2026-Q1", "2026-Q2"], [charts.Line("荷塘村", (61.0, None))], breaks=[1]),
        charts.Intervals([charts.Span("荷塘村", 1, 4, 2, here=True)], 38),
        charts.Map("/map/", [charts.MapArea("C1", "东县", 61.5)], [charts.MapPlace("村", 120.1, 30.9, None)], "中位数"),
        charts.Map("", links=[charts.MapLink("a", (120.0, 30.0), (121.0, 31.0), marked=True)]),
    ],
)
def test_every_field_of_every_part_reaches_the_page(record):
    assert json.loads(charts.as_json(record)) == json.loads(json.dumps({**asdict(record), "words": charts.words()}))


def test_labels_may_be_translated_late():
    late = charts.as_json(charts.Intervals([charts.Span(gettext_lazy("得分"), 1, 2, 1)], 3))
    assert json.loads(late)["rows"][0]["label"] == "得分"


def test_data_in_the_page_cannot_end_its_element():
    record = charts.Intervals([charts.Span("</script><script>alert(1)</script>&", 1, 2, 1)], 3)
    source = "{% load kanjian %}{% chart record title='T' %}<table></table>{% endchart %}"
    html = Template(source).render(Context({"record": record}))
    data = re.search(r"<script[^>]*>(.*?)</script>", html, re.DOTALL)[1]
    assert "<" not in data
    assert json.loads(data)["rows"][0]["label"] == "</script><script>alert(1)</script>&"
    assert "<table></table>" in html


def test_unknown_place_of_the_table_is_refused():
    record = charts.Intervals([], 3)
    with pytest.raises(ValueError, match="must be one of beside"):
        Template("{% load kanjian %}{% chart record title='T' table='left' %}{% endchart %}").render(
            Context({"record": record})
        )
