"""Two versions of a method side by side: replays that are never published, the overlap that must be there."""

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from kanjian.boards.actions import (
    add_scheme_version,
    compute_edition,
    freeze_release,
    open_objection,
    publish,
    record_overlap,
    replay,
)
from kanjian.boards.checks import no_orphans
from kanjian.boards.models import Edition, Overlap, Release, Replay, SchemeVersion
from kanjian.boards.overlaps import older_version
from kanjian.boards.selectors import replays
from kanjian.boards.selectors.beside import agreement, beside
from kanjian.boards.selectors.editions import editions_of, files_of
from kanjian.boards.selectors.shapes import BoardQuery
from kanjian.boards.selectors.table import board_page
from kanjian.boards.states import BoardError
from kanjian.ledger.models import Event
from kanjian.measures.models import Value

from .conftest import scheme_text

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.django_db
LAST = "2025-Q4"


@pytest.fixture
def following(villages) -> SchemeVersion:
    """A second version from the last quarter on, with other weights."""
    return add_scheme_version(villages.board, scheme_text("2025.2", 80), valid_from=LAST, by=None)


def draft_of(version: SchemeVersion, period: str = LAST) -> Edition:
    return compute_edition(version, freeze_release(version.board, period, by=None), by=None)


def objected(version: SchemeVersion, period: str = LAST) -> Edition:
    return open_objection(draft_of(version, period), by=None, days=0)


def test_a_past_period_under_a_version_that_was_not_there_yet(season, villages, following, methodologist) -> None:
    found = replay(villages.board, following, "2025-Q2", by=methodologist)
    assert (found.release, found.scheme) == (season[1].release, following)
    assert found.hash != season[1].hash
    assert Event.objects.order_by("-sequence").first().verb == "boards.replay"
    assert replay(villages.board, following, "2025-Q2", by=methodologist) == found
    assert Replay.objects.count() == 1
    assert not [problem for problem in no_orphans() if found.hash in problem.message]


def test_under_its_own_version_it_is_the_same_edition(season, villages) -> None:
    """Replaying a published period under the method it was published with gives what was published, bit for bit."""
    assert replay(villages.board, villages.version, LAST, by=None).hash == season[-1].hash


def test_a_replay_is_no_edition(season, villages, following, administrator, client_of) -> None:
    before = Edition.objects.count()
    found = replay(villages.board, following, LAST, by=None)
    assert Edition.objects.count() == before
    assert found.hash not in {head.hash for head in editions_of(administrator, villages.board)}
    page = client_of(administrator).get(reverse("boards:board", args=["villages", LAST])).content.decode()
    assert found.hash not in page
    draft = draft_of(following)
    assert (draft.hash, draft.state) == (found.hash, "draft")  # the draft is made although its content is known


def test_what_the_release_lacks_is_frozen_anew(season, villages) -> None:
    """A version that reads an indicator the old release never held reads the values of today."""
    from kanjian.measures.models import Batch, Indicator

    indicator = Indicator.objects.create(code="N1", name="新指标")
    batch = Batch.objects.create(source="new.xlsx", rows=30)
    Value.objects.bulk_create(
        Value(unit=unit, indicator=indicator, period="2025-Q2", value=50.0, batch=batch, row=2)
        for unit in villages.units
    )
    text = scheme_text("2025.3").replace("code: A2\n", "code: A2\n          inputs: [A2]\n")
    text = text.replace("    - {code: F,", "    - {code: N1, weight: 5, rule: {method: direct}}\n    - {code: F,")
    version = add_scheme_version(villages.board, text, valid_from=LAST, by=None)
    found = replay(villages.board, version, "2025-Q2", by=None)
    assert found.release != season[1].release
    assert Release.objects.filter(period="2025-Q2").count() == 2


def test_replaying_is_the_methodologists_business(season, villages, following, administrator, xiaowang) -> None:
    for stranger in (administrator, xiaowang):
        with pytest.raises(PermissionDenied):
            replay(villages.board, following, LAST, by=stranger)
    with pytest.raises(PermissionDenied):
        record_overlap(draft_of(following), by=administrator)


def test_the_first_period_of_a_new_version_needs_both(season, following, methodologist) -> None:
    edition = objected(following)
    assert older_version(edition) == season[-1].scheme
    with pytest.raises(BoardError) as caught:
        publish(edition, by=None)
    assert caught.value.code == "overlap_missing"
    overlap = record_overlap(edition, by=methodologist)
    assert overlap.replay.scheme == season[0].scheme
    assert overlap.replay.release == edition.release
    assert record_overlap(edition, by=methodologist) == overlap
    event = Event.objects.order_by("-sequence").first()
    assert (event.verb, event.data["older"], event.data["version"]) == ("boards.record_overlap", "2025.1", "2025.2")
    assert publish(edition, by=None).state == "published"


def test_the_first_version_and_a_version_in_use_need_none(season, villages, following) -> None:
    assert [older_version(edition) for edition in season] == [None] * 4
    edition = objected(following)
    record_overlap(edition, by=None)
    publish(edition, by=None)
    Value.objects.filter(period=LAST, indicator__code="B1", unit__code="V004").update(value=1.0)
    again = objected(following)
    assert again.pk != edition.pk
    assert older_version(again) is None
    assert publish(again, by=None).state == "published"
    with pytest.raises(BoardError) as caught:
        record_overlap(again, by=None)
    assert caught.value.code == "no_overlap"
    assert Overlap.objects.count() == 1


