"""Boundaries for maps: what is refused and why, who may load them, and that half a map is never seen."""

import copy
import json
import os
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjian.ledger.models import Event
from kanjian.orgs.actions.load_map import load_map
from kanjian.orgs.maps import MOST_FEATURES, MapError, checked_map, has_map, map_path

SQUARE = [[120.0, 30.0], [120.1, 30.0], [120.1, 30.1], [120.0, 30.1], [120.0, 30.0]]


def area(code: object = "C1", coordinates: object = None, kind: str = "Polygon") -> dict:
    """One feature; a square unless other coordinates are given."""
    geometry = {"type": kind, "coordinates": [SQUARE] if coordinates is None else coordinates}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def test_a_good_map_is_kept_as_it_is() -> None:
    features = [area("C1"), area("C2", [[[*SQUARE]], [[*SQUARE]]], "MultiPolygon")]
    assert checked_map(collection(*features))["features"] == features


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"type":\n "FeatureCollection",', "第 2 行不是 JSON"),
        ("[" * 100_000, "不是 JSON|嵌套太深"),
        ("[]", "FeatureCollection"),
        ('"text"', "FeatureCollection"),
        (collection(), "至少有一个"),
        (json.dumps({"type": "FeatureCollection"}), "FeatureCollection"),
        (json.dumps({"type": "GeometryCollection", "features": [area()]}), "FeatureCollection"),
        (collection(*[{}] * (MOST_FEATURES + 1)), f"最多 {MOST_FEATURES}"),
        (collection("feature"), "第 1 个 feature 缺少 properties.code"),
        (collection({"type": "Feature", "properties": None, "geometry": area()["geometry"]}), "缺少 properties.code"),
        (collection(area(code=7)), "缺少 properties.code"),
        (collection(area(), area()), "第 2 个 feature 的单位代码重复：C1"),
        (collection(area(kind="Point", coordinates=[120, 30])), "C1）不是 Polygon"),
        (collection({**area(), "geometry": "Polygon"}), "不是 Polygon"),
        (collection({**area(), "geometry": None}), "不是 Polygon"),
        (collection({**area(), "geometry": {"type": ["Polygon"]}}), "不是 Polygon"),
        (collection(area(coordinates=[[[120, 30], ["east", 30], [120, 31], [120, 30]]])), "坐标不是经纬度"),
        (collection(area(coordinates=[[[3_500_000, 30], [120, 30], [120, 31], [3_500_000, 30]]])), "坐标不是经纬度"),
        (collection(area(coordinates=[[[30, 120], [30, 121], [31, 121], [30, 120]]])), "坐标不是经纬度"),
        (collection(area(coordinates=[SQUARE[:-1]])), "坐标不是经纬度"),
        (collection(area(coordinates=[SQUARE[:2] + SQUARE[:1]])), "坐标不是经纬度"),
        (collection(area(coordinates=[])), "坐标不是经纬度"),
        (collection(area(coordinates=SQUARE)), "坐标不是经纬度"),
        (collection(area()).replace("120.0", "NaN"), "坐标不是经纬度"),
        (collection(area()).replace("120.0", "1e999"), "坐标不是经纬度"),
        (collection(area()).replace("120.0", "true"), "坐标不是经纬度"),
    ],
)
def test_a_wrong_map_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(MapError, match=words):
        checked_map(text)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-200, 200) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(properties=ANYTHING, geometry=ANYTHING, kind=st.sampled_from(["Polygon", "MultiPolygon"]), coordinates=ANYTHING)
def test_no_feature_breaks_the_check(properties, geometry, kind, coordinates) -> None:
    """Whatever stands in a feature, it is taken or refused in words, and never an error of the program."""
    for feature in (
        {"properties": properties, "geometry": area()["geometry"]},
        {"properties": {"code": "C1"}, "geometry": geometry},
        {"properties": {"code": "C1"}, "geometry": {"type": kind, "coordinates": coordinates}},
    ):
        try:
            taken = checked_map(collection(feature))
        except MapError:
            continue
        assert isinstance(taken["features"][0]["properties"]["code"], str)


@pytest.mark.parametrize("code", ["../secret", "a/b", "湖城市", "", "x" * 41])
def test_a_code_that_is_no_file_name_has_no_map(home: Path, code: str) -> None:
    assert not has_map(code)
    with pytest.raises(MapError, match="不能作为文件名"):
        map_path(code)


@pytest.mark.django_db
@pytest.mark.usefixtures("home")
class TestLoading:
    """``load_map``: rights, unknown units, and all or nothing."""

    def test_an_administrator_loads_and_the_ledger_knows(self, small_city, administrator) -> None:
        assert load_map(small_city.city, collection(area("C1"), area("C2")), by=administrator) == 2
        assert has_map("C")
        assert json.loads(map_path("C").read_text(encoding="utf-8"))["features"][1]["properties"] == {"code": "C2"}
        event = Event.objects.get(verb="orgs.load_map")
        assert event.actor == administrator.username
        assert '"areas":2' in event.body.replace(" ", "")

    @pytest.mark.parametrize("who", ["ligong", "reviewer", "methodologist", "xiaowang", "county_administrator"])
    def test_nobody_else_may(self, small_city, request, who) -> None:
        with pytest.raises(PermissionDenied):
            load_map(small_city.city, collection(area("C1")), by=request.getfixturevalue(who))
        assert not has_map("C")
        assert not Event.objects.filter(verb="orgs.load_map").exists()

    def test_a_county_loads_its_own(self, small_city, county_administrator) -> None:
        assert load_map(small_city.county, collection(area("C101")), by=county_administrator) == 1

    def test_codes_must_be_units(self, small_city) -> None:
        with pytest.raises(MapError, match="不存在：C8, C9"):
            load_map(small_city.city, collection(area("C9"), area("C1"), area("C8")), by=None)
        assert not has_map("C")

    def test_a_wrong_map_leaves_the_one_before(self, small_city) -> None:
        load_map(small_city.city, collection(area("C1")), by=None)
        before = map_path("C").read_bytes()
        with pytest.raises(MapError):
            load_map(small_city.city, "{}", by=None)
        assert map_path("C").read_bytes() == before

    @pytest.mark.parametrize("step", ["replace", "write_bytes"])
    def test_a_disk_that_fails_leaves_everything_as_it_was(self, small_city, monkeypatch, step) -> None:
        load_map(small_city.city, collection(area("C1")), by=None)
        before, events = map_path("C").read_bytes(), Event.objects.count()

        def fails(*_: object) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(os if step == "replace" else Path, step, fails)
        with pytest.raises(OSError, match="disk full"):
            load_map(small_city.city, collection(area("C1"), area("C2")), by=None)
        monkeypatch.undo()
        assert map_path("C").read_bytes() == before
        assert [path.name for path in map_path("C").parent.iterdir()] == ["C.geojson"]
        assert Event.objects.count() == events

    def test_a_map_without_the_event_is_not_written(self, small_city, monkeypatch) -> None:
        def fails(*_: object, **__: object) -> None:
            raise RuntimeError("no ledger")

        monkeypatch.setattr("kanjian.orgs.actions.load_map.append_event", fails)
        with pytest.raises(RuntimeError):
            load_map(small_city.city, collection(area("C1")), by=None)
        assert not has_map("C")

    def test_what_was_checked_is_not_changed(self) -> None:
        feature = area()
        kept = copy.deepcopy(feature)
        assert checked_map(collection(feature))["features"] == [kept]
