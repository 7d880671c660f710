"""Last places are a help list: who sees them where, and that nothing else gives them away."""

import io
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from kanjian.boards import policies
from kanjian.boards.actions import settle_bottom_list
from kanjian.boards.helping import _OFFERS, Offer, offers_help
from kanjian.boards.selectors.comparing import compare_units
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.selectors.helping import help_list
from kanjian.boards.selectors.overview import board_map, movers
from kanjian.boards.selectors.shapes import BoardQuery
from kanjian.boards.selectors.table import board_page, download_frame
from kanjian.boards.selectors.units import unit_report
from kanjian.boards.sight import EVERYTHING, Sight
from kanjian.boards.states import BoardError
from kanjian.ledger.models import Event
from kanjian.orgs.models import Post, Unit, User

if TYPE_CHECKING:
    from kanjian.boards.models import Edition

pytestmark = pytest.mark.django_db
AT = ["villages", "2025-Q4"]
PUBLIC = Sight(20)


@pytest.fixture
def edition(season, villages) -> "Edition":
    """The last quarter; the last 20 % of each track are withheld: three of the nearer, two of the farther villages."""
    settle_bottom_list(villages.board, bottom_list="private", percent=20, by=None)
    season[-1].board.refresh_from_db()
    return season[-1]


def hidden(edition: "Edition", sight: Sight = PUBLIC) -> list[str]:
    return files_of(edition).scores().filter(sight.hidden()).collect()["unit"].to_list()


def holder(name: str, role: str, unit: Unit) -> User:
    person = User.objects.create_user(username=name, password="a-long-password")
    Post.objects.create(user=person, unit=unit, role=role)
    return person


@pytest.mark.parametrize(
    ("rank", "size", "percent", "is_hidden"),
    [(9, 10, 10, False), (10, 10, 10, True), (9, 9, 10, False), (29, 30, 10, True), (28, 30, 10, True),
     (27, 30, 10, False), (None, 30, 10, False), (30, 30, 0, False)],
)  # fmt: skip
def test_the_last_tenth_of_a_track(rank: int | None, size: int, percent: int, is_hidden: bool) -> None:
    """Of ten the tenth, of thirty three, of nine nobody: a band never holds more than its share."""
    row = {"unit": "u", "track_rank": rank, "track_size": size}
    assert Sight(percent).hides(row) is is_hidden
    assert not Sight(percent, frozenset({"u"})).hides(row)
    frame = pl.DataFrame([row], schema={"unit": pl.String, "track_rank": pl.Float64, "track_size": pl.UInt32})
    assert frame.select(Sight(percent).hidden().alias("x"))["x"].to_list() == [is_hidden]


def test_rows_say_the_band_instead_of_the_place(edition) -> None:
    rows = {row.unit: row for row in board_page(edition, BoardQuery(), PUBLIC).rows}
    last = hidden(edition)
    assert len(last) == 5
    assert {unit for unit, row in rows.items() if row.veil} == set(last)
    for unit in last:
        row = rows[unit]
        assert (row.rank, row.track_rank, row.rank_low, row.rank_high, row.veil) == (None, None, None, None, 20)
        assert row.movement is None or row.movement >= 0
        assert row.score is not None
    others = {row.unit: row.track_rank for row in board_page(edition, BoardQuery()).rows if row.unit not in last}
    assert {unit: rows[unit].track_rank for unit in others} == others


def test_no_order_gives_the_places_away(edition) -> None:
    """Withheld rows stand together by code; nothing can be turned round to begin with the last."""
    last = hidden(edition)
    for sort in ("rank", "score", "movement"):
        falling = board_page(edition, BoardQuery(sort=sort, descending=True), PUBLIC)
        page = board_page(edition, BoardQuery(sort=sort), PUBLIC)
        assert [row.unit for row in falling.rows] == [row.unit for row in page.rows]
        assert not page.query.descending or not falling.query.descending
        shown = [row.unit for row in page.rows if row.veil]
        near = [unit for unit in shown if int(unit[1:]) < 18]
        assert near == sorted(near)
        assert set(shown) == set(last)
        if sort != "rank":
            assert shown == sorted(shown)
    for sort in ("name", "unit", "coverage"):
        usual = board_page(edition, BoardQuery(sort=sort, descending=sort == "name"))
        page = board_page(edition, BoardQuery(sort=sort, descending=sort == "name"), PUBLIC)
        assert [row.unit for row in page.rows] == [row.unit for row in usual.rows]