def test_side_by_side_says_who_moves_and_why(season, following) -> None:
    edition = draft_of(following)
    overlap = record_overlap(edition, by=None)
    found = beside(overlap.replay, edition)
    assert (found.a.version, found.b.version, found.same_release, found.both) == ("2025.1", "2025.2", True, 30)
    assert found.moved == sum(1 for row in found.rows if row.places)
    places = [abs(row.places) for row in found.rows if row.places is not None]
    assert places == sorted(places, reverse=True)
    assert 0 < found.kendall < 1
    for row in found.rows:
        assert row.places is None or row.places == row.rank_a - row.rank_b
        if row.why:
            assert abs(sum(share.points for share in row.why)) <= abs(row.gain) + sum(abs(s.points) for s in row.why)
            assert abs(row.why[0].points) == max(abs(share.points) for share in row.why)
    near = beside(overlap.replay, edition, track="near")
    assert len(near.rows) == 18
    same = beside(season[-1], overlap.replay)
    assert (same.moved, same.kendall, same.median_move) == (0, 1, 0)


def test_agreement_of_two_orders() -> None:
    import polars as pl

    a = pl.Series([1.0, 2.0, 3.0, None])
    assert agreement(a, pl.Series([10.0, 20.0, 30.0, 1.0])) == pytest.approx(1)
    assert agreement(a, pl.Series([3.0, 2.0, 1.0, 1.0])) == pytest.approx(-1)
    assert agreement(a, pl.Series([1.0, 3.0, 2.0, 1.0])) == pytest.approx(1 / 3)
    assert agreement(a, pl.Series([None, None, 2.0, 1.0])) is None
    assert agreement(a, pl.Series([5.0, 5.0, 5.0, 1.0])) is None


@pytest.fixture
def addresses(season, villages, following) -> dict[str, str]:
    edition = draft_of(following)
    found = replay(villages.board, following, "2025-Q2", by=None)
    at = ["villages"]
    return {
        "replays": reverse("boards:manage_replays", args=at),
        "beside": reverse("boards:manage_beside", args=at) + f"?a=e{season[1].pk}&b=r{found.pk}",
        "edition": reverse("boards:manage_edition", args=[*at, edition.pk]),
        "overlap": reverse("boards:manage_overlap", args=[*at, edition.pk]),
    }


def test_the_pages_are_for_who_works_on_the_board(addresses, client_of, xiaowang, administrator, methodologist) -> None:
    for name in ("replays", "beside", "edition"):
        assert client_of(None).get(addresses[name]).status_code == 302
        assert client_of(xiaowang).get(addresses[name]).status_code == 403
        assert client_of(administrator).get(addresses[name]).status_code == 200
    for person, status in ((None, 302), (xiaowang, 403), (administrator, 403)):
        assert client_of(person).post(addresses["overlap"]).status_code == status
        assert client_of(person).post(addresses["replays"], {"version": "2025.2", "period": LAST}).status_code == status
    assert "各算一遍并比较之后，才能发布" in client_of(methodologist).get(addresses["edition"]).content.decode()
    assert client_of(methodologist).get(addresses["overlap"]).status_code == 405


def test_a_methodologist_replays_and_records_on_the_pages(addresses, client_of, methodologist, villages) -> None:
    client = client_of(methodologist)
    answer = client.post(addresses["replays"], {"version": "2025.2", "period": "2025-Q1"})
    assert answer.status_code == 302
    assert Replay.objects.filter(period="2025-Q1").exists()
    assert client.post(addresses["overlap"]).status_code == 302
    assert Overlap.objects.count() == 1
    assert "看两版对照" in client.get(addresses["edition"]).content.decode()
    listed = client.get(addresses["replays"]).content.decode()
    assert listed.count(">逐个单位对照<") == len(replays.pairs(villages.board)) == 3
    page = client.get(addresses["beside"]).content.decode()
    assert "次序一致程度" in page
    wrong = client.post(addresses["replays"], {"version": "none", "period": "2025-Q1"}, follow=True)
    assert "请选择周期和方法版本" in wrong.content.decode()
    base = reverse("boards:manage_beside", args=["villages"])
    first, last = Edition.objects.order_by("pk").first(), Edition.objects.order_by("pk").last()
    for query in ("", "?a=e1", "?a=x1&b=e1", f"?a=e{first.pk}&b=e{last.pk}", "?a=e99999999999&b=e1"):
        assert client.get(base + query).status_code == 404, query


def test_a_move_is_marked_when_the_intervals_do_not_touch(season) -> None:
    """Derived from two published tables: the marks are exactly those of the rule."""
    now, before = files_of(season[-1]), files_of(season[-2])
    past = {row["unit"]: row for row in before.scores().collect().iter_rows(named=True)}
    rows = board_page(season[-1], BoardQuery()).rows
    for row in rows:
        if not row.movement:
            assert row.is_beyond_noise is None
            continue
        was = past[row.unit]
        apart = row.rank_high < was["rank_low"] or row.rank_low > was["rank_high"]
        assert row.is_beyond_noise is apart
    assert {True, False} <= {row.is_beyond_noise for row in rows}
    assert [row.is_beyond_noise for row in board_page(season[0], BoardQuery()).rows] == [None] * 30
    assert now.summary["movers"]["up"]


def test_the_mark_is_on_board_and_report(season, client_of) -> None:
    rows = board_page(season[-1], BoardQuery()).rows
    sure = next(row for row in rows if row.is_beyond_noise)
    board = client_of(None).get(reverse("boards:board", args=["villages", LAST])).content.decode()
    assert "超出波动" in board
    assert "在波动范围内" in board
    report = client_of(None).get(reverse("boards:report", args=["villages", LAST, sure.unit])).content.decode()
    assert "超出波动" in report
