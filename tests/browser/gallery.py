"""A page with every chart and component, for tests alone: nothing links to it and no installation serves it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import include, path

from kanjian import charts

PAGE = """{% extends "base.html" %}{% load kanjian %}
{% block title %}Gallery{% endblock %}{% block heading %}Gallery{% endblock %}
{% block content %}<div class="kj-stack">{% for name, record in records.items %}
{% card title=name %}{% chart record title=name name=name %}<table class="kj-table kj-table-tight">
<thead><tr><th scope="col">A</th><th scope="col" class="kj-right">B</th></tr></thead>
<tbody><tr><td>a</td><td class="kj-right">1.00</td></tr></tbody></table>
{% endchart %}{% endcard %}{% endfor %}</div>{% endblock %}"""


def square(code: str, west: float, south: float) -> dict:
    """A square of a tenth of a degree."""
    corners = [[0, 0], [0.1, 0], [0.1, 0.1], [0, 0.1], [0, 0]]
    ring = [[west + x, south + y] for x, y in corners]
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def boundaries(_request: HttpRequest) -> JsonResponse:
    """Four squares."""
    squares = [square(f"C{i}", 120 + 0.1 * (i % 2), 30.8 + 0.1 * (i // 2)) for i in range(4)]
    return JsonResponse({"type": "FeatureCollection", "features": squares})


NAMES = ["产业发展", "集体经济", "村民增收", "人居环境", "乡风文明", "基层治理"]
PERIODS = [f"{year}-Q{quarter}" for year in (2025, 2026) for quarter in (1, 2, 3, 4)]
EDGES = [40.0 + 5 * i for i in range(12)]


def standing() -> dict[str, charts.Record]:
    """Where a unit stands: distribution, radar with and without a gap, rank intervals."""
    axes = [charts.Axis(name, 100) for name in NAMES]
    spread = {
        "平原": [2, 5, 9, 18, 30, 44, 51, 38, 20, 9, 3],
        "山区": [4, 9, 21, 40, 52, 37, 20, 11, 5, 2, 0],
        "城郊": [0, 1, 2, 5, 14, 25, 40, 47, 33, 15, 6],
    }
    lines = [
        charts.Line("荷塘村", [82, 64, 71, 90, 55, 77], "unit"),
        charts.Line("赛道中位", [70, 68, 66, 72, 70, 69], "median"),
        charts.Line("赛道最好", [95, 92, 90, 97, 94, 93], "best"),
    ]
    rows = [charts.Span(f"第 {i} 村", max(1, i - 3), i + 4, i, here=i == 6) for i in range(1, 15)]
    return {
        "distribution": charts.Distribution(
            [charts.Bins(name, EDGES, counts) for name, counts in spread.items()],
            [charts.Mark("本村 71.2", 71.2, "unit"), charts.Mark("良好 80", 80.0)],
        ),
        "radar": charts.Radar(axes, lines),
        "radar-with-gap": charts.Radar(axes, [charts.Line("石桥村", [82, None, 71, 90, 55, 77], "unit")]),
        "intervals": charts.Intervals(rows, 38),
    }


def courses() -> dict[str, charts.Record]:
    """How it came: exact parts, scores and places over time."""
    causes = {"自身变化": 3.5, "别人变化": -0.75, "上下限变化": -1.25, "方法变化": 0.0}
    parts = [charts.Part(name, value) for name, value in causes.items()]
    lines = [
        charts.Line("荷塘村", [61.0, 62.5, 63.1, None, 66.2, 67.0, 66.4, 69.75], "unit"),
        charts.Line("赛道中位", [64, 64.5, 64.8, 65, 65.5, 65.9, 66.1, 66.4], "median"),
    ]
    return {
        "waterfall": charts.Waterfall(charts.Part("2026-Q1", 68.25), parts, charts.Part("2026-Q2", 69.75)),
        "history": charts.History(PERIODS, lines, breaks=[4]),
        "history-ranks": charts.History(
            PERIODS,
            [charts.Line("荷塘村", [31, 28, 27, None, 22, 20, 21, 14], "unit")],
            low=[24, 21, 20, None, 15, 14, 15, 8],
            high=[40, 36, 35, None, 30, 27, 29, 21],
            ranks=True,
        ),
    }


def maps() -> dict[str, charts.Record]:
    """Areas by value, points on areas, points alone."""
    medians = [61.2, 70.4, None, 66.0]
    areas = [charts.MapArea(f"C{i}", f"{i} 县", value, f"/help/?area={i}") for i, value in enumerate(medians)]
    places = [
        charts.MapPlace(
            f"第 {i} 村", 120.02 + 0.031 * (i % 6), 30.82 + 0.027 * (i // 6), 50 + 1.3 * i, f"/help/?unit={i}"
        )
        for i in range(30)
    ]
    return {
        "map": charts.Map("/boundaries.geojson", areas, measure="得分中位数"),
        "map-places": charts.Map("/boundaries.geojson", places=places),
        "map-without-boundaries": charts.Map("", places=places),
    }


def records() -> dict[str, charts.Record]:
    """One record of every kind, and those with gaps."""
    return standing() | courses() | maps()


def gallery(request: HttpRequest) -> HttpResponse:
    """All of them, or one by ``?only=``."""
    chosen = {name: record for name, record in records().items() if request.GET.get("only", name) == name}
    return HttpResponse(engines["django"].from_string(PAGE).render({"records": chosen}, request))


urlpatterns = [
    path("gallery/", gallery),
    path("boundaries.geojson", boundaries),
    path("", include("kanjian.urls")),
]