def test_filters_and_pages_work_as_ever(edition) -> None:
    query = BoardQuery(track="near", county="C1", size=5)
    whole = board_page(edition, query)
    found = [
        board_page(edition, BoardQuery(track="near", county="C1", size=5, page=page), PUBLIC) for page in (1, 2, 3, 4)
    ]
    assert (found[0].total, found[0].pages) == (whole.total, whole.pages)
    assert {row.unit for page in found for row in page.rows} == set(
        files_of(edition).scores().filter(track="near").collect()["unit"]
    )
    assert board_page(edition, BoardQuery(search="V00"), PUBLIC).total == 10


def test_downloads_follow_and_keep_scores(edition) -> None:
    frame = download_frame(edition, BoardQuery(sort="score", descending=True), PUBLIC)
    last = set(hidden(edition))
    part = frame.filter(pl.col("unit").is_in(list(last)))
    assert part["track_rank"].null_count() == part["rank_low"].null_count() == part["rank"].null_count() == 5
    assert part["score"].null_count() == 0
    assert set(part["places"]) == {"last 20 %"}
    near = sorted(unit for unit in last if unit < "V018")
    assert part["unit"].to_list() == sorted(last)
    assert len(near) == 3
    whole = download_frame(edition, BoardQuery())
    assert "places" not in whole.columns
    assert not part["beyond_noise"].is_not_null().any()
    told = whole.filter(~pl.col("unit").is_in(list(last))).sort("unit")
    assert frame.join(told, on="unit", how="semi").sort("unit")["beyond_noise"].equals(told["beyond_noise"])
    assert told["beyond_noise"].is_not_null().any()


def test_a_report_keeps_reasons_and_loses_the_place(edition) -> None:
    unit = hidden(edition)[0]
    report = unit_report(edition, unit, PUBLIC)
    assert (report.standing.track_rank, report.standing.veil, report.neighbours) == (None, 20, [])
    assert report.standing.score is not None
    assert report.history[-1].track_rank is None
    assert report.history[-1].veil == 20
    assert report.movement is not None
    assert report.movement.score_causes
    assert (report.movement.rank_after, report.movement.causes, report.movement.reason) == (None, [], "veiled")
    assert report.path is not None
    assert unit_report(edition, unit).standing.track_rank is not None


def test_neighbours_of_others_do_not_name_them(edition) -> None:
    last = set(hidden(edition))
    for row in board_page(edition, BoardQuery()).rows:
        if row.track_rank is not None and row.unit not in last:
            assert not last & {each.unit for each in unit_report(edition, row.unit, PUBLIC).neighbours}


def test_movers_maps_and_comparisons(edition) -> None:
    last = set(hidden(edition))
    assert movers(edition).down
    assert movers(edition, sight=PUBLIC).down == []
    assert {place.unit for place in board_map(edition, sight=PUBLIC).places if place.track_rank is None} >= last
    found = compare_units(edition, min(last), "V004", PUBLIC)
    assert found.left.standing.track_rank is None
    assert found.gap is not None


def test_who_sees_what(edition, villages, small_city, xiaowang, ligong, administrator, reviewer) -> None:
    """The root and departments see all, others the places of their own units, strangers and the public the band."""
    board = edition.board
    department = holder("bumen", "reader", small_city.department)
    for person in (administrator, department, holder("reader", "reader", small_city.city)):
        assert policies.sight_of(person, board) == EVERYTHING
        assert policies.may_help(person, board)
    assert policies.sight_of(xiaowang, board) == PUBLIC
    assert not policies.may_help(xiaowang, board)
    own = policies.sight_of(reviewer, board).sees
    assert own >= {unit.code for unit in villages.units if unit.parent_id == small_city.township.pk}
    assert not own & {unit.code for unit in villages.units if unit.parent_id != small_city.township.pk}
    far = holder("fargov", "reader", small_city.other_county)
    assert policies.sight_of(far, board).sees == frozenset()
    assert not policies.may_help(far, board)
    settle_bottom_list(board, bottom_list="public", percent=20, document="府办〔2026〕1号", by=None)
    board.refresh_from_db()
    assert policies.sight_of(xiaowang, board) == EVERYTHING
    assert not policies.may_help(xiaowang, board)


def test_every_way_out_is_closed_to_the_public_and_open_to_helpers(edition, client_of, administrator, xiaowang) -> None:
    """Pages, API and downloads for everybody who has no post, and for somebody who has."""
    unit = hidden(edition)[0]
    row = files_of(edition).row(unit)
    for person, is_open in ((None, False), (xiaowang, False), (administrator, True)):
        client = client_of(person)
        scores = client.get(f"/api/v1/editions/{edition.pk}/scores?sort=score&descending=true").json()
        place = {each["unit"]: each["track_rank"] for each in scores["rows"]}[unit]
        assert (place == row["track_rank"]) is is_open
        report = client.get(f"/api/v1/editions/{edition.pk}/units/{unit}").json()
        assert (report["standing"]["track_rank"] == row["track_rank"]) is is_open
        csv = pl.read_csv(io.BytesIO(b"".join(client.get(reverse("boards:download", args=[*AT, "csv"])))))
        assert (csv.filter(unit=unit)["track_rank"][0] is not None) is is_open
        lines = json.loads(b"".join(client.get(reverse("boards:download", args=[*AT, "json"]))))
        assert (next(each for each in lines if each["unit"] == unit)["rank_low"] is not None) is is_open
        board = client.get(reverse("boards:board", args=AT)).content.decode()
        assert ("后 20%" in board) is not is_open
        assert ("帮扶名单</a>" in board) is is_open
        assert ("descending=1" in board) is is_open
        page = client.get(reverse("boards:report", args=[*AT, unit])).content.decode()
        assert ("后 20%" in page) is not is_open
        home = client.get("/").content.decode()
        assert "kj-move-down" not in home


def test_the_help_list(edition, client_of, administrator, reviewer, xiaowang, village_clerk, small_city) -> None:
    """For who may help: the last of each track and the lowest band, weak points, who answers; each the own units."""
    found = help_list(edition, EVERYTHING, administrator)
    assert set(hidden(edition)) <= {each.row.unit for each in found.rows}
    for each in found.rows:
        gains = [weak.gain for weak in each.indicators]
        assert gains == sorted(gains, reverse=True)
        assert all(weak.points < weak.median for weak in (*each.indicators, *each.dimensions))
    assert {weak.department for each in found.rows for weak in each.indicators} <= {"组织部", "农业农村局", "执法局"}
    address = reverse("boards:help", args=AT)
    assert client_of(None).get(address).status_code == 302
    assert client_of(xiaowang).get(address).status_code == 403
    assert client_of(administrator).get(address).status_code == 200
    own = help_list(edition, policies.help_scope(reviewer, edition.board), reviewer)
    parents = {files_of(edition).row(each.row.unit)["township"] for each in own.rows}
    assert parents <= {small_city.township.code}
    assert client_of(reviewer).get(address).status_code == 200
    assert "名单上没有您负责的单位" in client_of(village_clerk).get(address).content.decode()
    assert client_of(administrator).post(address).status_code == 405


def test_rooms_above_offer_help(edition, client_of, administrator) -> None:
    def pair(board, period: str, unit: str, reader) -> Offer | None:
        return Offer("结对帮带", f"/pairing/{unit}/") if unit == hidden(edition)[0] else None

    offers_help(pair)
    try:
        page = client_of(administrator).get(reverse("boards:help", args=AT)).content.decode()
    finally:
        _OFFERS.remove(pair)
    assert page.count(f'"/pairing/{hidden(edition)[0]}/"') == 1


def test_making_them_public_needs_a_decision_and_an_administrator(villages, administrator, methodologist) -> None:
    board = villages.board
    for given, code in (
        ({"bottom_list": "public", "percent": 10}, "document_missing"),
        ({"bottom_list": "private", "percent": 0}, "percent_wrong"),
        ({"bottom_list": "private", "percent": 51}, "percent_wrong"),
        ({"bottom_list": "everybody", "percent": 10}, "unknown_choice"),
    ):
        with pytest.raises(BoardError) as caught:
            settle_bottom_list(board, by=administrator, **given)
        assert caught.value.code == code
    with pytest.raises(PermissionDenied):
        settle_bottom_list(board, bottom_list="private", percent=10, by=methodologist)
    settled = settle_bottom_list(board, bottom_list="public", percent=10, document=" 文 1 ", by=administrator)
    assert (settled.bottom_list, settled.bottom_document) == ("public", "文 1")
    event = Event.objects.order_by("-sequence").first()
    assert (event.verb, event.data["document"]) == ("boards.settle_bottom_list", "文 1")


def test_the_page_of_the_decision(villages, client_of, administrator, methodologist, xiaowang) -> None:
    address = reverse("boards:manage_bottom", args=["villages"])
    assert client_of(None).get(address).status_code == 302
    for person in (xiaowang, methodologist):
        assert client_of(person).get(address).status_code == 403
    client = client_of(administrator)
    assert client.get(address).status_code == 200
    refused = client.post(address, {"choice": "public", "percent": 10, "document": ""})
    assert "请填写文号或名称" in refused.content.decode()
    assert client.post(address, {"choice": "public", "percent": 15, "document": "文 2"}).status_code == 302
    villages.board.refresh_from_db()
    assert (villages.board.bottom_list, villages.board.bottom_percent) == ("public", 15)
    assert "文 2" in client.get(reverse("boards:manage", args=["villages"])).content.decode()
